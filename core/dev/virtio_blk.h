/*
 * virtio block device on a host disk: read, write, flush, identify. A request is finished when the
 * notification returns. Its state is that of the transport, `virtio.state`.
 * Reference: VIRTIO 1.2, section 5.2.
 */
#ifndef CORE_DEV_VIRTIO_BLK_H
#define CORE_DEV_VIRTIO_BLK_H

#include "core/dev/virtio.h"
#include "core/host.h"

enum {
	VIRTIO_BLK_SECTOR = 512,
	VIRTIO_BLK_SEG_MAX = VIRTIO_SEGMENTS - 2, /* all but header and status */
	VIRTIO_BLK_SIZE_MAX = 1 << 16,            /* bytes of a segment */
	VIRTIO_BLK_REQUEST_MAX = 8 << 20          /* bytes of data; a larger request fails */
};

struct virtio_blk {
	struct virtio virtio; /* first: `self` of virtio_read and virtio_write */
	struct host_disk disk;
};

extern const struct device virtio_blk_device;

/* Copies `disk`. */
void virtio_blk_create(struct virtio_blk *blk, const struct host_disk *disk,
	const struct virtio_wiring *wiring);

#endif
