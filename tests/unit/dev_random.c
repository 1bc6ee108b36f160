/*
 * Every device under a storm of accesses that mean nothing: no crash, nothing outside RAM or disk,
 * and lines and time stay within their rules. The sanitizers' builds give this test its teeth.
 */
#include "core/dev/ata.h"
#include "core/dev/clint.h"
#include "core/dev/finisher.h"
#include "core/dev/plic.h"
#include "core/dev/rtc.h"
#include "core/dev/uart16550.h"
#include "core/dev/virtio_blk.h"
#include "core/dev/virtio_console.h"
#include "core/dev/virtio_net.h"
#include "core/dev/virtio_rng.h"
#include "tests/unit/dev.h"

enum { ROUNDS = 40000, BASE = 0x80000000, RAM_SIZE = 1 << 16 };

struct fixture {
	struct clock clock;
	struct console console;
	struct disk disk;
	struct ram ram;
	struct stop stop;
	u64 lines[2];
	struct uart16550 uart;
	struct clint clint;
	struct plic plic;
	struct rtc rtc;
	struct finisher finisher;
	struct ata ata;
	struct virtio_blk blk, old_blk;
	struct virtio_net net;
	struct virtio_rng rng;
	struct virtio_console text;
	u32 frames;
};

/* A network that echoes every frame and is never done. */
static void echo_send(void *self, u64 cycle, const u8 *frame, u32 length)
{
	struct fixture *f = self;

	(void)cycle;
	assert_true(length >= HOST_FRAME_LEAST && length <= HOST_FRAME && frame != NULL);
	f->frames++;
}

static u32 echo_receive(void *self, u64 cycle, u8 *frame, u32 room)
{
	struct fixture *f = self;

	if (!f->frames)
		return 0;
	f->frames--;
	memset(frame, (int)cycle, room);
	return room;
}

static u64 echo_next(void *self, u64 cycle)
{
	(void)self;
	return cycle;
}

static void setup(struct fixture *f)
{
	u64 *const lines[2] = { &f->lines[0], &f->lines[1] };
	struct host_disk disk = disk_host(&f->disk);
	struct host_net net = { f, { 2 }, echo_send, echo_receive, echo_next };
	struct virtio_wiring wiring;
	struct host host;
	struct fault fault;

	memset(&f->console, 0, sizeof(f->console));
	memset(f->lines, 0, sizeof(f->lines));
	f->stop = (struct stop){ 0 };
	host = console_host(&f->console);
	f->console.in = "some bytes to come, and no more";
	clock_create(&f->clock);
	assert_true(ram_create(&f->ram, BASE, RAM_SIZE, &fault));
	plic_create(&f->plic, 2, lines);
	clint_create(&f->clint, &f->clock, 2, lines);
	uart16550_create(&f->uart, &f->clock, &host, 0, plic_line(&f->plic, 10));
	rtc_create(&f->rtc, &f->clock, RTC_EPOCH_2026, plic_line(&f->plic, 11));
	finisher_create(&f->finisher, &f->stop);
	ata_create(&f->ata, &disk, plic_line(&f->plic, 12));
	f->frames = 0;
	wiring = (struct virtio_wiring){ .ram = &f->ram, .irq = plic_line(&f->plic, 1) };
	virtio_blk_create(&f->blk, &disk, &wiring);
	virtio_net_create(&f->net, &f->clock, &net, &wiring);
	virtio_rng_create(&f->rng, 1, &wiring);
	virtio_console_create(&f->text, &f->clock, &host, 1, &wiring);
	wiring.legacy = true;
	virtio_blk_create(&f->old_blk, &disk, &wiring);
}

/* Small numbers, addresses in RAM, and anything. */
static u64 some_value(u64 *seed)
{
	u64 value = next_random(seed);

	switch (next_random(seed) % 4) {
	case 0:
		return value % 16;
	case 1:
		return BASE + value % RAM_SIZE;
	case 2:
		return value % 512;
	default:
		return value;
	}
}

/* Mostly a named register, sometimes any place of the window; aligned, as the bus sees to. */
static u64 some_offset(const struct device *device, u64 *seed, unsigned width)
{
	u64 offset = next_random(seed) % device->window;
	u32 rows = 0;

	while (device->registers[rows].name)
		rows++;
	if (next_random(seed) % 8) {
		const struct device_register *row = &device->registers[next_random(seed) % rows];

		offset = row->offset + next_random(seed) % row->size;
	}
	return offset & ~(u64)(width - 1);
}

