/*
 * virtio entropy device: random numbers that are the same on every run, from a generator with a
 * seed. They are for the guest's convenience; nobody's secret may depend on them.
 * Reference: VIRTIO 1.2, section 5.4.
 */
#ifndef CORE_DEV_VIRTIO_RNG_H
#define CORE_DEV_VIRTIO_RNG_H

#include "core/dev/virtio.h"

enum { VIRTIO_RNG_MOST = 4096 /* bytes for one request; a driver takes what it gets */ };

struct virtio_rng_state {
	u64 counter; /* of the generator; never reset, so that no number comes twice */
};

struct virtio_rng {
	struct virtio virtio; /* first: `self` of virtio_read and virtio_write */
	struct virtio_rng_state state;
};

extern const struct device virtio_rng_device;

void virtio_rng_create(struct virtio_rng *rng, u64 seed, const struct virtio_wiring *wiring);

#endif
