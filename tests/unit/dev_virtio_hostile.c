/*
 * virtio drivers that break every rule they can: queues, chains and tables that lie, requests out
 * of proportion, page tables given as buffers.
 */
#include "tests/unit/dev_virtio.h"

static void bad_queues_never_become_ready(void **state)
{
	static const struct { u64 size, desc, driver, device; } bad[] = {
		{ 0, TABLE, AVAIL, USED },
		{ 3, TABLE, AVAIL, USED },
		{ 512, TABLE, AVAIL, USED },
		{ 0xffffffff, TABLE, AVAIL, USED },
		{ 8, TABLE + 8, AVAIL, USED },
		{ 8, TABLE, AVAIL + 1, USED },
		{ 8, TABLE, AVAIL, USED + 2 },
		{ 8, 0, AVAIL, USED },
		{ 8, TABLE, BASE + RAM_SIZE - 20, USED },
		{ 8, TABLE, AVAIL, BASE + RAM_SIZE - 64 },
		{ 256, BASE + RAM_SIZE - 4080, AVAIL, USED },
		{ 8, NEVER - 15, NEVER - 1, NEVER - 3 },
	};
	struct fixture f;

	for (u32 i = 0; i < COUNT_OF(bad); i++) {
		setup(&f);
		out(&f, STATUS, 15);
		out(&f, QNUM, bad[i].size);
		out(&f, DESC, (u32)bad[i].desc);
		out(&f, DESC + 4, bad[i].desc >> 32);
		out(&f, DRIVER, (u32)bad[i].driver);
		out(&f, DRIVER + 4, bad[i].driver >> 32);
		out(&f, DEVICE, (u32)bad[i].device);
		out(&f, DEVICE + 4, bad[i].device >> 32);
		out(&f, QREADY, 1);
		assert_int_equal(in(&f, QREADY), 0);
		assert_failed(&f);
		out(&f, NOTIFY, 0);
		out(&f, STATUS, 0);
		assert_int_equal(f.probe.line, 0);
		ram_destroy(&f.ram);
	}
}

/* Chains that break a rule: each row is laid out by its function, and fails the device. */
static void loop(struct fixture *f)
{
	for (u32 i = 0; i < SIZE; i++)
		descriptor(f, i, HEADER, 16, NEXT, (i + 1) % SIZE);
}

static void loop_of_nothing(struct fixture *f)
{
	descriptor(f, 0, HEADER, 0, NEXT, 0);
}

static void huge_length(struct fixture *f)
{
	descriptor(f, 1, BUFFER, 0xffffffff, NEXT | WRITE, 2);
}

static void address_outside(struct fixture *f)
{
	descriptor(f, 1, BASE + RAM_SIZE - 256, 512, NEXT | WRITE, 2);
}

static void address_that_wraps(struct fixture *f)
{
	descriptor(f, 1, NEVER - 255, 512, NEXT | WRITE, 2);
}

static void next_outside(struct fixture *f)
{
	descriptor(f, 1, BUFFER, 512, NEXT | WRITE, SIZE);
	descriptor(f, SIZE, STATE, 1, WRITE, 0);
}

static void readable_after_writable(struct fixture *f)
{
	descriptor(f, 2, STATE, 1, 0, 0);
}

static void indirect_to_itself(struct fixture *f)
{
	descriptor(f, 0, TABLE, 16, INDIRECT, 0);
}

static void indirect_in_indirect(struct fixture *f)
{
	describe(f, INDIRECT_AT, INDIRECT_AT + 0x100, 32, INDIRECT, 0);
	describe(f, INDIRECT_AT + 0x100, HEADER, 16, NEXT, 1);
	describe(f, INDIRECT_AT + 0x110, STATE, 1, WRITE, 0);
	descriptor(f, 0, INDIRECT_AT, 16, INDIRECT, 0);
}

static void indirect_next_outside(struct fixture *f)
{
	describe(f, INDIRECT_AT, HEADER, 16, NEXT, 1);
	describe(f, INDIRECT_AT + 16, STATE, 1, WRITE, 0);
	descriptor(f, 0, INDIRECT_AT, 16, INDIRECT, 0);
}

