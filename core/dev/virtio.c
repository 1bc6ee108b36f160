/*
 * The registers of virtio-mmio, version 2 (what version 1 does otherwise: virtio_legacy.c). A queue
 * is checked once, when the driver makes it ready: from then on all of it is known to lie in RAM, and
 * nothing of it can be changed until it is stopped or the device is reset. What happens inside a
 * ready queue is virtio_queue.c.
 */
#include "core/dev/virtio_registers.h"

#include <assert.h>
#include <string.h>

#include "core/bits.h"

enum {
	VIRTIO_MAGIC_VALUE = 0x74726976,  /* "virt" */
	VIRTIO_VENDOR_VALUE = 0x554d4551, /* "QEMU": teaching kernels insist on it */

	VIRTIO_USED_BUFFER = 1,           /* bits of the interrupt status */
	VIRTIO_CONFIG_CHANGE = 2
};

static void virtio_update(struct virtio *virtio)
{
	irq_set(&virtio->irq, virtio->state.interrupt != 0);
}

void virtio_raise(struct virtio *virtio)
{
	virtio->state.interrupt |= VIRTIO_USED_BUFFER;
	virtio_update(virtio);
}

void virtio_config_changed(struct virtio *virtio)
{
	virtio->state.generation++;
	if (!(virtio->state.status & VIRTIO_DRIVER_OK))
		return;
	virtio->state.interrupt |= VIRTIO_CONFIG_CHANGE;
	virtio_update(virtio);
}

/* Section 2.1.2: set the bit and, once the driver is up, tell it as a configuration change. */
void virtio_fail(struct virtio *virtio)
{
	virtio->state.status |= VIRTIO_NEEDS_RESET;
	if (!(virtio->state.status & VIRTIO_DRIVER_OK))
		return;
	virtio->state.interrupt |= VIRTIO_CONFIG_CHANGE;
	virtio_update(virtio);
}

struct virtio_queue *virtio_selected(struct virtio *virtio)
{
	u32 select = virtio->state.queue_select;

	return select < virtio->kind->queues ? &virtio->state.queue[select] : NULL;
}

void virtio_put(u8 *bytes, u64 value, unsigned width)
{
	for (unsigned i = 0; i < width; i++)
		bytes[i] = (u8)(value >> (8 * i));
}

static u64 virtio_config_read(struct virtio *virtio, u64 offset, unsigned width)
{
	u8 bytes[VIRTIO_CONFIG] = { 0 };
	u64 value = 0;

	if (!virtio->kind->config || offset + width > virtio->kind->config_size)
		return 0;
	virtio->kind->config(virtio, bytes);
	for (unsigned i = 0; i < width; i++)
		value |= (u64)bytes[offset + i] << (8 * i);
	return value;
}

/* A 64-bit word of feature bits as the 32 that `select` names. */
static u64 virtio_half(u64 word, u32 select)
{
	return select > 1 ? 0 : (u32)(word >> (32 * select));
}

u64 virtio_read(void *self, u64 offset, unsigned width)
{
	struct virtio *virtio = self;
	struct virtio_state *state = &virtio->state;
	const struct virtio_queue *queue = virtio_selected(virtio);
	u64 value;

	if (offset >= VIRTIO_CONFIG_SPACE)
		return virtio_config_read(virtio, offset - VIRTIO_CONFIG_SPACE, width);
	if (width != 4)
		return 0;
	if (virtio->legacy && virtio_legacy_read(virtio, offset, &value))
		return value;
	switch (offset) {
	case VIRTIO_MAGIC:
		return VIRTIO_MAGIC_VALUE;
	case VIRTIO_VERSION:
		return virtio->legacy ? 1 : 2;
	case VIRTIO_DEVICE_ID:
		return virtio->kind->id;
	case VIRTIO_VENDOR_ID:
		return VIRTIO_VENDOR_VALUE;
	case VIRTIO_DEVICE_FEATURES:
		return virtio_half(virtio->features, state->device_select);
	case VIRTIO_QUEUE_NUM_MAX:
		return queue ? VIRTIO_QUEUE_SIZE : 0;
	case VIRTIO_QUEUE_READY:
		return queue ? queue->ready : 0;
	case VIRTIO_INTERRUPT_STATUS:
		return state->interrupt;
	case VIRTIO_STATUS:
		return state->status;
	case VIRTIO_SHM_LENGTH: /* no shared memory regions: all ones */
	case VIRTIO_SHM_LENGTH + 4:
	case VIRTIO_SHM_BASE:
	case VIRTIO_SHM_BASE + 4:
		return UINT32_MAX;
	case VIRTIO_GENERATION:
		return state->generation;
	}
	return 0;
}

