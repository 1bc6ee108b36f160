/*
 * Split virtqueues: taking a chain of buffers from a ready queue, copying into and out of it, and
 * giving it back. The rings themselves lie in RAM (virtio.c has checked that); every value read
 * from them is the guest's and is checked here, each loop is bounded, and nothing is written into
 * a sealed page (core/ram.h): that too is the driver's fault.
 *
 *	available ring: flags, idx, ring[size], used_event
 *	used ring:      flags, idx, {id, len}[size], avail_event
 *
 * With EVENT_IDX each side writes behind its ring the index at which it wants to hear again.
 */
#include "core/dev/virtio.h"

#include <assert.h>

enum {
	DESC_NEXT = 1, DESC_WRITE = 2, DESC_INDIRECT = 4,
	DESC_SIZE = 16,

	RING_INDEX = 2, RING_ENTRIES = 4,
	USED_SIZE = 8,

	AVAILABLE_NO_INTERRUPT = 1
};

struct virtio_descriptor {
	u64 address;
	u32 length;
	u32 flags, next;
};

static u16 ring_load(const struct virtio *virtio, u64 address)
{
	return (u16)ram_read(virtio->ram, address, 2);
}

/* Writes pass the check for sealed pages: a page can become a page table after the driver has made
 * a ring of it. */
static bool ring_store(struct virtio *virtio, u64 address, u64 value, unsigned width)
{
	u8 bytes[8];

	virtio_put(bytes, value, width);
	if (ram_copy_in(virtio->ram, address, bytes, width))
		return true;
	virtio_fail(virtio);
	return false;
}

static u64 used_event_address(const struct virtio_queue *queue)
{
	return queue->driver + RING_ENTRIES + 2 * queue->size;
}

static u64 avail_event_address(const struct virtio_queue *queue)
{
	return queue->device + RING_ENTRIES + USED_SIZE * queue->size;
}

/* The queue, when the driver runs and has not gone wrong; else null. */
static struct virtio_queue *virtio_usable(struct virtio *virtio, u32 index)
{
	struct virtio_queue *queue = &virtio->state.queue[index];
	u32 status = virtio->state.status;

	assert(index < virtio->kind->queues);
	if (!queue->ready || !(status & VIRTIO_DRIVER_OK) || status & VIRTIO_NEEDS_RESET)
		return NULL;
	return queue;
}

/* Entry `index` of a table that lies in RAM. */
static struct virtio_descriptor virtio_descriptor(const struct virtio *virtio, u64 table, u32 index)
{
	u64 at = table + (u64)index * DESC_SIZE;

	return (struct virtio_descriptor){
		.address = ram_read(virtio->ram, at, 8),
		.length = (u32)ram_read(virtio->ram, at + 8, 4),
		.flags = ring_load(virtio, at + 12),
		.next = ring_load(virtio, at + 14),
	};
}

/* Section 2.7.4.2: readable buffers stand before writable ones. */
static bool virtio_add(const struct virtio *virtio, struct virtio_chain *chain,
	const struct virtio_descriptor *descriptor)
{
	bool writable = descriptor->flags & DESC_WRITE;

	if (!ram_holds(virtio->ram, descriptor->address, descriptor->length) ||
			chain->count == VIRTIO_SEGMENTS ||
			(!writable && chain->readable < chain->count))
		return false;
	if (!descriptor->length)
		return true;
	chain->segment[chain->count++] =
		(struct virtio_segment){ descriptor->address, descriptor->length };
	if (writable) {
		chain->write_length += descriptor->length;
	} else {
		chain->readable++;
		chain->read_length += descriptor->length;
	}
	return true;
}

/* Follows the chain, and into an indirect table where its last descriptor names one (section
 * 2.7.5.3). False: the chain breaks a rule. A loop ends by the bound on steps. */
static bool virtio_walk(const struct virtio *virtio, const struct virtio_queue *queue,
	struct virtio_chain *chain)
{
	u64 table = queue->desc;
	u64 entries = queue->size;
	u32 index = chain->head;
	bool indirect = false;

