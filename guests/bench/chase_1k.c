/*
 * Pointer chase under Sv39, over 1,000 small pages: more than any TLB holds.
 */
#include "guests/bench/bench.h"
#include "guests/bench/level.h"
#include "guests/bench/paging.h"
#include "guests/bench/tour.h"

enum { PAGES = 1000, STEPS = 50004 };

static void prepare(void)
{
	tour_lay(paging_pool(), PAGING_WINDOW, PAGES);
	paging_create(PAGES);
	level_supervise();
}

static u64 iterate(void)
{
	return tour_follow(PAGING_WINDOW, STEPS) - PAGING_WINDOW;
}

const struct bench bench = {
	.name = "chase-1k", .iterations = 400, .operations = STEPS,
	.checksum = 0x12db40,
	.prepare = prepare, .iterate = iterate,
};
