/*
 * A cable between two machines of one process. Virtual time is cut into windows: what is sent in
 * one arrives at the beginning of the second one after it. So the same frames arrive at the same
 * cycles however the two machines take turns, as long as none runs ahead of the other by more than
 * a window.
 */
#ifndef EMU_HOST_NET_LINK_H
#define EMU_HOST_NET_LINK_H

#include "core/fault.h"
#include "emu/frames.h"

enum {
	LINK_WINDOW = 100000,  /* cycles: 100 microseconds */
	LINK_PER_WINDOW = 64,  /* frames that one end can send; more are lost */
	LINK_PATIENCE = 4      /* windows that a frame waits for a machine without buffers */
};

struct link_end {
	struct link *link;
	u32 side;
	u64 window;   /* of the last frame sent, and how many there were in it */
	u32 sent;
	struct frames coming;
};

struct link {
	struct link_end end[2];
};

/* Null with a fault; the caller frees it, after the machines. */
struct link *link_create(struct fault *fault);

/* The plug at one end, 0 or 1. */
struct host_net link_host(struct link *link, u32 side);

#endif
