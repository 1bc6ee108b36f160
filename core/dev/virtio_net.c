/*
 * The virtio network card: queue 0 holds buffers for frames in, queue 1 brings frames out. In both
 * a frame stands behind a header of which, without offloading, only the size matters: 12 bytes, or
 * 10 for a driver of the time before VERSION_1.
 */
#include "core/dev/virtio_net.h"

#include <string.h>

enum {
	NET_ID = 1,       /* device ID */
	NET_IN = 0,       /* queues */
	NET_OUT = 1,
	NET_HEADER = 12,  /* bytes: flags, kind, four of le16, and how many buffers the frame took */
	NET_HEADER_LEGACY = 10,
	NET_BUFFERS = 10, /* place of that number */
	NET_BATCH = 64,   /* most frames in at one event */

	NET_F_MTU = 1 << 3, NET_F_MAC = 1 << 5,
	NET_MAC = 0, NET_MTU = 10, NET_CONFIG = 12 /* places in the configuration space, its size */
};

static u32 net_header(const struct virtio_net *card)
{
	return virtio_has(&card->virtio, VIRTIO_F_VERSION_1) ? NET_HEADER : NET_HEADER_LEGACY;
}

/* Sets the event for the next frame in: never, as long as there is no buffer for it. */
static void net_listen(struct virtio_net *card)
{
	const struct host_net *net = &card->net;
	u64 now = card->clock->state.now;
	u64 when = NEVER;

	if (net->next && virtio_waiting(&card->virtio, NET_IN))
		when = net->next(net->self, now);
	clock_set(card->clock, card->receive, when > now ? when : now + 1);
}

/* One frame into one buffer. One that does not fit is lost, and the buffer stays empty: a driver
 * that gives such buffers has to live with that. */
static void net_deliver(struct virtio_net *card, const u8 *frame, u32 length)
{
	struct virtio *virtio = &card->virtio;
	u32 header = net_header(card);
	u8 bytes[NET_HEADER + HOST_FRAME] = { 0 };
	struct virtio_chain chain;
	u64 written = 0;

	if (!virtio_pop(virtio, NET_IN, &chain))
		return;
	bytes[NET_BUFFERS] = 1;
	memcpy(bytes + header, frame, length);
	if (chain.write_length >= header + length)
		written = virtio_chain_write(virtio, &chain, 0, bytes, header + length);
	virtio_push(virtio, &chain, (u32)written);
}

static void net_receive(void *self, u64 when)
{
	struct virtio_net *card = self;
	const struct host_net *net = &card->net;
	u8 frame[HOST_FRAME];

	for (u32 i = 0; i < NET_BATCH && virtio_waiting(&card->virtio, NET_IN); i++) {
		u32 length = net->receive(net->self, when, frame, sizeof(frame));

		if (!length)
			break;
		net_deliver(card, frame, length);
	}
	virtio_signal(&card->virtio, NET_IN);
	net_listen(card);
}

/* What is no frame is not sent. */
static void net_send(struct virtio_net *card, const struct virtio_chain *chain)
{
	const struct host_net *net = &card->net;
	u32 header = net_header(card);
	u64 length = chain->read_length - header;
	u8 frame[HOST_FRAME];

	if (chain->read_length > header && length >= HOST_FRAME_LEAST && length <= HOST_FRAME &&
			net->send) {
		virtio_chain_read(&card->virtio, chain, header, frame, length);
		net->send(net->self, card->clock->state.now, frame, (u32)length);
	}
	virtio_push(&card->virtio, chain, 0);
}

/* The used ring may lie over the available one and bring ever more chains: hence the bound. */
static void net_transmit(struct virtio_net *card)
{
	struct virtio *virtio = &card->virtio;
	struct virtio_chain chain;
	u32 most = virtio->state.queue[NET_OUT].size;

	for (u32 i = 0; i <= most && virtio_pop(virtio, NET_OUT, &chain); i++)
		net_send(card, &chain);
	virtio_signal(virtio, NET_OUT);
}

static void net_notify(struct virtio *virtio, u32 queue)
{
	struct virtio_net *card = (struct virtio_net *)virtio;

	if (queue == NET_OUT)
		net_transmit(card);
	net_listen(card);
}

static void net_start(struct virtio *virtio)
{
	net_listen((struct virtio_net *)virtio);
}

static void net_reset(struct virtio *virtio)
{
	struct virtio_net *card = (struct virtio_net *)virtio;

	clock_set(card->clock, card->receive, NEVER);
}

static void net_config(struct virtio *virtio, u8 *bytes)
{
	const struct virtio_net *card = (const struct virtio_net *)virtio;

	memcpy(bytes + NET_MAC, card->net.mac, sizeof(card->net.mac));
	virtio_put(bytes + NET_MTU, HOST_MTU, 2);
}

static const struct virtio_kind virtio_net_kind = {
	.id = NET_ID,
	.queues = 2,
	.config_size = NET_CONFIG,
	.notify = net_notify,
	.start = net_start,
	.config = net_config,
	.reset = net_reset,
};

const struct device virtio_net_device = {
	.name = "virtio-net",
	.words = "virtio network card: Ethernet frames in shared rings",
	.window = VIRTIO_WINDOW,
	.widths = 1 | 2 | 4 | 8,
	.registers = virtio_registers,
	.read = virtio_read,
	.write = virtio_write,
	.reset = virtio_reset,
};

void virtio_net_create(struct virtio_net *card, struct clock *clock, const struct host_net *net,
	const struct virtio_wiring *wiring)
{
	memset(card, 0, sizeof(*card));
	card->clock = clock;
	card->net = *net;
	card->receive = clock_register(clock, "net-receive", net_receive, card);
	virtio_create(&card->virtio, &virtio_net_kind, NET_F_MTU | NET_F_MAC, wiring);
}
