/*
 * A driver with two queues, by hand, for a virtio device of any kind; and a network of which each
 * frame is written down.
 */
#ifndef TESTS_UNIT_DEV_VIRTIO_RINGS_H
#define TESTS_UNIT_DEV_VIRTIO_RINGS_H

#include "core/clock.h"
#include "core/dev/virtio.h"
#include "tests/unit/dev.h"

enum { QSEL = 0x30, QNUM = 0x38, QREADY = 0x44, NOTIFY = 0x50, ISR = 0x60, ACK = 0x64, STATUS = 0x70,
	DESC = 0x80, DRIVER = 0x90, DEVICE = 0xa0, CONFIG = 0x100 };
enum { NEXT = 1, WRITE = 2 };
enum { BASE = 0x80000000, RAM_SIZE = 1 << 20, SIZE = 8, RINGS = BASE + 0x1000, RING_STEP = 0x1000,
	AVAIL = 0x400, USED = 0x800, BUFFER = BASE + 0x10000, BUFFER_STEP = 0x1000 };

struct rig {
	struct ram ram;
	struct clock clock;
	struct probe probe;
	struct virtio *virtio;
	u16 added[2];
};

/* Before the device is created. */
static inline struct virtio_wiring rig_wiring(struct rig *rig)
{
	struct fault fault;

	memset(rig, 0, sizeof(*rig));
	assert_true(ram_create(&rig->ram, BASE, RAM_SIZE, &fault));
	clock_create(&rig->clock);
	return (struct virtio_wiring){ .ram = &rig->ram,
		.irq = irq_word_line(&rig->probe.line, 1) };
}

static inline void rig_out(struct rig *rig, u64 offset, u64 value)
{
	probe_write(&rig->probe, offset, value, 4);
}

static inline u64 rig_in(struct rig *rig, u64 offset)
{
	return probe_read(&rig->probe, offset, 4);
}

static inline u64 ring(u32 queue)
{
	return RINGS + (u64)queue * RING_STEP;
}

/* Negotiates all of `features` that the device offers, and makes its queues ready. */
static inline void rig_start(struct rig *rig, const struct device *device, struct virtio *virtio,
	u64 features)
{
	rig->probe.device = device;
	rig->probe.self = virtio;
	rig->virtio = virtio;
	rig_out(rig, STATUS, 3);
	rig_out(rig, 0x24, 0);
	rig_out(rig, 0x20, (u32)(features & virtio->features));
	rig_out(rig, 0x24, 1);
	rig_out(rig, 0x20, (features & virtio->features) >> 32);
	rig_out(rig, STATUS, 11);
	for (u32 i = 0; i < virtio->kind->queues; i++) {
		rig_out(rig, QSEL, i);
		rig_out(rig, QNUM, SIZE);
		rig_out(rig, DESC, ring(i));
		rig_out(rig, DRIVER, ring(i) + AVAIL);
		rig_out(rig, DEVICE, ring(i) + USED);
		rig_out(rig, QREADY, 1);
		assert_int_equal(rig_in(rig, QREADY), 1);
	}
	rig_out(rig, STATUS, 15);
}

static inline void rig_describe(struct rig *rig, u32 queue, u32 index, u64 address, u32 length,
	u32 flags, u32 next)
{
	u64 at = ring(queue) + 16 * (u64)index;

	ram_write(&rig->ram, at, address, 8);
	ram_write(&rig->ram, at + 8, length, 4);
	ram_write(&rig->ram, at + 12, flags, 2);
	ram_write(&rig->ram, at + 14, next, 2);
}

static inline void rig_offer(struct rig *rig, u32 queue, u32 head)
{
	u64 avail = ring(queue) + AVAIL;

	ram_write(&rig->ram, avail + 4 + 2 * (u64)(rig->added[queue] % SIZE), head, 2);
	ram_write(&rig->ram, avail + 2, ++rig->added[queue], 2);
}

/* A buffer of one descriptor: number `index`, at buffer(queue, index). */
static inline u64 buffer(u32 queue, u32 index)
{
	return BUFFER + (u64)(queue * SIZE + index) * BUFFER_STEP;
}

static inline void rig_give(struct rig *rig, u32 queue, u32 index, u32 length, u32 flags)
{
	rig_describe(rig, queue, index, buffer(queue, index), length, flags, 0);
	rig_offer(rig, queue, index);
}

static inline u64 rig_used(struct rig *rig, u32 queue)
{
	return ram_read(&rig->ram, ring(queue) + USED + 2, 2);
}

static inline u64 rig_used_length(struct rig *rig, u32 queue, u32 index)
{
	return ram_read(&rig->ram, ring(queue) + USED + 4 + 8 * (u64)index + 4, 4);
}

static inline void rig_run(struct rig *rig, u64 cycles)
{
	clock_run(&rig->clock, rig->clock.state.now + cycles);
}

static inline void rig_destroy(struct rig *rig)
{
	ram_destroy(&rig->ram);
}

/* A wire: what was sent, and what is to come, each frame at a time of its own. */
struct wire {
	u32 sent, received, coming;
	u64 sent_at;
	u8 last[HOST_FRAME];
	u32 last_length;
	struct { u64 when; u32 length; u8 fill; } frame[16];
};

static inline void wire_send(void *self, u64 cycle, const u8 *frame, u32 length)
{
	struct wire *wire = self;

	assert_in_range(length, HOST_FRAME_LEAST, HOST_FRAME);
	wire->sent++;
	wire->sent_at = cycle;
	memcpy(wire->last, frame, length);
	wire->last_length = length;
}

static inline u32 wire_receive(void *self, u64 cycle, u8 *frame, u32 room)
{
	struct wire *wire = self;
	u32 at = wire->received;

	assert_int_equal(room, HOST_FRAME);
	if (at == wire->coming || wire->frame[at].when > cycle)
		return 0;
	wire->received++;
	memset(frame, wire->frame[at].fill, wire->frame[at].length);
	return wire->frame[at].length;
}

static inline u64 wire_next(void *self, u64 cycle)
{
	const struct wire *wire = self;

	(void)cycle;
	return wire->received < wire->coming ? wire->frame[wire->received].when : NEVER;
}

static inline void wire_bring(struct wire *wire, u64 when, u32 length, u8 fill)
{
	wire->frame[wire->coming].when = when;
	wire->frame[wire->coming].length = length;
	wire->frame[wire->coming++].fill = fill;
}

static inline struct host_net wire_net(struct wire *wire)
{
	memset(wire, 0, sizeof(*wire));
	return (struct host_net){ wire, { 2, 0, 0, 0, 0, 1 }, wire_send, wire_receive, wire_next };
}

#endif
