/*
 * Counters: a flat array of u64 for each hart and each virtual machine. What the places mean stands
 * in a count.def of the layer that counts; one line there is all that a new counter needs. Counting
 * is `counts[COUNT_X] += n`, and every view (tables, JSON, debugger) is derived from the rows.
 */
#ifndef CORE_COUNT_H
#define CORE_COUNT_H

#include "core/types.h"

struct count_row {
	const char *name;  /* as printed: lower case, dashes */
	const char *unit;  /* "cycles", "pages", ... plural; "" for plain events */
	const char *words; /* one sentence for a student */
};

/* to[i] = later[i] - earlier[i]. */
void count_difference(u64 *to, const u64 *later, const u64 *earlier, u32 count);

#endif
