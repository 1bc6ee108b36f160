/*
 * What the board asks of the host: a console, disks, the wall clock. Data services only: each
 * returns at once, never re-enters the machine and decides nothing. emu/host_*.c implements them;
 * tests implement them in memory.
 */
#ifndef CORE_HOST_H
#define CORE_HOST_H

#include "core/types.h"

enum host_input {
	HOST_NONE = -1, /* no byte now */
	HOST_END = -2   /* no byte ever again */
};

struct host_disk {
	void *self;
	u64 size; /* bytes, a multiple of 512 */
	bool read_only;
	/* Whole sectors inside size; false is a medium error. */
	bool (*read)(void *self, u64 offset, void *to, u64 length);
	bool (*write)(void *self, u64 offset, const void *from, u64 length);
	bool (*flush)(void *self);
};

struct host {
	void *self;
	/* Bytes out of console port `port`, at virtual time `cycle`; all of them are taken. */
	void (*console_write)(void *self, u32 port, u64 cycle, const u8 *bytes, u64 length);
	/* A byte for the port at virtual time `cycle`, or enum host_input. */
	int (*console_read)(void *self, u32 port, u64 cycle);
};

#endif
