/*
 * The virtio console: queue 0 holds buffers for input, queue 1 brings output.
 */
#include "core/dev/virtio_console.h"

#include <string.h>

enum {
	CONSOLE_ID = 3,     /* device ID */
	CONSOLE_INPUT = 0,  /* queues */
	CONSOLE_OUTPUT = 1,
	CONSOLE_COPY = 4096 /* bytes per step */
};

/* Asks for the next byte at `when`, if there is a buffer for it and it can come. */
static void console_listen(struct virtio_console *console, u64 when)
{
	bool listens = !console->state.ended && virtio_waiting(&console->virtio, CONSOLE_INPUT);

	clock_set(console->clock, console->receive, listens ? when : NEVER);
}

static void console_receive(void *self, u64 when)
{
	struct virtio_console *console = self;
	struct virtio *virtio = &console->virtio;
	struct virtio_chain chain;
	u64 pause = VIRTIO_CONSOLE_IDLE_CYCLES;
	u8 byte;
	int got;

	/* Not asked for before there is a buffer: a byte must not be lost. */
	if (!virtio_waiting(virtio, CONSOLE_INPUT))
		return;
	got = console->host.console_read(console->host.self, console->port, when);
	if (got == HOST_END)
		console->state.ended = 1;
	if (got >= 0 && virtio_pop(virtio, CONSOLE_INPUT, &chain)) {
		byte = (u8)got;
		virtio_push(virtio, &chain, (u32)virtio_chain_write(virtio, &chain, 0, &byte, 1));
		virtio_signal(virtio, CONSOLE_INPUT);
		pause = VIRTIO_CONSOLE_BYTE_CYCLES;
	}
	console_listen(console, when + pause);
}

/* False: more than anybody prints at once. */
static bool console_print(struct virtio_console *console, const struct virtio_chain *chain)
{
	u8 bytes[CONSOLE_COPY];

	if (chain->read_length > VIRTIO_CONSOLE_MOST)
		return false;
	for (u64 done = 0; done < chain->read_length;) {
		u64 part = virtio_chain_read(&console->virtio, chain, done, bytes, sizeof(bytes));

		console->host.console_write(console->host.self, console->port,
			console->clock->state.now, bytes, part);
		done += part;
	}
	virtio_push(&console->virtio, chain, 0);
	return true;
}

/* The used ring may lie over the available one and bring ever more chains: hence the bound. */
static void console_transmit(struct virtio_console *console)
{
	struct virtio *virtio = &console->virtio;
	struct virtio_chain chain;
	u32 most = virtio->state.queue[CONSOLE_OUTPUT].size;

	for (u32 i = 0; i <= most && virtio_pop(virtio, CONSOLE_OUTPUT, &chain); i++) {
		if (!console_print(console, &chain)) {
			virtio_fail(virtio);
			return;
		}
	}
	virtio_signal(virtio, CONSOLE_OUTPUT);
}

/* New buffers for input do not put off a byte that is on its way. Linux gives the first ones before
 * it has a terminal for them, and throws away what comes at once. */
static void console_notify(struct virtio *virtio, u32 queue)
{
	struct virtio_console *console = (struct virtio_console *)virtio;
	u64 pause = VIRTIO_CONSOLE_BYTE_CYCLES;

	if (queue == CONSOLE_OUTPUT) {
		console_transmit(console);
	} else if (console->clock->state.when[console->receive] == NEVER &&
			virtio_waiting(virtio, CONSOLE_INPUT)) {
		if (!console->state.begun)
			pause = VIRTIO_CONSOLE_FIRST_CYCLES;
		console->state.begun = 1;
		console_listen(console, console->clock->state.now + pause);
	}
}

static void console_start(struct virtio *virtio)
{
	console_notify(virtio, CONSOLE_INPUT);
}

static void console_reset(struct virtio *virtio)
{
	struct virtio_console *console = (struct virtio_console *)virtio;

	console->state.begun = 0;
	clock_set(console->clock, console->receive, NEVER);
}

static const struct virtio_kind virtio_console_kind = {
	.id = CONSOLE_ID,
	.queues = 2,
	.notify = console_notify,
	.start = console_start,
	.reset = console_reset,
};

const struct device virtio_console_device = {
	.name = "virtio-console",
	.words = "virtio console: text in shared rings, one access per piece of text",
	.window = VIRTIO_WINDOW,
	.widths = 1 | 2 | 4 | 8,
	.registers = virtio_registers,
	.read = virtio_read,
	.write = virtio_write,
	.reset = virtio_reset,
};

void virtio_console_create(struct virtio_console *console, struct clock *clock,
	const struct host *host, u32 port, const struct virtio_wiring *wiring)
{
	memset(console, 0, sizeof(*console));
	console->clock = clock;
	console->host = *host;
	console->port = port;
	console->receive = clock_register(clock, "console-receive", console_receive, console);
	virtio_create(&console->virtio, &virtio_console_kind, 0, wiring);
}
