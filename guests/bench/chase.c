/*
 * Pointer chase without translation: in M-mode, over 256 pages.
 */
#include "guests/bench/bench.h"
#include "guests/bench/paging.h"
#include "guests/bench/tour.h"

enum { PAGES = 256, STEPS = 100000 };

static void prepare(void)
{
	tour_lay(paging_pool(), (u64)(uintptr_t)paging_pool(), PAGES);
}

static u64 iterate(void)
{
	u64 start = (u64)(uintptr_t)paging_pool();

	return tour_follow(start, STEPS) - start;
}

const struct bench bench = {
	.name = "chase", .iterations = 1000, .operations = STEPS,
	.checksum = 0x238c0,
	.prepare = prepare, .iterate = iterate,
};
