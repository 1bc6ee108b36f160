/*
 * One run of a guest, undisturbed or disturbed by a plan: the disturbances are those that must be
 * invisible. A plan is made from a seed before the run begins, so that the same plan can be run
 * again to any cycle.
 */
#ifndef TESTS_INVARIANCE_RUN_H
#define TESTS_INVARIANCE_RUN_H

#include "emu/machine.h"
#include "tests/invariance/outside.h"

struct guest {
	const char *name, *bootargs, *text; /* text: what is typed */
	const char *path;
	u32 harts;
	u64 memory; /* bytes */
	u64 limit;  /* cycles; the guest need not end before */
};

enum disturbance_kind {
	DISTURB_STEPS,    /* `count` runs of one cycle */
	DISTURB_EDGE,     /* stops just before, at and after the clock's next event */
	DISTURB_SNAPSHOT, /* saves, runs `count` cycles on, loads, mostly into a fresh machine */
	DISTURB_SNAPSHOT_EDGE, /* the same around the clock's next event */
	DISTURB_PLANTED   /* a change that is no invisible one: the test must see it */
};

struct disturbance {
	u64 cycle;
	enum disturbance_kind kind;
	u64 count;
};

enum { PLAN_STOPS = 48, PLAN_SNAPSHOTS = 2, PLAN_MOST = PLAN_STOPS + PLAN_SNAPSHOTS };

/* What plans are made of. */
enum plan_parts { PLAN_SPLITS = 1, PLAN_CHAOS = 2, PLAN_SAVES = 4 };

struct plan {
	u32 count;
	bool chaos;
	u64 chaos_seed;
	struct disturbance item[PLAN_MOST]; /* by cycle */
};

struct run {
	const struct guest *guest;
	const struct virt_mode *mode;
	const struct plan *plan; /* null: undisturbed */
	u32 next;                /* item of the plan */
	struct outside outside;
	struct machine *machine;
	enum machine_end end;
};

/* A stream of numbers that look random and are always the same; seed not zero. */
u64 random_next(u64 *seed);

/* Disturbances of the kinds `parts` somewhere in a run of `cycles`. */
void plan_create(struct plan *plan, u64 seed, u32 parts, u64 cycles);

/* A plan of one planted change. */
void plan_planted(struct plan *plan, u64 cycle);

/* Exits the program with a sentence when the guest cannot be loaded. */
void run_create(struct run *run, const struct guest *guest, const struct virt_mode *mode,
	const struct plan *plan);
void run_destroy(struct run *run);

/* Goes on to an absolute cycle, or to the guest's end. */
void run_to(struct run *run, u64 cycle);

/* Of the machine and of the world outside. */
u64 run_digest(struct run *run);

/* Prints the first section in which the two differ, and where in it. */
void run_difference(struct run *one, struct run *other);

#endif
