/*
 * Shadow page tables: what the hardware walks while an unmodified guest runs. A shadow root stands
 * for one way of seeing memory: (guest satp or none, virtual level, SUM, MXR). It begins empty and
 * is filled by faults that the guest never sees; sfence.vma empties what it names. The tables lie in
 * the monitor's area of the machine's own RAM and are walked by the ordinary walker under real
 * ASIDs, one a root: neither TLB nor engine knows that virtual machines exist.
 */
#ifndef PV_SHADOW_H
#define PV_SHADOW_H

#include "core/snapshot.h"
#include "cpu/mmu.h"

struct vcpu;

enum { SHADOW_ROOTS = 64, SHADOW_PAGES = 4096 };

struct shadow_root {
	u64 key_satp, key_rules; /* rules: level, SUM, MXR; bit 63 when in use */
	u64 used;                /* stamp of last use */
	u32 page;                /* of the root table, as an index into the area */
	u32 big;                 /* bit 0: has pieces of a 64 KiB or 2 MiB page, bit 1: of a larger one */
};

struct shadow_state {
	struct shadow_root root[SHADOW_ROOTS];
	u64 stamp;
	u32 pages_used, pad;
	u32 free;                 /* head of the free list, index + 1 */
	u32 fresh;                /* pages never used yet begin here */
	u32 next[SHADOW_PAGES];   /* free list, or the pages of a root in a chain; index + 1 */
};

struct shadow {
	struct shadow_state state;
	u64 area;   /* machine address of the first page */
	u32 pages;
	u32 asid;   /* real ASIDs asid to asid + SHADOW_ROOTS - 1 are this VM's */
};

void shadow_create(struct shadow *shadow, u64 area, u32 pages, u32 asid);

/* The real satp for the virtual hart as it is now. */
u64 shadow_satp(struct vcpu *vcpu);

/*
 * A page fault of the real hart at `address`. True: repaired, run again. False: *walk says why not:
 * the guest's own fault, or OK with a physical address that is no RAM (a device) or may not be
 * mapped.
 */
bool shadow_fault(struct vcpu *vcpu, u64 address, enum access access, struct walk *walk);

/* sfence.vma by the guest. */
void shadow_fence(struct vcpu *vcpu, bool all_addresses, u64 address, s32 asid);

/* Everything: tables have been sealed, or the guest leaves shadow paging. */
void shadow_drop(struct vcpu *vcpu);

#endif
