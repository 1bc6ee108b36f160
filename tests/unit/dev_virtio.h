/*
 * A virtio disk with its RAM, and a driver's work by hand: negotiation, descriptors, requests.
 */
#ifndef TESTS_UNIT_DEV_VIRTIO_H
#define TESTS_UNIT_DEV_VIRTIO_H

#include "core/dev/virtio_blk.h"
#include "tests/unit/dev.h"

enum { FEATURES = 0x10, FEATURES_SEL = 0x14, ACCEPTED = 0x20, ACCEPTED_SEL = 0x24, QSEL = 0x30,
	QMAX = 0x34, QNUM = 0x38, QREADY = 0x44, NOTIFY = 0x50, ISR = 0x60, ACK = 0x64,
	STATUS = 0x70, DESC = 0x80, DRIVER = 0x90, DEVICE = 0xa0, CONFIG = 0x100 };
enum { NEXT = 1, WRITE = 2, INDIRECT = 4 };
enum { BASE = 0x80000000, TABLE = BASE, AVAIL = BASE + 0x2000, USED = BASE + 0x3000,
	HEADER = BASE + 0x5000, STATE = BASE + 0x5100, BUFFER = BASE + 0x6000,
	INDIRECT_AT = BASE + 0x10000 };
enum { RAM_SIZE = 1 << 20, SIZE = 8 };

struct fixture {
	struct ram ram;
	struct disk disk;
	struct virtio_blk blk;
	struct probe probe;
	u16 added;
};

static inline void setup_version(struct fixture *f, bool legacy)
{
	struct host_disk disk = disk_host(&f->disk);
	struct fault fault;

	assert_true(ram_create(&f->ram, BASE, RAM_SIZE, &fault));
	f->probe = (struct probe){ &virtio_blk_device, &f->blk, 0 };
	f->added = 0;
	virtio_blk_create(&f->blk, &disk, &(struct virtio_wiring){ .ram = &f->ram,
		.irq = irq_word_line(&f->probe.line, 1), .legacy = legacy });
}

static inline void setup(struct fixture *f)
{
	setup_version(f, false);
}

static inline void out(struct fixture *f, u64 offset, u64 value)
{
	probe_write(&f->probe, offset, value, 4);
}

static inline u64 in(struct fixture *f, u64 offset)
{
	return probe_read(&f->probe, offset, 4);
}

static inline void set_queue(struct fixture *f, u64 size)
{
	out(f, QSEL, 0);
	out(f, QNUM, size);
	out(f, DESC, TABLE);
	out(f, DRIVER, AVAIL);
	out(f, DEVICE, USED);
	out(f, QREADY, 1);
}

static inline void start(struct fixture *f, u64 features)
{
	setup(f);
	out(f, STATUS, 1);
	out(f, STATUS, 3);
	out(f, ACCEPTED_SEL, 0);
	out(f, ACCEPTED, (u32)features);
	out(f, ACCEPTED_SEL, 1);
	out(f, ACCEPTED, features >> 32);
	out(f, STATUS, 11);
	assert_int_equal(in(f, STATUS), 11);
	set_queue(f, SIZE);
	assert_int_equal(in(f, QREADY), 1);
	out(f, STATUS, 15);
}

static inline void describe(struct fixture *f, u64 at, u64 address, u32 length, u32 flags, u32 next)
{
	ram_write(&f->ram, at, address, 8);
	ram_write(&f->ram, at + 8, length, 4);
	ram_write(&f->ram, at + 12, flags, 2);
	ram_write(&f->ram, at + 14, next, 2);
}

static inline void descriptor(struct fixture *f, u32 index, u64 address, u32 length, u32 flags,
	u32 next)
{
	describe(f, TABLE + 16 * index, address, length, flags, next);
}

static inline void offer(struct fixture *f, u32 head)
{
	ram_write(&f->ram, AVAIL + 4 + 2 * (f->added % SIZE), head, 2);
	ram_write(&f->ram, AVAIL + 2, ++f->added, 2);
}

static inline void header(struct fixture *f, u32 type, u64 sector)
{
	ram_write(&f->ram, HEADER, type, 4);
	ram_write(&f->ram, HEADER + 8, sector, 8);
	ram_write(&f->ram, STATE, 0xff, 1);
}

/* A request of three descriptors from `head` on, offered and not yet kicked. */
static inline void request(struct fixture *f, u32 head, u32 type, u64 sector, u32 length)
{
	header(f, type, sector);
	descriptor(f, head, HEADER, 16, NEXT, head + 1);
	descriptor(f, head + 1, BUFFER, length, NEXT | (type == 1 ? 0 : WRITE), head + 2);
	descriptor(f, head + 2, STATE, 1, WRITE, 0);
	offer(f, head);
}

static inline u64 status(const struct fixture *f)
{
	return ram_read(&f->ram, STATE, 1);
}

static inline u64 used(const struct fixture *f)
{
	return ram_read(&f->ram, USED + 2, 2);
}

static inline u64 used_length(const struct fixture *f, u32 index)
{
	return ram_read(&f->ram, USED + 4 + 8 * index + 4, 4);
}

static inline void assert_failed(struct fixture *f)
{
	assert_int_equal(in(f, STATUS) & VIRTIO_NEEDS_RESET, VIRTIO_NEEDS_RESET);
	assert_int_equal(in(f, ISR) & 2, 2);
	assert_int_equal(f->probe.line, 1);
}

#endif
