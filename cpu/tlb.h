/*
 * The translation lookaside buffers of one hart: fetch and data sides, direct-mapped, of fixed
 * geometry. They are state, not only cache: which entries are there decides when the next walk
 * happens and so what a guest that forgot a fence sees, and snapshots carry them. A hit changes
 * nothing.
 *
 * A tag is the virtual page, with the number of the translation context in bits 10:3 and TLB_SLOW
 * in bit 11. A context stands for (ASID, level, SUM, MXR, translated or bare), so that neither a
 * system call nor a change of address space flushes anything. The fast path of a load is
 *
 *	entry = &tlb->data[(address >> 12) % TLB_DATA]
 *	entry->read == ((address & (PAGE_MASK | (size - 1))) | context)
 *
 * which fails for a miss, for a misaligned access (bits 2:0 of a tag are 0), and for an entry marked
 * TLB_SLOW: one whose page is a device or has flags in RAM (core/ram.h), which the slow path then
 * looks after. No address and context make bit 11, so nothing but the mark ever has it.
 */
#ifndef CPU_TLB_H
#define CPU_TLB_H

#include "core/ram.h"
#include "cpu/mmu.h"

enum {
	TLB_DATA = 512,
	TLB_FETCH = 256,
	TLB_CONTEXTS = 256, /* context numbers fit in bits 10:3 of a tag */
	TLB_SLOTS = 64,     /* live contexts */
	TLB_REGIONS = 256   /* counters of pieces of superpages, by hashed address */
};

#define TLB_INVALID (~(u64)0)
#define TLB_SLOW (UINT64_C(1) << 11)

struct tlb_data {
	u64 read, write;  /* tags; TLB_INVALID where the access is not allowed or not known */
	u8 *host;         /* host address of the page minus its virtual address: cache */
	u64 physical;     /* of the page, with log2 of the mapping's size in bits 5:0 */
};

struct tlb_fetch {
	u64 tag;
	u64 physical;           /* as above */
	struct code_page *code; /* decoded blocks of the page, or null: cache */
};

struct tlb {
	struct tlb_data data[TLB_DATA];
	struct tlb_fetch fetch[TLB_FETCH];
	/*
	 * Contexts by number; key 0: none, or retired. Flushing everything that an ASID has retires its
	 * contexts, so that no tag of theirs is ever asked for again; when the numbers are used up, the
	 * entries go and numbering starts anew.
	 */
	u32 contexts;
	u32 generation; /* changes when a number in use may have been retired: cache */
	u32 key[TLB_CONTEXTS];
	u8 slot[TLB_SLOTS]; /* number of the context whose key falls here, or 0 */
	/* How many entries are pieces of a 2 MiB page, of a 1 GiB page (by region), of a larger one:
	 * a fence for one address must find them all. Cache. */
	u16 mega[TLB_REGIONS], giga[TLB_REGIONS], huge;
	/* Misses since reset: data and fetch. */
	u64 misses[2];
};

/* What a snapshot carries: the same without host addresses and slow marks. */
struct tlb_state {
	u64 read[TLB_DATA], write[TLB_DATA], data_physical[TLB_DATA];
	u64 tag[TLB_FETCH], fetch_physical[TLB_FETCH];
	u32 contexts;
	u32 key[TLB_CONTEXTS];
	u8 slot[TLB_SLOTS]; /* which of its two places a context has depends on who was there before */
	u64 misses[2];
};

void tlb_reset(struct tlb *tlb);

/* The bits to or into a tag for accesses under this view. May flush everything, when more contexts
 * have been seen than there are numbers. */
u64 tlb_context(struct tlb *tlb, const struct mmu_view *view);

static inline struct tlb_data *tlb_data_at(struct tlb *tlb, u64 address)
{
	return &tlb->data[(address >> PAGE_SHIFT) % TLB_DATA];
}

static inline struct tlb_fetch *tlb_fetch_at(struct tlb *tlb, u64 address)
{
	return &tlb->fetch[(address >> PAGE_SHIFT) % TLB_FETCH];
}

/* Fills the place of `address`. The access that missed is allowed; a read leaves `write` of another
 * page invalid, and of the same page as it was. `shift` is log2 of the mapping's size. */
struct tlb_data *tlb_fill_data(struct tlb *tlb, const struct ram *ram, u64 address, u64 context,
	u64 physical, u8 shift, enum access access);
struct tlb_fetch *tlb_fill_fetch(struct tlb *tlb, u64 address, u64 context, u64 physical, u8 shift);

enum { TLB_ALL_ASIDS = -1 };

/* sfence.vma: one address or (all_addresses) all, one ASID or TLB_ALL_ASIDS. */
void tlb_flush(struct tlb *tlb, bool all_addresses, u64 address, s32 asid);

/* Everything, bare addresses too: protection rules have changed. */
void tlb_flush_all(struct tlb *tlb);

/* A RAM page got flags: its entries are to take the slow path from now on. */
void tlb_guard(struct tlb *tlb, u64 physical_page);

/* A slow entry was used and its page has no flags any more: it takes the fast path again. */
void tlb_refresh(struct tlb_data *entry, const struct ram *ram);

/* Decoded code was dropped: forget pointers to it (of one physical page, or all with NEVER). */
void tlb_forget_code(struct tlb *tlb, u64 physical_page);

void tlb_save(const struct tlb *tlb, struct tlb_state *state);
void tlb_restore(struct tlb *tlb, const struct tlb_state *state, const struct ram *ram);

#endif
