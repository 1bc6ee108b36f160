/*
 * Frames: for each page of a virtual machine's RAM, what it is being used for under direct page
 * tables, and how often. A frame that is a page table is walked by the hardware unchecked, so it must
 * never be writable by the guest: the types exclude each other, as pv/ABI.md says.
 */
#ifndef PV_FRAME_H
#define PV_FRAME_H

#include "core/types.h"

struct vcpu;
struct vm;

enum {
	FRAME_ASIDS = 1024,    /* most roots at a time */
	FRAME_BATCH = 512,     /* most records of one table_update */
	FRAME_FLUSH_PAGES = 64 /* from more pages on, everything is flushed */
};

enum frame_type { FRAME_FREE, FRAME_TABLE0, FRAME_TABLE1, FRAME_TABLE2, FRAME_WRITABLE };

struct frame {
	u32 uses;   /* pointers to a table (pins too), or writable mappings; 0 when free */
	u16 asid;   /* real ASID while it is a root */
	u8 type;    /* enum frame_type */
	u8 pinned;
};

struct frames_state {
	u32 tables;   /* frames that are tables now */
	u32 stale;    /* a writable mapping went since the last flush of everything */
	u32 next_asid;
	u32 pad;
	u8 asid_used[FRAME_ASIDS];
};

struct frames {
	struct frames_state state;
	struct frame *frame; /* by page of the slice; owned */
	u32 count;
	u32 asid;            /* the first of FRAME_ASIDS real ASIDs that roots are given */
};

bool frames_create(struct frames *frames, u32 count, u32 asid);
void frames_destroy(struct frames *frames);

/* After a snapshot was loaded: seals the tables again. */
void frames_restored(struct vm *vm);

/* The calls of the ABI; each returns an SBI error. Addresses are guest-physical. */
s64 frame_pin(struct vcpu *vcpu, u64 level, u64 address);
s64 frame_unpin(struct vcpu *vcpu, u64 address);
s64 frame_update(struct vcpu *vcpu, u64 entry_address, u64 value);
s64 frame_switch(struct vcpu *vcpu, u64 kernel_root, u64 user_root);

/* tlb_flush: the pages of [start, start + size), or everything when size is 0 or large. */
void frame_flush(struct vcpu *vcpu, u64 start, u64 size);

/* Keeps a frame from ever becoming a table. False: it is one. */
bool frame_hold(struct vcpu *vcpu, u64 address);
void frame_release(struct vcpu *vcpu, u64 address);

/* The real satp of the virtual hart at its present level. */
u64 frame_satp(const struct vcpu *vcpu);

#endif
