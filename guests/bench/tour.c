/*
 * Laying out a tour of pages, and following it. The places within the pages differ, so that they
 * do not all compete for the same line of the host's cache.
 */
#include "guests/bench/tour.h"

#include "guests/bench/bench.h"

enum { LINE = 64, LINES = PAGE_SIZE / LINE };

static u32 order[TOUR_MOST_PAGES];

static u64 place(u32 page)
{
	return (u64)page * PAGE_SIZE + (u64)page % LINES * LINE;
}

void tour_lay(u8 *memory, u64 seen_at, u32 pages)
{
	u64 state = 1;

	for (u32 i = 0; i < pages; i++)
		order[i] = i;
	/* The first stays first: it is where the tour begins. */
	for (u32 i = pages - 1; i > 1; i--) {
		u32 other = 1 + (u32)(bench_random(&state) % i);
		u32 swap = order[i];
		order[i] = order[other];
		order[other] = swap;
	}
	for (u32 i = 0; i < pages; i++)
		*(u64 *)(void *)(memory + place(order[i])) = seen_at + place(order[(i + 1) % pages]);
}

u64 tour_follow(u64 seen_at, u64 steps)
{
	u64 at = seen_at;

	for (u64 i = 0; i < steps; i += 4) {
		at = *(const u64 *)at;
		at = *(const u64 *)at;
		at = *(const u64 *)at;
		at = *(const u64 *)at;
	}
	return at;
}