static void storm(struct fixture *f, const struct device *device, void *self, u64 seed)
{
	for (u32 i = 0; i < ROUNDS; i++) {
		unsigned width = 1u << next_random(&seed) % 4;
		u64 offset = some_offset(device, &seed, width);

		if (!(device->widths & width))
			continue;
		if (next_random(&seed) % 2)
			device->write(self, offset, some_value(&seed), width);
		else
			assert_true(width == 8 ||
				device->read(self, offset, width) >> (8 * width) == 0);
		if (next_random(&seed) % 64 == 0)
			clock_run(&f->clock, f->clock.state.now + next_random(&seed) % 200000);
		/* What any driver can see of the board stays within the rules. */
		assert_int_equal(f->lines[0] & ~UINT64_C(0xa88), 0);
		assert_int_equal(f->plic.state.pending & ~f->plic.state.waiting, 0);
		assert_true(f->uart.state.count <= UART_FIFO);
	}
	device->reset(self);
}

static void devices_stand_the_storm(void **state)
{
	struct fixture f;

	setup(&f);
	storm(&f, &uart16550_device, &f.uart, 1);
	storm(&f, &clint_device, &f.clint, 2);
	storm(&f, &plic_device, &f.plic, 3);
	storm(&f, &rtc_device, &f.rtc, 4);
	storm(&f, &finisher_device, &f.finisher, 5);
	storm(&f, &ata_device, &f.ata, 6);
	storm(&f, &virtio_blk_device, &f.blk, 7);
	storm(&f, &virtio_blk_device, &f.old_blk, 8);
	storm(&f, &virtio_net_device, &f.net, 9);
	storm(&f, &virtio_rng_device, &f.rng, 10);
	storm(&f, &virtio_console_device, &f.text, 11);
	ram_destroy(&f.ram);
}

/* Queues that are well placed, full of rings and descriptors that are not; time passes. */
static u32 ring_storm(struct fixture *f, struct virtio *virtio, u64 seed)
{
	struct virtio_state *s = &virtio->state;
	u32 served = 0;

	for (u32 round = 0; round < 10000; round++) {
		u32 index = (u32)(next_random(&seed) % virtio->kind->queues);
		u64 base = BASE + 0x1000 * (u64)index;

		if (round % 16 == 0 || s->status & VIRTIO_NEEDS_RESET) {
			virtio_write(virtio, 0x70, 0, 4);
			s->driver_features = virtio->features;
			s->status = VIRTIO_DRIVER_OK;
			for (u32 i = 0; i < virtio->kind->queues; i++) {
				u64 at = BASE + 0x1000 * (u64)i;

				s->queue[i] = (struct virtio_queue){ .size = 16, .ready = 1,
					.desc = at, .driver = at + 0x100, .device = at + 0x200 };
				ram_write(&f->ram, at + 0x102, 0, 2);
			}
		}
		/* Descriptors point at each other, at tables of the like, or anywhere. */
		for (u64 at = base; at < base + 0x100; at += 16) {
			ram_write(&f->ram, at, BASE + next_random(&seed) % 0x2400, 8);
			ram_write(&f->ram, at + 8, next_random(&seed) % 64 * 16, 4);
			ram_write(&f->ram, at + 12, next_random(&seed) % 8, 2);
			ram_write(&f->ram, at + 14, next_random(&seed) % 18, 2);
			if (next_random(&seed) % 8 == 0)
				ram_write(&f->ram, at, some_value(&seed), 8);
		}
		for (u64 at = base + 0x104; at < base + 0x124; at += 2)
			ram_write(&f->ram, at, next_random(&seed) % 17, 2);
		ram_write(&f->ram, base + 0x102, s->queue[index].taken + next_random(&seed) % 17, 2);
		virtio_write(virtio, 0x50, index, 4);
		clock_run(&f->clock, f->clock.state.now + next_random(&seed) % 200000);
		served += s->queue[index].used != 0;
	}
	return served;
}

static void virtqueues_stand_the_storm(void **state)
{
	struct fixture f;

	struct virtio *const devices[] = { &f.blk.virtio, &f.old_blk.virtio, &f.net.virtio,
		&f.rng.virtio, &f.text.virtio };

	setup(&f);
	f.console.in = NULL;
	for (u32 i = 0; i < COUNT_OF(devices); i++)
		assert_true(ring_storm(&f, devices[i], 99 + i) > 0);
	ram_destroy(&f.ram);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(devices_stand_the_storm),
		cmocka_unit_test(virtqueues_stand_the_storm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
