/*
 * Ethernet frames that wait, each for its time: first in, first out. For the networks in
 * host_net_*.c.
 */
#ifndef EMU_FRAMES_H
#define EMU_FRAMES_H

#include "core/host.h"

enum { FRAMES = 512 };

struct frame {
	u64 when; /* not before this cycle */
	u32 length;
	u8 bytes[HOST_FRAME];
};

struct frames {
	u32 head, count;
	struct frame frame[FRAMES];
};

/* Where there is no room the oldest frame is lost. */
void frames_put(struct frames *frames, u64 when, const u8 *bytes, u32 length);

/* The oldest, or null; it stays where it is until frames_drop. */
const struct frame *frames_first(const struct frames *frames);
void frames_drop(struct frames *frames);

/* Takes the oldest if its time has come; its length, or 0. */
u32 frames_take(struct frames *frames, u64 cycle, u8 *to, u32 room);

#endif
