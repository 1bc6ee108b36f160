/*
 * The buffer cache: blocks of the volume in memory.
 */
#ifndef TWIN_BUFFER_H
#define TWIN_BUFFER_H

#include "guests/twin/fs_format.h"

struct buffer {
	u32 block, holders;
	bool valid, dirty; /* dirty: to be written before it is forgotten; the user sets it */
	u64 last_used;
	u8 bytes[FS_BLOCK] __attribute__((aligned(8)));
};

/* The block, held until buffer_put. _new: filled with zeros instead of read. */
struct buffer *buffer_get(u32 block);
struct buffer *buffer_new(u32 block);
void buffer_put(struct buffer *buffer);

/* Writes what is dirty. */
void buffer_sync(void);

#endif
