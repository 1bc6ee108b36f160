/*
 * Address spaces. Every space maps the kernel where it lies physically, and its own user part in
 * the second gigabyte, where the board has nothing:
 *
 *	0x00000000  devices (kernel only)
 *	0x40000000  the program, then its heap
 *	0x60000000  what map() gives
 *	0x7ffe0000  the stack
 *	0x7ffff000  the clock page (read only)
 *	0x80000000  RAM (kernel only)
 */
#ifndef TWIN_SPACE_H
#define TWIN_SPACE_H

#include "guests/twin/ops.h"

enum { REGIONS = 16 };

/* User addresses [start, end) with the same rights; PTE_R, PTE_W, PTE_X. Pages come when touched:
 * a page that is not there is zeros. */
struct region {
	u64 start, end;
	u64 rights;
};

struct space {
	struct roots roots;
	struct region region[REGIONS]; /* start = end: unused; [0] is the heap */
	u64 tables[8];                 /* a bit for each last-level table of the user part */
	u64 near, near_table;          /* the one used last, and its number of 2 MiB; 0: none */
};

/* Builds the kernel's own map, and turns paging on. */
void space_start(void);

/* A space without a user part; false when memory is short. */
bool space_create(struct space *space);

/* Gives back the user part, which will not be touched any more; space_destroy then also the rest
 * (the roots are not the live ones). */
void space_clear(struct space *space);
void space_destroy(struct space *space);

/* Makes `child` (created) a copy of the current space `parent`: writable pages are shared until one
 * of the two writes. False when memory is short; destroy the child then. */
bool space_fork(struct space *parent, struct space *child);

/* Adds a region; false when there is no room for one. */
bool space_add(struct space *space, u64 start, u64 end, u64 rights);

/* A new page of zeros at `address`, which has none; its frame, or 0. */
u64 space_page(struct space *space, u64 address, u64 rights);

/* Begins the heap at `start`, and adds the clock page; false when memory is short. */
bool space_finish(struct space *space, u64 start);

/* Moves the end of the heap by `delta` bytes; its old end, or 0. */
u64 space_grow(struct space *space, s64 delta);

/* A region of `pages` pages, with `now` filled with pages at once; its address, or 0. */
u64 space_map(struct space *space, u64 pages, bool now);
bool space_unmap(struct space *space, u64 address);

/* A page fault at `address`, wanting `right` (PTE_R, PTE_W or PTE_X). True: it is mended. */
bool space_fault(struct space *space, u64 address, u64 right);

#endif
