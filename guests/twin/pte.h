/*
 * An Sv39 page-table entry, as the kernel writes it. (Privileged Architecture, "Sv39".)
 */
#ifndef TWIN_PTE_H
#define TWIN_PTE_H

#include "core/types.h"

enum pte_bit {
	PTE_V = 1 << 0,
	PTE_R = 1 << 1,
	PTE_W = 1 << 2,
	PTE_X = 1 << 3,
	PTE_U = 1 << 4,
	PTE_G = 1 << 5,
	PTE_A = 1 << 6,
	PTE_D = 1 << 7
};

enum {
	PTE_ENTRIES = 512,
	ASIDS = 128 /* spaces have 1 to ASIDS - 1; the kernel's own has 0 */
};

/* What one entry of level 0, 1 and 2 covers. */
#define PTE_SPAN(level) ((u64)PAGE_SIZE << 9 * (level))

/* The entry for `frame` in a table, with `bits`. */
static inline u64 pte_make(u64 frame, u64 bits)
{
	return frame >> 2 | bits;
}

static inline u64 pte_frame(u64 pte)
{
	return (pte >> 10 & ((UINT64_C(1) << 44) - 1)) << PAGE_SHIFT;
}

/* The address of the entry for `address` in the table of a level. */
static inline u64 pte_entry(u64 table, unsigned level, u64 address)
{
	return table + 8 * (address >> (PAGE_SHIFT + 9 * level) & (PTE_ENTRIES - 1));
}

#endif
