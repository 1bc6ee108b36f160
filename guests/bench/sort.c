/*
 * Sorting numbers: quicksort down to short runs, then insertion. Branches that nobody can predict.
 */
#include "guests/bench/bench.h"

enum { COUNT = 4096, SHORT = 12 };

static u64 numbers[COUNT];

static void sort_short(u64 *first, u64 *end)
{
	for (u64 *next = first + 1; next < end; next++) {
		u64 value = *next, *at = next;
		for (; at > first && at[-1] > value; at--)
			*at = at[-1];
		*at = value;
	}
}

static u64 median(u64 a, u64 b, u64 c)
{
	if (a < b)
		return b < c ? b : a < c ? c : a;
	return a < c ? a : b < c ? c : b;
}

static void sort(u64 *first, u64 *end)
{
	while (end - first > SHORT) {
		u64 pivot = median(first[0], first[(end - first) / 2], end[-1]);
		u64 *low = first, *high = end - 1;
		for (;;) {
			while (*low < pivot)
				low++;
			while (*high > pivot)
				high--;
			if (low >= high)
				break;
			u64 swap = *low;
			*low++ = *high;
			*high-- = swap;
		}
		sort(low, end);
		end = low;
	}
	sort_short(first, end);
}

static u64 iterate(void)
{
	u64 state = 1, sum = 0;

	for (u32 i = 0; i < COUNT; i++)
		numbers[i] = bench_random(&state);
	sort(numbers, numbers + COUNT);
	for (u32 i = 0; i < COUNT; i++)
		sum = sum * 3 + numbers[i];
	for (u32 i = 1; i < COUNT; i++)
		if (numbers[i - 1] > numbers[i])
			bench_fail("order", numbers[i - 1], numbers[i]);
	return sum;
}

const struct bench bench = {
	.name = "sort", .iterations = 500, .operations = COUNT,
	.checksum = 0x847eabe5c2be22db,
	.iterate = iterate,
};