	for (u32 steps = 0; steps <= VIRTIO_SEGMENTS; steps++) {
		struct virtio_descriptor at;

		if (index >= entries)
			return false;
		at = virtio_descriptor(virtio, table, index);
		if (at.flags & DESC_INDIRECT) {
			if (indirect || at.flags & DESC_NEXT || at.length % DESC_SIZE ||
					!virtio_has(virtio, VIRTIO_F_INDIRECT_DESC) ||
					!ram_holds(virtio->ram, at.address, at.length))
				return false;
			indirect = true;
			table = at.address;
			entries = at.length / DESC_SIZE;
			index = 0;
			continue;
		}
		if (!virtio_add(virtio, chain, &at))
			return false;
		if (!(at.flags & DESC_NEXT))
			return true;
		index = at.next;
	}
	return false;
}

bool virtio_waiting(struct virtio *virtio, u32 index)
{
	struct virtio_queue *queue = virtio_usable(virtio, index);

	if (!queue)
		return false;
	if (ring_load(virtio, queue->driver + RING_INDEX) != queue->taken)
		return true;
	if (virtio_has(virtio, VIRTIO_F_EVENT_IDX))
		ring_store(virtio, avail_event_address(queue), queue->taken, 2);
	return false;
}

bool virtio_pop(struct virtio *virtio, u32 index, struct virtio_chain *chain)
{
	struct virtio_queue *queue = &virtio->state.queue[index];
	u16 available;

	if (!virtio_waiting(virtio, index))
		return false;
	available = ring_load(virtio, queue->driver + RING_INDEX);
	*chain = (struct virtio_chain){ .queue = index };
	chain->head = ring_load(virtio,
		queue->driver + RING_ENTRIES + 2 * (queue->taken % queue->size));
	if ((u16)(available - queue->taken) > queue->size ||
			!virtio_walk(virtio, queue, chain)) {
		virtio_fail(virtio);
		return false;
	}
	queue->taken++;
	return true;
}

u64 virtio_chain_read(const struct virtio *virtio, const struct virtio_chain *chain, u64 offset,
	void *to, u64 length)
{
	u64 done = 0;

	for (u32 i = 0; i < chain->readable && done < length; i++) {
		const struct virtio_segment *segment = &chain->segment[i];
		u64 part = segment->length;

		if (offset >= part) {
			offset -= part;
			continue;
		}
		part -= offset;
		if (part > length - done)
			part = length - done;
		ram_copy_out(virtio->ram, segment->address + offset, (u8 *)to + done, part);
		done += part;
		offset = 0;
	}
	return done;
}

u64 virtio_chain_write(struct virtio *virtio, const struct virtio_chain *chain, u64 offset,
	const void *from, u64 length)
{
	u64 done = 0;

	for (u32 i = chain->readable; i < chain->count && done < length; i++) {
		const struct virtio_segment *segment = &chain->segment[i];
		u64 part = segment->length;

		if (offset >= part) {
			offset -= part;
			continue;
		}
		part -= offset;
		if (part > length - done)
			part = length - done;
		if (!ram_copy_in(virtio->ram, segment->address + offset,
				(const u8 *)from + done, part)) {
			virtio_fail(virtio);
			return done;
		}
		done += part;
		offset = 0;
	}
	return done;
}

void virtio_push(struct virtio *virtio, const struct virtio_chain *chain, u32 written)
{
	struct virtio_queue *queue = virtio_usable(virtio, chain->queue);
	u64 entry;

	if (!queue)
		return;
	entry = queue->device + RING_ENTRIES + USED_SIZE * (queue->used % queue->size);
	if (!ring_store(virtio, entry, chain->head | (u64)written << 32, USED_SIZE))
		return;
	queue->used++;
	ring_store(virtio, queue->device + RING_INDEX, queue->used, 2);
}

/* With EVENT_IDX (section 2.7.7.2): was the index that the driver waits for among those passed? */
void virtio_signal(struct virtio *virtio, u32 index)
{
	struct virtio_queue *queue = virtio_usable(virtio, index);
	u16 passed;
	bool wanted;

	if (!queue || queue->used == queue->signalled)
		return;
	passed = (u16)(queue->used - queue->signalled);
	queue->signalled = queue->used;
	if (virtio_has(virtio, VIRTIO_F_EVENT_IDX))
		wanted = (u16)(queue->used - 1 -
			ring_load(virtio, used_event_address(queue))) < passed;
	else
		wanted = !(ring_load(virtio, queue->driver) & AVAILABLE_NO_INTERRUPT);
	if (wanted)
		virtio_raise(virtio);
}