/* Section 2.7: size, alignment, and room in RAM for all three parts. */
static bool virtio_queue_fits(const struct virtio *virtio, const struct virtio_queue *queue)
{
	u64 size = queue->size;

	return size && size <= VIRTIO_QUEUE_SIZE && (size & (size - 1)) == 0 &&
		queue->desc % 16 == 0 && ram_holds(virtio->ram, queue->desc, 16 * size) &&
		queue->driver % 2 == 0 && ram_holds(virtio->ram, queue->driver, 6 + 2 * size) &&
		queue->device % 4 == 0 && ram_holds(virtio->ram, queue->device, 6 + 8 * size);
}

void virtio_queue_start(struct virtio *virtio, struct virtio_queue *queue)
{
	if (!virtio_queue_fits(virtio, queue)) {
		virtio_fail(virtio);
		return;
	}
	queue->taken = 0;
	queue->used = 0;
	queue->signalled = 0;
	queue->ready = 1;
}

static void virtio_write_ready(struct virtio *virtio, struct virtio_queue *queue, u64 value)
{
	if (!(value & 1))
		queue->ready = 0;
	else if (!queue->ready)
		virtio_queue_start(virtio, queue);
}

static void virtio_write_queue(struct virtio *virtio, u64 offset, u64 value)
{
	struct virtio_queue *queue = virtio_selected(virtio);
	unsigned low = offset & 4 ? 32 : 0;

	if (!queue)
		return;
	if (offset == VIRTIO_QUEUE_READY) {
		virtio_write_ready(virtio, queue, value);
		return;
	}
	if (queue->ready)
		return;
	switch (offset & ~UINT64_C(4)) {
	case VIRTIO_QUEUE_NUM:
		if (!low)
			queue->size = (u32)value;
		break;
	case VIRTIO_QUEUE_DESC:
		queue->desc = bits_put(queue->desc, low, 32, value);
		break;
	case VIRTIO_QUEUE_DRIVER:
		queue->driver = bits_put(queue->driver, low, 32, value);
		break;
	case VIRTIO_QUEUE_DEVICE:
		queue->device = bits_put(queue->device, low, 32, value);
		break;
	}
}

/* The driver begins anew. The configuration's generation counts on, so that it does not take a new
 * configuration for the old one; the page size stays, since Linux says it once and then resets. */
static void virtio_restart(struct virtio *virtio)
{
	u32 generation = virtio->state.generation;
	u32 page_size = virtio->state.page_size;

	memset(&virtio->state, 0, sizeof(virtio->state));
	virtio->state.generation = generation;
	virtio->state.page_size = page_size;
	if (virtio->kind->reset)
		virtio->kind->reset(virtio);
	virtio_update(virtio);
}

/* Features the device did not offer are refused by not keeping FEATURES_OK. That VERSION_1 is
 * among the accepted ones is not insisted on: drivers for teaching leave it out. */
static void virtio_write_status(struct virtio *virtio, u32 value)
{
	struct virtio_state *state = &virtio->state;
	bool starts = value & ~state->status & VIRTIO_DRIVER_OK;

	if (value == 0) {
		virtio_restart(virtio);
		return;
	}
	if (value & ~state->status & VIRTIO_FEATURES_OK &&
			state->driver_features & ~virtio->features)
		value &= ~(u32)VIRTIO_FEATURES_OK;
	state->status = (value & 0xff) | (state->status & VIRTIO_NEEDS_RESET);
	if (starts && virtio->kind->start)
		virtio->kind->start(virtio);
}

static void virtio_notify(struct virtio *virtio, u64 queue)
{
	u32 status = virtio->state.status;

	if (queue < virtio->kind->queues && virtio->state.queue[queue].ready &&
			status & VIRTIO_DRIVER_OK && !(status & VIRTIO_NEEDS_RESET))
		virtio->kind->notify(virtio, (u32)queue);
}

void virtio_write(void *self, u64 offset, u64 value, unsigned width)
{
	struct virtio *virtio = self;
	struct virtio_state *state = &virtio->state;

	if (offset >= VIRTIO_CONFIG_SPACE) {
		if (virtio->kind->config_write)
			virtio->kind->config_write(virtio, offset - VIRTIO_CONFIG_SPACE, value,
				width);
		return;
	}
	if (width != 4)
		return;
	value = (u32)value;
	if (virtio->legacy && virtio_legacy_write(virtio, offset, value))
		return;
	switch (offset) {
	case VIRTIO_DEVICE_FEATURES_SELECT:
		state->device_select = (u32)value;
		break;
	case VIRTIO_DRIVER_FEATURES:
		if (state->driver_select <= 1 && !(state->status & VIRTIO_FEATURES_OK))
			state->driver_features = bits_put(state->driver_features,
				32 * state->driver_select, 32, value);
		break;
	case VIRTIO_DRIVER_FEATURES_SELECT:
		state->driver_select = (u32)value;
		break;
	case VIRTIO_QUEUE_SELECT:
		state->queue_select = (u32)value;
		break;
	case VIRTIO_QUEUE_NOTIFY:
		virtio_notify(virtio, value);
		break;
	case VIRTIO_INTERRUPT_ACK:
		state->interrupt &= ~(u32)value;
		virtio_update(virtio);
		break;
	case VIRTIO_STATUS:
		virtio_write_status(virtio, (u32)value);
		break;
	default:
		virtio_write_queue(virtio, offset, value);
		break;
	}
}

