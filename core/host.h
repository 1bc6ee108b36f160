/*
 * What the board asks of the host: a console, disks, a network. Data services only: each
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

enum {
	HOST_MTU = 1500,       /* bytes of an Ethernet frame's load at most */
	HOST_FRAME_LEAST = 14, /* bytes of a frame, without checksum: its header alone */
	HOST_FRAME = 1518      /* ... with a VLAN tag and a full load */
};

/* A plug in the wall of a network. Nothing plugged in: all functions null. */
struct host_net {
	void *self;
	u8 mac[6]; /* what the card calls itself */
	/* A frame out, of HOST_FRAME_LEAST to HOST_FRAME bytes, at virtual time `cycle`. */
	void (*send)(void *self, u64 cycle, const u8 *frame, u32 length);
	/* The next frame that has arrived by `cycle`; its length, or 0: none. Room: HOST_FRAME. */
	u32 (*receive)(void *self, u64 cycle, u8 *frame, u32 room);
	/* When it is worth asking again, after `cycle`; NEVER: not before something is sent. */
	u64 (*next)(void *self, u64 cycle);
};

struct host {
	void *self;
	/* Bytes out of console port `port`, at virtual time `cycle`; all of them are taken. */
	void (*console_write)(void *self, u32 port, u64 cycle, const u8 *bytes, u64 length);
	/* A byte for the port at virtual time `cycle`, or enum host_input. */
	int (*console_read)(void *self, u32 port, u64 cycle);
};

#endif
