/*
 * Physical memory, in frames of 4 KiB. Virtual and physical addresses agree in the kernel's part of
 * every address space, so a frame's number is also where the kernel finds it. Frames for page
 * tables come from a pool of their own, since a monitor allows nobody to write to a table.
 *
 *	kernel image | pool of tables | holders, kernel stacks | frames ... | end of RAM
 */
#ifndef TWIN_MEMORY_H
#define TWIN_MEMORY_H

#include "core/types.h"

enum { TABLES = 384 }; /* frames in the pool */

/* The linker's symbols: where the parts of the image end. Their addresses are what matters. */
extern u8 text_start[], text_end[], rodata_end[], guest_end[];

void memory_start(void);

/* [low, high) of the pool; the end of RAM that the kernel uses. */
u64 memory_tables_low(void);
u64 memory_tables_high(void);
u64 memory_end(void);

/* Frames for ever, side by side, for the kernel's own tables of things. Boot only. */
void *memory_take(u64 bytes);

/* A frame with one holder; 0 when there is none left. _zero: filled with zeros. */
u64 frame_alloc(void);
u64 frame_alloc_zero(void);
void frame_hold(u64 frame);
void frame_drop(u64 frame); /* the last holder frees it */
u32 frame_holders(u64 frame);
u64 frames_free(void);

/* A frame for a page table: all zeros, and given back all zeros. 0: none left. */
u64 table_alloc(void);
void table_free(u64 table);

#endif
