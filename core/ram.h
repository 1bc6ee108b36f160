/*
 * RAM: bytes, and one byte of flags for each page. A page's flags say who must hear of a write to
 * it: the decoder (code was read from it), the monitor (it is a page table), migration (dirty
 * tracking), the debugger (a watchpoint). Writes from a hart reach here through the slow side of
 * its TLB, all others (device DMA, SBI results, the debugger, the monitor) directly; a write to a
 * flagged page queues the page, and the layer above drains the queue before guest code runs again.
 * That one queue is self-modifying code, shadow write protection, dirty tracking and watchpoints.
 *
 * A slice is a window on a larger RAM under another base address: what a virtual machine has. It
 * shares bytes, flags and queue with the whole.
 */
#ifndef CORE_RAM_H
#define CORE_RAM_H

#include "core/fault.h"
#include "core/types.h"

enum ram_flag {
	RAM_CODE = 1,    /* decoded blocks came from this page */
	RAM_TABLE = 2,   /* a page table that the monitor guards */
	RAM_TRACKED = 4, /* the next write makes it dirty */
	RAM_WATCHED = 8, /* a watchpoint lies in it */
	RAM_SEALED = 16, /* no copy may enter it: page tables that the hardware walks unchecked */
	RAM_QUEUED = 128 /* already in the queue of touched pages */
};

/* Pages written to since the last drain; shared by a RAM and its slices. */
struct ram_touched {
	u32 count;
	u32 page[]; /* page numbers of the whole RAM, each at most once */
};

struct ram {
	u8 *bytes;
	u8 *flags;  /* one per page */
	u64 base;   /* physical address of bytes[0], as this RAM's user counts */
	u64 size;   /* bytes, a multiple of PAGE_SIZE */
	u32 first;  /* page number of bytes[0] in the whole RAM */
	struct ram_touched *touched;
};

/* Reserves `size` bytes of zeros; the host's memory is taken only when a page is first used. */
bool ram_create(struct ram *ram, u64 base, u64 size, struct fault *fault);
void ram_destroy(struct ram *ram);

/* Makes `slice` the window [offset, offset + size) of `whole`, seen at `base`. Owns nothing. */
void ram_slice(struct ram *slice, const struct ram *whole, u64 offset, u64 size, u64 base);

/* True when all of [address, address + length) is RAM; any values are safe to ask about. */
static inline bool ram_holds(const struct ram *ram, u64 address, u64 length)
{
	return address - ram->base <= ram->size && length <= ram->size - (address - ram->base);
}

/* Host address of guest bytes, for reading only. The caller has checked ram_holds. */
static inline const u8 *ram_bytes(const struct ram *ram, u64 address)
{
	return ram->bytes + (address - ram->base);
}

/* The page of this RAM or slice that holds `address`, numbered as in the queue. */
static inline u32 ram_page(const struct ram *ram, u64 address)
{
	return ram->first + (u32)((address - ram->base) >> PAGE_SHIFT);
}

static inline u8 *ram_flags(const struct ram *ram, u64 address)
{
	return &ram->flags[(address - ram->base) >> PAGE_SHIFT];
}

/* Little-endian, `width` 1, 2, 4 or 8, any alignment. The caller has checked ram_holds. */
u64 ram_read(const struct ram *ram, u64 address, unsigned width);
void ram_write(struct ram *ram, u64 address, u64 value, unsigned width);

/* Copies; false, and nothing done, when any byte lies outside or (in) in a sealed page. */
bool ram_copy_out(const struct ram *ram, u64 address, void *to, u64 length);
bool ram_copy_in(struct ram *ram, u64 address, const void *from, u64 length);

bool ram_is_zero(const u8 *bytes, u64 length);

/* Makes bytes zero; false, and nothing done, when any lies outside or in a sealed page. Pages that
 * are zero already take no memory of the host. */
bool ram_clear(struct ram *ram, u64 address, u64 length);

/* Replaces page `page`, counted from this RAM's start, sealed or not; null: by zeros. For loading
 * state only: the page counts as written to, and who seals pages seals them anew. */
void ram_restore(struct ram *ram, u64 page, const u8 *from);

/* Takes one touched page off the queue into *page; false when the queue is empty. */
bool ram_drain(struct ram *ram, u32 *page);

#endif
