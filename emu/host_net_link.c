/*
 * A cable between two machines. See host_net_link.h.
 */
#include "emu/host_net_link.h"

#include <assert.h>
#include <stdlib.h>

struct link *link_create(struct fault *fault)
{
	struct link *link = calloc(1, sizeof(*link));

	if (!link) {
		fault_set(fault, "no memory for a network link");
		return NULL;
	}
	for (u32 side = 0; side < 2; side++)
		link->end[side] = (struct link_end){ .link = link, .side = side };
	return link;
}

static void link_send(void *self, u64 cycle, const u8 *frame, u32 length)
{
	struct link_end *end = self;
	u64 window = cycle / LINK_WINDOW;

	if (end->window != window)
		end->sent = 0;
	end->window = window;
	if (end->sent == LINK_PER_WINDOW)
		return;
	end->sent++;
	frames_put(&end->link->end[1 - end->side].coming, (window + 2) * LINK_WINDOW, frame, length);
}

/* What is older than the patience is dropped by the reader's clock, not when the ring is full: when
 * the other end sends is the other machine's affair. Between the two there is always room. */
static u32 link_receive(void *self, u64 cycle, u8 *frame, u32 room)
{
	enum { WINDOWS = LINK_PATIENCE + 3 };
	struct link_end *end = self;
	const struct frame *first;

	static_assert(WINDOWS * LINK_PER_WINDOW <= FRAMES, "the ring must hold all that can wait");
	while ((first = frames_first(&end->coming))
			&& first->when + LINK_PATIENCE * (u64)LINK_WINDOW <= cycle)
		frames_drop(&end->coming);
	return frames_take(&end->coming, cycle, frame, room);
}

static u64 link_next(void *self, u64 cycle)
{
	return (cycle / LINK_WINDOW + 1) * LINK_WINDOW;
}

struct host_net link_host(struct link *link, u32 side)
{
	return (struct host_net){ &link->end[side], { 2, 0, 0, 0, 0, (u8)(side + 1) }, link_send,
		link_receive, link_next };
}
