/*
 * A system call with nothing in it: ecall from U-mode, a handler in M that only returns.
 */
#include "guests/bench/bench.h"
#include "guests/bench/level.h"

enum { CALLS = 10000 };

static u64 iterate(void)
{
	return level_trap_loop(level_loop_ecall, CALLS, 0, LEVEL_USER);
}

const struct bench bench = {
	.name = "ecall", .iterations = 500, .operations = CALLS,
	.checksum = 8, /* the cause: environment call from U-mode */
	.prepare = level_open_memory, .iterate = iterate,
};