static void indirect_with_next(struct fixture *f)
{
	descriptor(f, 0, INDIRECT_AT, 16, INDIRECT | NEXT, 1);
}

static void indirect_of_odd_size(struct fixture *f)
{
	descriptor(f, 0, INDIRECT_AT, 24, INDIRECT, 0);
}

static void indirect_of_nothing(struct fixture *f)
{
	descriptor(f, 0, INDIRECT_AT, 0, INDIRECT, 0);
}

static void indirect_outside(struct fixture *f)
{
	descriptor(f, 0, 0x1000, 0xfffffff0, INDIRECT, 0);
}

static void indirect_too_long(struct fixture *f)
{
	for (u32 i = 0; i < 1000; i++)
		describe(f, INDIRECT_AT + 16 * i, HEADER, 16, NEXT, i + 1);
	descriptor(f, 0, INDIRECT_AT, 16000, INDIRECT, 0);
}

static void no_status(struct fixture *f)
{
	descriptor(f, 0, HEADER, 16, 0, 0);
}

static void no_header(struct fixture *f)
{
	descriptor(f, 0, HEADER, 15, NEXT, 1);
}

static void head_outside(struct fixture *f)
{
	ram_write(&f->ram, AVAIL + 4, SIZE, 2);
	descriptor(f, SIZE, HEADER, 16, NEXT, 1);
}

static void index_too_far(struct fixture *f)
{
	ram_write(&f->ram, AVAIL + 2, SIZE + 1, 2);
}

static void hostile_rings_fail_the_device(void **state)
{
	static void (*const hostile[])(struct fixture *f) = {
		loop, loop_of_nothing, huge_length, address_outside, address_that_wraps,
		next_outside, readable_after_writable, indirect_to_itself, indirect_in_indirect,
		indirect_next_outside, indirect_with_next,
		indirect_of_odd_size, indirect_of_nothing, indirect_outside, indirect_too_long,
		no_status, no_header, head_outside, index_too_far,
	};
	struct fixture f;

	for (u32 i = 0; i < COUNT_OF(hostile); i++) {
		start(&f, VIRTIO_F_VERSION_1 | VIRTIO_F_INDIRECT_DESC);
		request(&f, 0, 0, 0, 512);
		hostile[i](&f);
		out(&f, NOTIFY, 0);
		assert_failed(&f);
		assert_int_equal(used(&f), 0);
		assert_int_equal(f.disk.reads, 0);
		/* The driver cannot talk itself out of it. */
		out(&f, STATUS, 15);
		out(&f, NOTIFY, 0);
		assert_int_equal(used(&f), 0);
		assert_failed(&f);
		/* A reset heals: the same device serves again. */
		out(&f, STATUS, 0);
		assert_int_equal(f.probe.line, 0);
		assert_int_equal(in(&f, QREADY), 0);
		f.added = 0;
		set_queue(&f, SIZE);
		out(&f, STATUS, 15);
		request(&f, 0, 0, 0, 512);
		out(&f, NOTIFY, 0);
		assert_int_equal(status(&f), 0);
		ram_destroy(&f.ram);
	}
}

static void indirect_must_be_negotiated(void **state)
{
	struct fixture f;

	start(&f, VIRTIO_F_VERSION_1);
	describe(&f, INDIRECT_AT, HEADER, 16, NEXT, 1);
	describe(&f, INDIRECT_AT + 16, STATE, 1, WRITE, 0);
	descriptor(&f, 0, INDIRECT_AT, 32, INDIRECT, 0);
	offer(&f, 0);
	out(&f, NOTIFY, 0);
	assert_failed(&f);
	ram_destroy(&f.ram);
}

