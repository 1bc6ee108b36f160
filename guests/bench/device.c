/*
 * Reading a device's register: the time of the CLINT, which may not run backwards.
 */
#include "guests/bench/bench.h"
#include "guests/lib/board.h"

enum { READS = 10000, CLINT_TIME = 0xbff8 };

static u64 iterate(void)
{
	volatile const u64 *time = (volatile const u64 *)(uintptr_t)(BOARD_clint + CLINT_TIME);
	u64 last = 0, right = 0;

	for (u64 i = 0; i < READS; i++) {
		u64 now = *time;
		right += now >= last;
		last = now;
	}
	return right;
}

const struct bench bench = {
	.name = "device", .iterations = 1000, .operations = READS,
	.checksum = READS,
	.iterate = iterate,
};
