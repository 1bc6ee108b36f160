/*
 * virtio console: one port, bytes in buffers instead of one by one. Output is written when the
 * notification returns; input comes byte by byte, at times of the virtual clock, as at the serial
 * port: so that what a pipe holds arrives the same whenever the other end wrote it.
 * Reference: VIRTIO 1.2, section 5.3.
 */
#ifndef CORE_DEV_VIRTIO_CONSOLE_H
#define CORE_DEV_VIRTIO_CONSOLE_H

#include "core/clock.h"
#include "core/dev/virtio.h"
#include "core/host.h"

enum {
	VIRTIO_CONSOLE_BYTE_CYCLES = 86800,   /* between two bytes of input */
	VIRTIO_CONSOLE_IDLE_CYCLES = 1000000, /* between two polls of a silent input */
	VIRTIO_CONSOLE_FIRST_CYCLES = 20000000, /* from the first buffer to the first byte */
	VIRTIO_CONSOLE_MOST = 1 << 16         /* bytes of one request; a larger one fails the device */
};

struct virtio_console_state {
	u32 ended;   /* input will give nothing more */
	u32 begun;   /* the driver has given a first buffer for input */
};

struct virtio_console {
	struct virtio virtio; /* first: `self` of virtio_read and virtio_write */
	struct virtio_console_state state;
	struct clock *clock;
	struct host host;
	u32 port;    /* of the host's console */
	u32 receive; /* event: ask for the next byte */
};

extern const struct device virtio_console_device;

/* Copies `host`; borrows `clock`. */
void virtio_console_create(struct virtio_console *console, struct clock *clock,
	const struct host *host, u32 port, const struct virtio_wiring *wiring);

#endif
