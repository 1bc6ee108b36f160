/*
 * The page that the kernel shares with the monitor (pv/ABI.md, "The shared page"), for C and
 * assembler.
 */
#ifndef TWIN_SHARED_PAGE_H
#define TWIN_SHARED_PAGE_H

#define SHARED_CAUSE 8
#define SHARED_EPC 16
#define SHARED_TVAL 24
#define SHARED_STATUS 32
#define SHARED_SCRATCH 40
#define SHARED_A0 64
#define SHARED_A1 72
#define SHARED_A6 80
#define SHARED_A7 88

/* `status`: where the trap came from, and whether interrupts were (will be) unmasked. */
#define SHARED_STATUS_KERNEL 1
#define SHARED_STATUS_UNMASKED 2

#ifndef __ASSEMBLER__
#include "guests/lib/sbi.h"

struct shared_page {
	volatile u32 enabled; /* 1: interrupts are delivered */
	volatile u32 pending; /* 1: one has waited */
	u64 cause, epc, tval, status, scratch;
	u64 offset; /* machine address = physical address of the guest + this */
	u64 unused;
	u64 a0, a1, a6, a7;
	u8 rest[PAGE_SIZE - 96];
};

_Static_assert(sizeof(struct shared_page) == PAGE_SIZE, "a page");
_Static_assert(offsetof(struct shared_page, scratch) == SHARED_SCRATCH, "as in pv/ABI.md");
_Static_assert(offsetof(struct shared_page, offset) == 48, "as in pv/ABI.md");
_Static_assert(offsetof(struct shared_page, a0) == SHARED_A0, "as in pv/ABI.md");

extern struct shared_page shared_page;

/* Masking interrupts costs nothing: a store. Were they unmasked? */
static inline bool shared_mask(void)
{
	bool unmasked = shared_page.enabled;

	shared_page.enabled = 0;
	return unmasked;
}

/* Nor does unmasking, unless an interrupt has waited. */
static inline void shared_unmask(void)
{
	asm volatile("" : : : "memory");
	shared_page.enabled = 1;
	if (shared_page.pending)
		sbi_para_deliver();
}
#endif

#endif
