/*
 * The virtio entropy device: one queue of buffers to fill. A request is finished when the
 * notification returns.
 */
#include "core/dev/virtio_rng.h"

enum { RNG_ID = 4 /* device ID */ };

/* SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): a counter, well mixed. */
static u64 rng_next(struct virtio_rng *rng)
{
	u64 x = rng->state.counter += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static void rng_fill(struct virtio_rng *rng, const struct virtio_chain *chain)
{
	u8 bytes[VIRTIO_RNG_MOST];
	u64 length = chain->write_length < sizeof(bytes) ? chain->write_length : sizeof(bytes);

	for (u64 i = 0; i < length; i += 8)
		virtio_put(bytes + i, rng_next(rng), 8);
	length = virtio_chain_write(&rng->virtio, chain, 0, bytes, length);
	virtio_push(&rng->virtio, chain, (u32)length);
}

/* Random bytes may be written over the ring that is being served: hence the bound. */
static void rng_notify(struct virtio *virtio, u32 queue)
{
	struct virtio_rng *rng = (struct virtio_rng *)virtio;
	struct virtio_chain chain;
	u32 most = virtio->state.queue[queue].size;

	for (u32 i = 0; i <= most && virtio_pop(virtio, queue, &chain); i++)
		rng_fill(rng, &chain);
	virtio_signal(virtio, queue);
}

static const struct virtio_kind virtio_rng_kind = {
	.id = RNG_ID,
	.queues = 1,
	.notify = rng_notify,
};

const struct device virtio_rng_device = {
	.name = "virtio-rng",
	.words = "virtio entropy: random numbers, the same on every run",
	.window = VIRTIO_WINDOW,
	.widths = 1 | 2 | 4 | 8,
	.registers = virtio_registers,
	.read = virtio_read,
	.write = virtio_write,
	.reset = virtio_reset,
};

void virtio_rng_create(struct virtio_rng *rng, u64 seed, const struct virtio_wiring *wiring)
{
	rng->state = (struct virtio_rng_state){ .counter = seed };
	virtio_create(&rng->virtio, &virtio_rng_kind, 0, wiring);
}
