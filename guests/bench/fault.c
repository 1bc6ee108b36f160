/*
 * A page fault with nothing behind it: S-mode loads where nothing is mapped, and the handler in M
 * returns behind the load.
 */
#include "guests/bench/bench.h"
#include "guests/bench/level.h"
#include "guests/bench/paging.h"

enum { FAULTS = 10000 };

static void prepare(void)
{
	paging_create(1);
}

static u64 iterate(void)
{
	return level_trap_loop(level_loop_load, FAULTS, PAGING_WINDOW - PAGE_SIZE,
		LEVEL_SUPERVISOR);
}

const struct bench bench = {
	.name = "fault", .iterations = 600, .operations = FAULTS,
	.checksum = 13, /* the cause: load page fault */
	.prepare = prepare, .iterate = iterate,
};
