/*
 * What version 1 of virtio-mmio does otherwise: a queue is one block of memory, given by the number
 * of a page, and its three parts follow each other in it.
 *
 *	page number x page size:  descriptors | available ring | up to the alignment | used ring
 *
 * Called by virtio.c for devices of that version. Reference: VIRTIO 1.2, sections 2.7.2 and 4.2.4.
 */
#include "core/dev/virtio_registers.h"

bool virtio_legacy_read(struct virtio *virtio, u64 offset, u64 *value)
{
	const struct virtio_queue *queue = virtio_selected(virtio);
	u64 page = virtio->state.page_size;

	*value = 0;
	switch (offset) {
	case VIRTIO_QUEUE_PFN:
		if (queue && queue->ready && page)
			*value = queue->desc / page;
		return true;
	case VIRTIO_QUEUE_READY:
	case VIRTIO_GENERATION:
		return true;
	}
	return offset >= VIRTIO_QUEUE_DESC && offset < VIRTIO_GENERATION;
}

/* Zero takes the queue away. Sizes and alignments that make no sense leave a queue that does not
 * fit: none of the sums can wrap, since each factor has 32 bits. */
static void virtio_place_queue(struct virtio *virtio, struct virtio_queue *queue, u32 number)
{
	u64 align = queue->align;

	if (!number) {
		queue->ready = 0;
		return;
	}
	if (queue->ready)
		return;
	if (!align || align & (align - 1)) {
		virtio_fail(virtio);
		return;
	}
	queue->desc = (u64)number * virtio->state.page_size;
	queue->driver = queue->desc + 16 * (u64)queue->size;
	queue->device = (queue->driver + 6 + 2 * (u64)queue->size + align - 1) & ~(align - 1);
	virtio_queue_start(virtio, queue);
}

bool virtio_legacy_write(struct virtio *virtio, u64 offset, u64 value)
{
	struct virtio_queue *queue = virtio_selected(virtio);

	switch (offset) {
	case VIRTIO_GUEST_PAGE_SIZE:
		virtio->state.page_size = (u32)value;
		return true;
	case VIRTIO_QUEUE_ALIGN:
		if (queue && !queue->ready)
			queue->align = (u32)value;
		return true;
	case VIRTIO_QUEUE_PFN:
		if (queue)
			virtio_place_queue(virtio, queue, (u32)value);
		return true;
	case VIRTIO_QUEUE_READY:
		return true;
	}
	return offset >= VIRTIO_QUEUE_DESC;
}
