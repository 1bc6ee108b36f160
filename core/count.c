/*
 * Arithmetic on arrays of counters. The reports call it: what a workload cost is the counters after
 * it less the counters before it.
 */
#include "core/count.h"

void count_difference(u64 *to, const u64 *later, const u64 *earlier, u32 count)
{
	for (u32 i = 0; i < count; i++)
		to[i] = later[i] - earlier[i];
}
