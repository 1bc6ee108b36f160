/*
 * virtio network card on a host network: whole Ethernet frames in buffers, no offloading. A frame
 * out is on the wire when the notification returns; a frame in arrives at an event of the virtual
 * clock, at a time that the host network names. Its state is that of the transport.
 * Reference: VIRTIO 1.2, section 5.1.
 */
#ifndef CORE_DEV_VIRTIO_NET_H
#define CORE_DEV_VIRTIO_NET_H

#include "core/clock.h"
#include "core/dev/virtio.h"
#include "core/host.h"

struct virtio_net {
	struct virtio virtio; /* first: `self` of virtio_read and virtio_write */
	struct clock *clock;
	struct host_net net;
	u32 receive; /* event: a frame may be there */
};

extern const struct device virtio_net_device;

/* Copies `net`; borrows `clock`. */
void virtio_net_create(struct virtio_net *card, struct clock *clock, const struct host_net *net,
	const struct virtio_wiring *wiring);

#endif
