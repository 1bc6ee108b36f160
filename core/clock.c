/*
 * Virtual time and its events. There are few events, so the next one is the minimum of an array,
 * kept in `next`, the one number that the run loop compares with.
 */
#include "core/clock.h"

#include <assert.h>
#include <string.h>

void clock_create(struct clock *clock)
{
	memset(clock, 0, sizeof(*clock));
	for (u32 i = 0; i < CLOCK_EVENTS; i++)
		clock->state.when[i] = NEVER;
	clock->next = NEVER;
}

u32 clock_register(struct clock *clock, const char *name, void (*fire)(void *self, u64 when),
	void *self)
{
	assert(clock->count < CLOCK_EVENTS);
	clock->event[clock->count] = (struct event){ .name = name, .fire = fire, .self = self };
	return clock->count++;
}

void clock_restored(struct clock *clock)
{
	clock->next = NEVER;
	for (u32 i = 0; i < clock->count; i++) {
		if (clock->state.when[i] < clock->next)
			clock->next = clock->state.when[i];
	}
}

void clock_set(struct clock *clock, u32 event, u64 when)
{
	assert(event < clock->count);

	u64 *slot = &clock->state.when[event];
	bool was_next = *slot == clock->next;

	*slot = when;
	if (when <= clock->next)
		clock->next = when;
	else if (was_next)
		clock_restored(clock);
}

/*
 * An event fires again in the same run only for a later time than before. So each run ends, even
 * when events set themselves, or each other, to times already past: those wait for the next run.
 */
void clock_run(struct clock *clock, u64 now)
{
	u64 fired[CLOCK_EVENTS];
	u64 has_fired = 0; /* a bit for each event; its time is in fired[] */

	assert(now >= clock->state.now);
	clock->state.now = now;
	while (clock->next <= now) {
		u32 due = CLOCK_EVENTS;
		u64 when = NEVER;

		for (u32 i = 0; i < clock->count; i++) {
			u64 time = clock->state.when[i];

			if (time >= when || time > now)
				continue;
			if ((has_fired >> i & 1) && time <= fired[i])
				continue;
			due = i;
			when = time;
		}
		if (due == CLOCK_EVENTS)
			break;
		has_fired |= UINT64_C(1) << due;
		fired[due] = when;
		clock_set(clock, due, NEVER);
		clock->event[due].fire(clock->event[due].self, when);
	}
}

_Static_assert(CLOCK_EVENTS <= 64, "clock_run keeps one bit for each event");
