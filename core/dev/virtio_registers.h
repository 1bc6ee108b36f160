/*
 * The register map of virtio-mmio, both versions, and what virtio.c and virtio_legacy.c share.
 * Reference: VIRTIO 1.2, sections 4.2.2 and 4.2.4.
 */
#ifndef CORE_DEV_VIRTIO_REGISTERS_H
#define CORE_DEV_VIRTIO_REGISTERS_H

#include "core/dev/virtio.h"

enum virtio_register {
	VIRTIO_MAGIC = 0x000,
	VIRTIO_VERSION = 0x004,
	VIRTIO_DEVICE_ID = 0x008,
	VIRTIO_VENDOR_ID = 0x00c,
	VIRTIO_DEVICE_FEATURES = 0x010,
	VIRTIO_DEVICE_FEATURES_SELECT = 0x014,
	VIRTIO_DRIVER_FEATURES = 0x020,
	VIRTIO_DRIVER_FEATURES_SELECT = 0x024,
	VIRTIO_GUEST_PAGE_SIZE = 0x028, /* version 1 */
	VIRTIO_QUEUE_SELECT = 0x030,
	VIRTIO_QUEUE_NUM_MAX = 0x034,
	VIRTIO_QUEUE_NUM = 0x038,
	VIRTIO_QUEUE_ALIGN = 0x03c,     /* version 1 */
	VIRTIO_QUEUE_PFN = 0x040,       /* version 1 */
	VIRTIO_QUEUE_READY = 0x044,     /* from here to NOTIFY: version 2 */
	VIRTIO_QUEUE_NOTIFY = 0x050,
	VIRTIO_INTERRUPT_STATUS = 0x060,
	VIRTIO_INTERRUPT_ACK = 0x064,
	VIRTIO_STATUS = 0x070,
	VIRTIO_QUEUE_DESC = 0x080, /* each of the three: low half, high half; all to come: version 2 */
	VIRTIO_QUEUE_DRIVER = 0x090,
	VIRTIO_QUEUE_DEVICE = 0x0a0,
	VIRTIO_SHM_LENGTH = 0x0b0,
	VIRTIO_SHM_BASE = 0x0b8,
	VIRTIO_GENERATION = 0x0fc,
	VIRTIO_CONFIG_SPACE = 0x100
};

/* The queue that QueueSel names; null when the device has none of that number. */
struct virtio_queue *virtio_selected(struct virtio *virtio);

/* A queue begins empty, or the device fails since the queue does not fit. */
void virtio_queue_start(struct virtio *virtio, struct virtio_queue *queue);

/* Registers that version 1 has and version 2 does not, or the other way round; false: they are the
 * same in both, and nothing was done. */
bool virtio_legacy_read(struct virtio *virtio, u64 offset, u64 *value);
bool virtio_legacy_write(struct virtio *virtio, u64 offset, u64 value);

#endif
