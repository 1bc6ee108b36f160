/*
 * The clock: order of events, cancelling, events that set events.
 */
#include "core/clock.h"
#include "tests/unit/unit.h"

#include <string.h>

/* Events that write down when they fired, and may set another one. */
struct fixture {
	struct clock clock;
	u32 log[64];
	u64 at[64];
	u32 fired;
};

struct actor {
	struct fixture *fixture;
	u32 event;
	u32 sets;  /* the event it sets when fired */
	u64 to;    /* 0: none */
	bool after; /* `to` counts from the time of firing */
};

static void act(void *self, u64 when)
{
	struct actor *actor = self;
	struct fixture *fixture = actor->fixture;

	assert_true(fixture->fired < COUNT_OF(fixture->log));
	fixture->at[fixture->fired] = when;
	fixture->log[fixture->fired++] = actor->event;
	if (actor->to)
		clock_set(&fixture->clock, actor->sets, actor->to + (actor->after ? when : 0));
}

static void setup(struct fixture *fixture, struct actor *actors, u32 count)
{
	memset(fixture, 0, sizeof(*fixture));
	memset(actors, 0, count * sizeof(*actors));
	clock_create(&fixture->clock);
	for (u32 i = 0; i < count; i++) {
		actors[i].fixture = fixture;
		actors[i].event = clock_register(&fixture->clock, "event", act, &actors[i]);
		assert_int_equal(actors[i].event, i);
	}
}

static void events_fire_by_time_then_registration(void **state)
{
	struct fixture f;
	struct actor a[4];

	setup(&f, a, 4);
	assert_true(clock_next(&f.clock) == NEVER);
	clock_set(&f.clock, 3, 10);
	clock_set(&f.clock, 1, 20);
	clock_set(&f.clock, 0, 20);
	clock_set(&f.clock, 2, 31);
	assert_int_equal(clock_next(&f.clock), 10);
	clock_run(&f.clock, 9);
	assert_int_equal(f.fired, 0);
	clock_run(&f.clock, 30);
	assert_int_equal(f.fired, 3);
	assert_int_equal(f.log[0], 3);
	assert_int_equal(f.log[1], 0);
	assert_int_equal(f.log[2], 1);
	assert_int_equal(f.at[0], 10);
	assert_int_equal(f.at[2], 20);
	assert_int_equal(clock_next(&f.clock), 31);
	assert_int_equal(f.clock.state.now, 30);
	clock_run(&f.clock, 31);
	assert_int_equal(f.fired, 4);
	assert_true(clock_next(&f.clock) == NEVER);
	clock_run(&f.clock, 250);
	assert_int_equal(clock_ticks(&f.clock), 2);
}

static void next_follows_every_set(void **state)
{
	struct fixture f;
	struct actor a[3];

	setup(&f, a, 3);
	clock_set(&f.clock, 0, 50);
	clock_set(&f.clock, 1, 40);
	assert_int_equal(clock_next(&f.clock), 40);
	clock_set(&f.clock, 1, 60);
	assert_int_equal(clock_next(&f.clock), 50);
	clock_set(&f.clock, 0, NEVER);
	assert_int_equal(clock_next(&f.clock), 60);
	clock_set(&f.clock, 1, NEVER);
	assert_true(clock_next(&f.clock) == NEVER);
	clock_run(&f.clock, 1000);
	assert_int_equal(f.fired, 0);
	clock_set(&f.clock, 2, 5);
	assert_int_equal(clock_next(&f.clock), 5);
	clock_run(&f.clock, 1000);
	assert_int_equal(f.fired, 1);
	assert_int_equal(f.at[0], 5);
}

static void an_event_sets_itself_and_others(void **state)
{
	struct fixture f;
	struct actor a[2];

	setup(&f, a, 2);
	a[0].sets = 0, a[0].to = 10, a[0].after = true;
	clock_set(&f.clock, 0, 10);
	clock_set(&f.clock, 1, 25);
	clock_run(&f.clock, 35);
	assert_int_equal(f.fired, 4);
	assert_int_equal(f.at[1], 20);
	assert_int_equal(f.log[2], 1);
	assert_int_equal(f.at[3], 30);
	assert_int_equal(clock_next(&f.clock), 40);

	/* Set by another, to the same time: in the same run. */
	setup(&f, a, 2);
	a[1].sets = 0, a[1].to = 10;
	clock_set(&f.clock, 1, 10);
	clock_run(&f.clock, 10);
	assert_int_equal(f.fired, 2);
	assert_int_equal(f.log[1], 0);
}

static void events_set_to_the_past_wait_for_the_next_run(void **state)
{
	struct fixture f;
	struct actor a[2];

	setup(&f, a, 2);
	a[0].sets = 0, a[0].to = 10;
	clock_set(&f.clock, 0, 10);
	clock_run(&f.clock, 100);
	assert_int_equal(f.fired, 1);
	assert_int_equal(clock_next(&f.clock), 10);
	clock_run(&f.clock, 100);
	assert_int_equal(f.fired, 2);

	/* Two that set each other end too. */
	setup(&f, a, 2);
	a[0].sets = 1, a[0].to = 3;
	a[1].sets = 0, a[1].to = 2;
	clock_set(&f.clock, 0, 2);
	clock_run(&f.clock, 100);
	assert_int_equal(f.fired, 2);
	assert_int_equal(clock_next(&f.clock), 2);
}

static void state_is_all_that_a_snapshot_needs(void **state)
{
	struct fixture f, g;
	struct actor a[3], b[3];

	setup(&f, a, 3);
	setup(&g, b, 3);
	clock_set(&f.clock, 2, 7);
	clock_set(&f.clock, 1, 9);
	clock_run(&f.clock, 5);
	clock_set(&g.clock, 0, 1);
	g.clock.state = f.clock.state;
	clock_restored(&g.clock);
	assert_int_equal(clock_next(&g.clock), 7);
	clock_run(&g.clock, 9);
	assert_int_equal(g.fired, 2);
	assert_int_equal(g.log[0], 2);
	assert_int_equal(g.log[1], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_fire_by_time_then_registration),
		cmocka_unit_test(next_follows_every_set),
		cmocka_unit_test(an_event_sets_itself_and_others),
		cmocka_unit_test(events_set_to_the_past_wait_for_the_next_run),
		cmocka_unit_test(state_is_all_that_a_snapshot_needs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
