/*
 * Decoded blocks: straight runs of instructions as the interpreter wants them, found by physical
 * address. They are only cache: any of them can be dropped at any moment and nothing changes. A
 * block ends at a jump, a branch, a system instruction, the end of its page, or after BLOCK_OPS
 * instructions; it never crosses a page. An instruction that does is built alone, each time anew.
 *
 * Blocks of the same page link directly to each other (the translation that led to the page holds
 * as long as no instruction that could change it has run, and those end the chain). When a page
 * with code is written to, all its blocks go, and with them all links to them.
 */
#ifndef CPU_BLOCK_H
#define CPU_BLOCK_H

#include "core/fault.h"
#include "core/ram.h"
#include "core/types.h"
#include "cpu/isa.h"
#include "cpu/tlb.h"

enum { BLOCK_OPS = 64, BLOCKS_HARTS = 8 };

/* An instruction made ready: 16 bytes. */
struct op {
	const void *run; /* the engine's code for it */
	s32 imm;         /* relative to the block's start for whatever is relative to pc */
	u8 rd;           /* 32 stands for x0 */
	u8 rs1, rs2;
	u8 next;         /* where the next instruction begins, in halfwords from the block's start */
};

struct block {
	struct block *taken, *fall; /* successors in the same page, once known */
	u32 count;                  /* instructions */
	u32 linkable;               /* false: built for one use, must not be linked from */
	struct op op[];             /* count of them, then one that leaves the block */
};

/*
 * A page that code was read from. When it is written to, its blocks go; the record and the page's
 * RAM_CODE stay, since code that is patched is soon run again. A second write with no block in
 * between finds a page of data: then they go too.
 */
struct code_page {
	u64 physical;
	u32 starts;                         /* how many of start[] are in use */
	u16 start[PAGE_SIZE / 2];           /* the halfwords at which blocks begin */
	struct block *block[PAGE_SIZE / 2]; /* by halfword at which they begin */
};

struct blocks {
	struct ram *ram;
	const struct isa *isa;
	const void *const *labels; /* the engine's code for each row, then end, then illegal */
	u8 *arena;
	u64 used, size;
	struct code_page **page;   /* by page of RAM */
	u32 *list;                 /* pages that have code */
	u32 pages;
	struct tlb *tlb[BLOCKS_HARTS];
	u32 tlbs;
	union {
		struct block once;
		u8 room[sizeof(struct block) + (BLOCK_OPS + 1) * sizeof(struct op)];
	};
};

bool blocks_create(struct blocks *blocks, struct ram *ram, const struct isa *isa,
	struct fault *fault);
void blocks_destroy(struct blocks *blocks);

/* A TLB that may point to code pages and hold translations for writing to them. */
void blocks_add_tlb(struct blocks *blocks, struct tlb *tlb);

/* The code page of a RAM page, made and guarded if there is none. */
struct code_page *blocks_page(struct blocks *blocks, u64 physical);

/* Builds the block that begins at `physical`, at most `limit` instructions; kept if `keep`. Null:
 * the instruction there crosses into the next page. */
struct block *block_build(struct blocks *blocks, u64 physical, u32 limit, bool keep);

/* The block of one instruction whose word the caller has put together. */
struct block *block_build_word(struct blocks *blocks, u32 word);

/* A page of code was written to: drops what was decoded from it. */
void blocks_written(struct blocks *blocks, u32 page);

/* Drops one page and its record, or everything. */
void blocks_drop_page(struct blocks *blocks, u32 page);
void blocks_drop(struct blocks *blocks);

#endif
