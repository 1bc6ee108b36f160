/*
 * The page-table walk: one pure function for the hart's own tables, the monitor's look at a guest's,
 * and the debugger. It reads RAM, changes nothing, and returns what it found and what it would have
 * to store (accessed and dirty bits) as data.
 *
 * Privileged specification, 4.3 (address translation), 4.4 to 4.6 (Sv39, Sv48, Sv57), 5 (Svnapot).
 */
#ifndef CPU_MMU_H
#define CPU_MMU_H

#include "core/ram.h"
#include "cpu/priv.h"

enum access { ACCESS_READ, ACCESS_WRITE, ACCESS_FETCH };

enum pte_bit {
	PTE_V = 1, PTE_R = 2, PTE_W = 4, PTE_X = 8, PTE_U = 16, PTE_G = 32, PTE_A = 64, PTE_D = 128
};
#define PTE_PPN (((UINT64_C(1) << 44) - 1) << 10)
#define PTE_RESERVED (UINT64_C(0x3ff) << 54) /* N, PBMT and reserved */
#define PTE_N (UINT64_C(1) << 63) /* Svnapot: one of 16 entries for a page of 64 KiB */

/* The physical page that an entry points to. */
static inline u64 pte_address(u64 pte)
{
	return (pte & PTE_PPN) >> 10 << PAGE_SHIFT;
}

/* Under which rules an address is translated. */
struct mmu_view {
	u64 satp;
	enum level level; /* effective level of the access */
	bool sum, mxr;
	bool napot; /* PTE_N is known */
	bool adue; /* hardware sets A and D; otherwise a clear one faults */
	const struct priv *pmp; /* whose protection rules entries are read under; null: none */
};

enum walk_result { WALK_OK, WALK_PAGE_FAULT, WALK_ACCESS_FAULT };

enum { WALK_LEVELS = 5, NAPOT_SHIFT = 16 };

struct walk {
	enum walk_result result;
	u64 physical; /* of the very address asked for; valid when OK */
	u64 pte;      /* the leaf, or the last entry read */
	u64 update;   /* nonzero: the leaf as it has to be stored back first (A, D) */
	u8 shift;     /* log2 of the page: 12, 16, 21, 30, 39, 48; 64 when bare */
	u8 steps;     /* entries read */
	u64 entry[WALK_LEVELS]; /* physical address of each entry read, root first */
};

/* The lowest bit of an address that selects an entry of the root table: 30, 39 or 48. */
static inline unsigned mmu_root_shift(u64 satp)
{
	return PAGE_SHIFT + 9 * ((unsigned)(satp >> 60) - SATP_SV39 + 2);
}

/* The view of `priv` for an access of this kind: MPRV applied to data accesses (3.1.6.3). */
struct mmu_view mmu_view(const struct priv *priv, enum access access);

void mmu_walk_to(struct walk *walk, const struct mmu_view *view, const struct ram *ram,
	u64 address, enum access access);

/* The same as a value, where a copy of it does not matter. */
static inline struct walk mmu_walk(const struct mmu_view *view, const struct ram *ram, u64 address,
	enum access access)
{
	struct walk walk;

	mmu_walk_to(&walk, view, ram, address, access);
	return walk;
}

/* Which of PTE_R, PTE_W, PTE_X a leaf grants under the view (4.3.2, steps 5 to 8). */
u64 mmu_rights(const struct mmu_view *view, u64 pte);

/* The exception for a failed access of this kind. */
u64 mmu_cause(enum walk_result result, enum access access);

#endif
