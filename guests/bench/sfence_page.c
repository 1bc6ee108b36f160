/*
 * The price of a fence: sfence.vma, by which one address is flushed, and a load from a small page after it, in S-mode.
 */
#include "guests/bench/bench.h"
#include "guests/bench/level.h"
#include "guests/bench/paging.h"

enum { FENCES = 10000 };

static void prepare(void)
{
	paging_create(1);
	*(u64 *)(void *)paging_pool() = 1;
	level_supervise();
}

static u64 iterate(void)
{
	u64 sum = 0, value;

	for (u64 i = 0; i < FENCES; i++) {
		asm volatile("sfence.vma %1, zero\n\tld %0, 0(%1)" : "=&r"(value) : "r"(PAGING_WINDOW));
		sum += value;
	}
	return sum;
}

const struct bench bench = {
	.name = "sfence-page", .iterations = 100, .operations = FENCES,
	.checksum = FENCES,
	.prepare = prepare, .iterate = iterate,
};