void virtio_reset(void *self)
{
	struct virtio *virtio = self;

	virtio->state.page_size = 0;
	virtio_restart(virtio);
}

const struct device_register virtio_registers[] = {
	{ VIRTIO_MAGIC, 4, "magic", "\"virt\"" },
	{ VIRTIO_VERSION, 4, "version", "2; 1 is the legacy transport" },
	{ VIRTIO_DEVICE_ID, 4, "device-id", "1 network, 2 disk, 3 console, 4 random numbers" },
	{ VIRTIO_VENDOR_ID, 4, "vendor-id", "who made it" },
	{ VIRTIO_DEVICE_FEATURES, 4, "device-features", "32 of the bits that are offered" },
	{ VIRTIO_DEVICE_FEATURES_SELECT, 4, "device-features-sel", "which 32" },
	{ VIRTIO_DRIVER_FEATURES, 4, "driver-features", "32 of the bits that are accepted" },
	{ VIRTIO_DRIVER_FEATURES_SELECT, 4, "driver-features-sel", "which 32" },
	{ VIRTIO_GUEST_PAGE_SIZE, 4, "guest-page-size", "version 1: bytes of a page" },
	{ VIRTIO_QUEUE_SELECT, 4, "queue-sel", "the queue that the queue registers mean" },
	{ VIRTIO_QUEUE_NUM_MAX, 4, "queue-num-max", "most entries; 0: no such queue" },
	{ VIRTIO_QUEUE_NUM, 4, "queue-num", "entries" },
	{ VIRTIO_QUEUE_ALIGN, 4, "queue-align", "version 1: where the used ring may begin" },
	{ VIRTIO_QUEUE_PFN, 4, "queue-pfn", "version 1: page of the queue; 0: none" },
	{ VIRTIO_QUEUE_READY, 4, "queue-ready", "1: the device may use the queue" },
	{ VIRTIO_QUEUE_NOTIFY, 4, "queue-notify", "a kick: queue of this number has new buffers" },
	{ VIRTIO_INTERRUPT_STATUS, 4, "interrupt-status", "1: used buffers; 2: configuration" },
	{ VIRTIO_INTERRUPT_ACK, 4, "interrupt-ack", "clears bits of the status" },
	{ VIRTIO_STATUS, 4, "status", "progress of the driver; 0 resets" },
	{ VIRTIO_QUEUE_DESC, 8, "queue-desc", "address of the descriptor table" },
	{ VIRTIO_QUEUE_DRIVER, 8, "queue-driver", "address of the available ring" },
	{ VIRTIO_QUEUE_DEVICE, 8, "queue-device", "address of the used ring" },
	{ VIRTIO_SHM_LENGTH, 8, "shm-len", "all ones: no shared memory" },
	{ VIRTIO_SHM_BASE, 8, "shm-base", "all ones: no shared memory" },
	{ VIRTIO_GENERATION, 4, "config-generation", "changes with the configuration" },
	{ VIRTIO_CONFIG_SPACE, VIRTIO_CONFIG, "config", "what is particular to the device" },
	{ 0 }
};

void virtio_create(struct virtio *virtio, const struct virtio_kind *kind, u64 features,
	const struct virtio_wiring *wiring)
{
	assert(kind->queues >= 1 && kind->queues <= VIRTIO_QUEUES);
	assert(kind->config_size <= VIRTIO_CONFIG);
	memset(virtio, 0, sizeof(*virtio));
	virtio->kind = kind;
	virtio->features = features | VIRTIO_F_INDIRECT_DESC | VIRTIO_F_EVENT_IDX |
		(wiring->legacy ? 0 : VIRTIO_F_VERSION_1);
	virtio->ram = wiring->ram;
	virtio->irq = wiring->irq;
	virtio->legacy = wiring->legacy;
	virtio_reset(virtio);
}

void virtio_restored(struct virtio *virtio)
{
	for (u32 i = 0; i < VIRTIO_QUEUES; i++) {
		struct virtio_queue *queue = &virtio->state.queue[i];

		if (queue->ready && !virtio_queue_fits(virtio, queue)) {
			queue->ready = 0;
			virtio_fail(virtio);
		}
	}
	virtio_update(virtio);
}
