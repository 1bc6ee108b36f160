/*
 * Virtual time and the named events in it. The unit is the cycle of a nominal 1 GHz hart. An event
 * belongs to a device, which sets and cancels it; whoever drives the machine asks for the next one,
 * runs the harts up to it, and lets it fire. Events are registered once, in the order of assembly,
 * so that a snapshot is an array of times and a debugger can list them by name.
 */
#ifndef CORE_CLOCK_H
#define CORE_CLOCK_H

#include "core/types.h"

enum { CLOCK_EVENTS = 64 };

struct event {
	const char *name;
	void (*fire)(void *self, u64 when); /* `when` is the time it was set for */
	void *self;
};

/* State, plain: what a snapshot saves. */
struct clock_state {
	u64 now;
	u64 when[CLOCK_EVENTS]; /* NEVER: not set */
};

struct clock {
	struct clock_state state;
	u32 count;
	struct event event[CLOCK_EVENTS];
	u64 next; /* the least of state.when: a cache */
};

void clock_create(struct clock *clock);

/* Registers an event, not set; returns its handle. The name is borrowed. */
u32 clock_register(struct clock *clock, const char *name, void (*fire)(void *self, u64 when),
	void *self);

/* Sets (or, with NEVER, cancels) an event. A time already past fires at the next clock_run. */
void clock_set(struct clock *clock, u32 event, u64 when);

static inline u64 clock_next(const struct clock *clock)
{
	return clock->next;
}

/* Moves time to `now` and fires, in order of time and then of registration, what has come due. */
void clock_run(struct clock *clock, u64 now);

/* Recomputes the cache after state was loaded. */
void clock_restored(struct clock *clock);

static inline u64 clock_ticks(const struct clock *clock)
{
	return clock->state.now / CYCLES_PER_TICK;
}

#endif