/* The largest request that the rules allow is refused as too large, without touching the disk. */
static void requests_are_bounded(void **state)
{
	struct fixture f;

	start(&f, VIRTIO_F_VERSION_1 | VIRTIO_F_INDIRECT_DESC);
	f.blk.disk.size = UINT64_C(1) << 40;
	header(&f, 0, 0);
	describe(&f, INDIRECT_AT, HEADER, 16, NEXT, 1);
	for (u32 i = 1; i < VIRTIO_SEGMENTS - 1; i++)
		describe(&f, INDIRECT_AT + 16 * i, BASE + 0x80000, 0x80000, NEXT | WRITE, i + 1);
	describe(&f, INDIRECT_AT + 16 * (VIRTIO_SEGMENTS - 1), STATE, 1, WRITE, 0);
	descriptor(&f, 0, INDIRECT_AT, 16 * VIRTIO_SEGMENTS, INDIRECT, 0);
	offer(&f, 0);
	out(&f, NOTIFY, 0);
	assert_int_equal(status(&f), 1);
	assert_int_equal(used(&f), 1);
	assert_int_equal(f.disk.reads, 0);
	ram_destroy(&f.ram);
}

/* Each sector, read over the available ring, brings the index and the header of a next request:
 * the guest need not run for there to be always one more. */
static void disk_read_into_the_ring_ends(void **state)
{
	struct fixture f;

	start(&f, VIRTIO_F_VERSION_1);
	for (u32 i = 0; i < 64; i++) {
		u8 *sector = f.disk.bytes + i * 512;

		memset(sector, 0, 512);
		sector[2] = (u8)(i + 2);
		sector[0x48] = (u8)(i + 1);
	}
	descriptor(&f, 0, AVAIL + 0x40, 16, NEXT, 1);
	descriptor(&f, 1, AVAIL, 512, NEXT | WRITE, 2);
	descriptor(&f, 2, STATE, 1, WRITE, 0);
	offer(&f, 0);
	out(&f, NOTIFY, 0);
	assert_in_range(used(&f), 2, SIZE + 1);
	assert_in_range(f.disk.reads, 2, SIZE + 1);
	ram_destroy(&f.ram);
}

/* A page table of a paravirtual guest, given to the device as a ring or as a buffer. */
static void sealed_pages_are_not_written(void **state)
{
	static const u64 at[] = { USED, BUFFER, STATE, USED };
	struct fixture f;

	for (u32 i = 0; i < COUNT_OF(at); i++) {
		u8 before[PAGE_SIZE], after[PAGE_SIZE];

		start(&f, VIRTIO_F_VERSION_1 | VIRTIO_F_EVENT_IDX);
		if (i < 3)
			request(&f, 0, 0, 0, 512);
		ram_write(&f.ram, at[i] + 4 + 8 * SIZE, 0x7777, 2);
		assert_true(ram_copy_out(&f.ram, at[i] & PAGE_MASK, before, PAGE_SIZE));
		*ram_flags(&f.ram, at[i]) |= RAM_SEALED;
		out(&f, NOTIFY, 0);
		assert_true(ram_copy_out(&f.ram, at[i] & PAGE_MASK, after, PAGE_SIZE));
		assert_memory_equal(before, after, PAGE_SIZE);
		assert_failed(&f);
		assert_int_equal(used(&f), 0);
		ram_destroy(&f.ram);
	}
}

static void restored_queue_is_checked(void **state)
{
	struct fixture f;

	start(&f, VIRTIO_F_VERSION_1);
	f.blk.virtio.state.queue[0].desc = NEVER - 15;
	virtio_restored(&f.blk.virtio);
	assert_int_equal(in(&f, QREADY), 0);
	assert_failed(&f);
	out(&f, NOTIFY, 0);
	ram_destroy(&f.ram);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_queues_never_become_ready),
		cmocka_unit_test(hostile_rings_fail_the_device),
		cmocka_unit_test(indirect_must_be_negotiated),
		cmocka_unit_test(requests_are_bounded),
		cmocka_unit_test(disk_read_into_the_ring_ends),
		cmocka_unit_test(sealed_pages_are_not_written),
		cmocka_unit_test(restored_queue_is_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
