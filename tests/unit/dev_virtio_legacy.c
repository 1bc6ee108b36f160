/*
 * virtio-mmio version 1: a disk driven as kernels of that time do, and what such drivers can break.
 */
#include "tests/unit/dev_virtio.h"

enum { PAGE_SIZE_REGISTER = 0x28, ALIGN = 0x3c, PFN = 0x40, PAGE = 4096 };

/* The queue is one block at TABLE: with SIZE entries and this alignment, the used ring stands on
 * the next page. The helpers of dev_virtio.h mean AVAIL and USED, so they are told apart here. */
enum { OLD_AVAIL = TABLE + 16 * SIZE, OLD_USED = TABLE + PAGE };

static void start_legacy(struct fixture *f, u32 features)
{
	setup_version(f, true);
	out(f, STATUS, 0);
	out(f, STATUS, 1);
	out(f, STATUS, 3);
	out(f, ACCEPTED_SEL, 0);
	out(f, ACCEPTED, features);
	out(f, PAGE_SIZE_REGISTER, PAGE);
	out(f, QSEL, 0);
	out(f, QNUM, SIZE);
	out(f, ALIGN, PAGE);
	out(f, PFN, TABLE / PAGE);
	out(f, STATUS, 7);
}

static void ask(struct fixture *f, u32 type, u64 sector)
{
	u16 added = f->added;

	request(f, 0, type, sector, 512);
	ram_write(&f->ram, OLD_AVAIL + 4 + 2 * (added % SIZE), 0, 2);
	ram_write(&f->ram, OLD_AVAIL + 2, f->added, 2);
	out(f, NOTIFY, 0);
}

static u64 old_used(struct fixture *f)
{
	return ram_read(&f->ram, OLD_USED + 2, 2);
}

static void the_old_transport_shows_itself(void **state)
{
	struct fixture f;

	setup_version(&f, true);
	assert_int_equal(in(&f, 0), 0x74726976);
	assert_int_equal(in(&f, 4), 1);
	assert_int_equal(in(&f, 8), 2);
	out(&f, FEATURES_SEL, 1);
	assert_int_equal(in(&f, FEATURES), 0);
	assert_int_equal(in(&f, 0xfc), 0);
	assert_int_equal(in(&f, 0xb0), 0);
	assert_int_equal(in(&f, QMAX), VIRTIO_QUEUE_SIZE);
	assert_int_equal(in(&f, PFN), 0);
	ram_destroy(&f.ram);
}

static void requests_pass(void **state)
{
	struct fixture f;
	u8 bytes[512];

	start_legacy(&f, 1 << 9);
	assert_int_equal(in(&f, PFN), TABLE / PAGE);
	assert_int_equal(in(&f, STATUS), 7);
	ask(&f, 0, 5);
	assert_int_equal(status(&f), 0);
	assert_int_equal(old_used(&f), 1);
	assert_true(ram_copy_out(&f.ram, BUFFER, bytes, 512));
	assert_memory_equal(bytes, f.disk.bytes + 5 * 512, 512);
	assert_int_equal(f.probe.line, 1);
	out(&f, ACK, 1);
	ask(&f, 4, 0);
	assert_int_equal(old_used(&f), 2);
	assert_int_equal(f.disk.flushes, 1);

	/* The queue goes, and does nothing until it is there again. */
	out(&f, PFN, 0);
	assert_int_equal(in(&f, PFN), 0);
	ask(&f, 0, 6);
	assert_int_equal(old_used(&f), 2);
	ram_destroy(&f.ram);
}

static void version_2_registers_are_not_there(void **state)
{
	struct fixture f;

	start_legacy(&f, 0);
	out(&f, QREADY, 0);
	out(&f, DESC, 0);
	out(&f, DEVICE, 0);
	assert_int_equal(in(&f, QREADY), 0);
	ask(&f, 0, 1);
	assert_int_equal(old_used(&f), 1);
	ram_destroy(&f.ram);
}

/* Linux says its page size once and resets the device afterwards. */
static void the_page_size_outlives_the_driver(void **state)
{
	struct fixture f;

	setup_version(&f, true);
	out(&f, PAGE_SIZE_REGISTER, PAGE);
	out(&f, STATUS, 0);
	out(&f, QNUM, SIZE);
	out(&f, ALIGN, PAGE);
	out(&f, PFN, TABLE / PAGE);
	assert_int_equal(in(&f, PFN), TABLE / PAGE);
	virtio_blk_device.reset(&f.blk);
	out(&f, QNUM, SIZE);
	out(&f, ALIGN, PAGE);
	out(&f, PFN, TABLE / PAGE);
	assert_int_equal(in(&f, PFN), 0);
	ram_destroy(&f.ram);
}

static void bad_queues_fail(void **state)
{
	static const struct { u32 page, size, align, number; } bad[] = {
		{ 0, SIZE, PAGE, TABLE / PAGE }, { PAGE, 0, PAGE, TABLE / PAGE },
		{ PAGE, 7, PAGE, TABLE / PAGE }, { PAGE, 512, PAGE, TABLE / PAGE },
		{ PAGE, UINT32_MAX, PAGE, TABLE / PAGE }, { PAGE, SIZE, 0, TABLE / PAGE },
		{ PAGE, SIZE, 3, TABLE / PAGE }, { PAGE, SIZE, 1, TABLE / PAGE },
		{ PAGE, SIZE, 1u << 31, TABLE / PAGE }, { PAGE, SIZE, UINT32_MAX, TABLE / PAGE },
		{ PAGE, SIZE, PAGE, 1 }, { PAGE, SIZE, PAGE, (BASE + RAM_SIZE) / PAGE },
		{ PAGE, SIZE, PAGE, (BASE + RAM_SIZE) / PAGE - 1 },
		{ UINT32_MAX, SIZE, PAGE, UINT32_MAX }, { 1, SIZE, PAGE, TABLE + 1 },
	};
	struct fixture f;

	for (u32 i = 0; i < COUNT_OF(bad); i++) {
		setup_version(&f, true);
		out(&f, STATUS, 7);
		out(&f, PAGE_SIZE_REGISTER, bad[i].page);
		out(&f, QNUM, bad[i].size);
		out(&f, ALIGN, bad[i].align);
		out(&f, PFN, bad[i].number);
		assert_int_equal(in(&f, PFN), 0);
		out(&f, NOTIFY, 0);
		assert_int_equal(f.disk.reads, 0);
		assert_failed(&f);
		ram_destroy(&f.ram);
	}
}

static void a_queue_in_use_does_not_move(void **state)
{
	struct fixture f;

	start_legacy(&f, 0);
	out(&f, PFN, TABLE / PAGE + 16);
	out(&f, QNUM, 2);
	out(&f, ALIGN, 64);
	assert_int_equal(in(&f, PFN), TABLE / PAGE);
	ask(&f, 0, 1);
	assert_int_equal(old_used(&f), 1);
	out(&f, PAGE_SIZE_REGISTER, 0);
	assert_int_equal(in(&f, PFN), 0);
	out(&f, QSEL, 99);
	out(&f, PFN, 1);
	out(&f, ALIGN, 1);
	assert_int_equal(in(&f, PFN), 0);
	ram_destroy(&f.ram);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_old_transport_shows_itself),
		cmocka_unit_test(requests_pass),
		cmocka_unit_test(version_2_registers_are_not_there),
		cmocka_unit_test(the_page_size_outlives_the_driver),
		cmocka_unit_test(bad_queues_fail),
		cmocka_unit_test(a_queue_in_use_does_not_move),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
