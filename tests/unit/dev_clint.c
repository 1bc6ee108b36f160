/*
 * The CLINT: compare registers against time, halves of 64-bit registers, software interrupts.
 */
#include "core/dev/clint.h"
#include "tests/unit/dev.h"

enum { MSIP = 0x0000, COMPARE = 0x4000, TIME = 0xbff8, MSI = 1 << 3, MTI = 1 << 7 };

struct fixture {
	struct clock clock;
	struct clint clint;
	u64 lines[2];
	struct probe probe;
};

static void setup(struct fixture *f)
{
	u64 *const lines[2] = { &f->lines[0], &f->lines[1] };

	memset(f, 0, sizeof(*f));
	clock_create(&f->clock);
	f->probe = (struct probe){ &clint_device, &f->clint, 0 };
	clint_create(&f->clint, &f->clock, 2, lines);
}

static void compare_raises_at_its_tick(void **state)
{
	struct fixture f;

	setup(&f);
	assert_true(clock_next(&f.clock) == NEVER);
	probe_write(&f.probe, COMPARE, 50, 8);
	probe_write(&f.probe, COMPARE + 8, 20, 8);
	assert_int_equal(clock_next(&f.clock), 20 * CYCLES_PER_TICK);
	clock_run(&f.clock, 20 * CYCLES_PER_TICK);
	assert_int_equal(f.lines[0], 0);
	assert_int_equal(f.lines[1], MTI);
	assert_int_equal(clock_next(&f.clock), 50 * CYCLES_PER_TICK);
	clock_run(&f.clock, 50 * CYCLES_PER_TICK);
	assert_int_equal(f.lines[0], MTI);
	assert_true(clock_next(&f.clock) == NEVER);
	probe_write(&f.probe, COMPARE, 51, 8);
	assert_int_equal(f.lines[0], 0);
	assert_int_equal(f.lines[1], MTI);
	probe_write(&f.probe, COMPARE, 50, 8);
	assert_int_equal(f.lines[0], MTI);
}

static void halves_make_a_whole(void **state)
{
	struct fixture f;

	setup(&f);
	probe_write(&f.probe, COMPARE + 4, 0x11223344, 4);
	probe_write(&f.probe, COMPARE, 0x55667788, 4);
	assert_int_equal(probe_read(&f.probe, COMPARE, 8), 0x1122334455667788);
	assert_int_equal(probe_read(&f.probe, COMPARE, 4), 0x55667788);
	assert_int_equal(probe_read(&f.probe, COMPARE + 4, 4), 0x11223344);
	assert_int_equal(probe_read(&f.probe, COMPARE + 16, 8), 0);
	probe_write(&f.probe, COMPARE + 16, 1, 8);
	assert_int_equal(f.lines[0] | f.lines[1], 0);
}

static void time_runs_and_can_be_moved(void **state)
{
	struct fixture f;

	setup(&f);
	clock_run(&f.clock, 12345);
	assert_int_equal(probe_read(&f.probe, TIME, 8), 123);
	assert_int_equal(clint_time(&f.clint), 123);
	probe_write(&f.probe, COMPARE, 1000, 8);
	probe_write(&f.probe, TIME, 990, 8);
	assert_int_equal(probe_read(&f.probe, TIME, 4), 990);
	assert_int_equal(clock_next(&f.clock), (123 + 10) * CYCLES_PER_TICK);
	probe_write(&f.probe, TIME + 4, 1, 4);
	assert_int_equal(probe_read(&f.probe, TIME, 8), (UINT64_C(1) << 32) + 990);
	assert_int_equal(probe_read(&f.probe, TIME + 4, 4), 1);
	assert_int_equal(f.lines[0], MTI);
	probe_write(&f.probe, TIME, 0, 8);
	assert_int_equal(f.lines[0], 0);
}

/* Compares that no clock can reach set no event, whichever way time has been moved. */
static void far_compares_never_come(void **state)
{
	struct fixture f;

	setup(&f);
	probe_write(&f.probe, COMPARE, NEVER - 1, 8);
	assert_true(clock_next(&f.clock) == NEVER);
	probe_write(&f.probe, TIME, NEVER - 10, 8);
	assert_int_equal(clock_next(&f.clock), 9 * CYCLES_PER_TICK);
	probe_write(&f.probe, COMPARE, NEVER, 8);
	clock_run(&f.clock, 50 * CYCLES_PER_TICK);
	probe_write(&f.probe, COMPARE, NEVER - 5, 8);
	assert_true(clock_next(&f.clock) == NEVER);
}

static void software_interrupts(void **state)
{
	struct fixture f;

	setup(&f);
	probe_write(&f.probe, MSIP + 4, 0xffffffff, 4);
	assert_int_equal(f.lines[1], MSI);
	assert_int_equal(f.lines[0], 0);
	assert_int_equal(probe_read(&f.probe, MSIP + 4, 4), 1);
	probe_write(&f.probe, MSIP + 4, 0xfffffffe, 4);
	assert_int_equal(f.lines[1], 0);
	probe_write(&f.probe, MSIP + 8, 1, 4);
	assert_int_equal(probe_read(&f.probe, MSIP + 8, 4), 0);
	clint_set_software(&f.clint, 0, true);
	clint_set_compare(&f.clint, 0, 0);
	assert_int_equal(f.lines[0], MSI | MTI);
	f.lines[0] = 0;
	clint_restored(&f.clint);
	assert_int_equal(f.lines[0], MSI | MTI);
	f.probe.device->reset(&f.clint);
	assert_int_equal(f.lines[0], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compare_raises_at_its_tick),
		cmocka_unit_test(halves_make_a_whole),
		cmocka_unit_test(time_runs_and_can_be_moved),
		cmocka_unit_test(far_compares_never_come),
		cmocka_unit_test(software_interrupts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
