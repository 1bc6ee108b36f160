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
}

static u64 fence(u64 count)
{
	u64 sum = 0, value;

	for (u64 i = 0; i < count; i++) {
		asm volatile("sfence.vma %1, zero\n\tld %0, 0(%1)" : "=&r"(value) : "r"(PAGING_WINDOW));
		sum += value;
	}
	return sum;
}

static u64 iterate(void)
{
	return level_supervise(fence, FENCES);
}

const struct bench bench = {
	.name = "sfence-page", .iterations = 100, .operations = FENCES,
	.checksum = FENCES,
	.prepare = prepare, .iterate = iterate,
};
