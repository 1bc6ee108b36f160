/*
 * RAM: bytes, flags, the queue of touched pages, slices.
 */
#include "core/ram.h"
#include "tests/unit/unit.h"

#include <string.h>

#define BASE UINT64_C(0x80000000)

static struct ram make(u64 pages)
{
	struct fault fault;
	struct ram ram;

	assert_true(ram_create(&ram, BASE, pages * PAGE_SIZE, &fault));
	return ram;
}

static void sizes_are_checked(void **state)
{
	static const u64 bad[] = { 0, 1, PAGE_SIZE - 1, PAGE_SIZE + 1, UINT64_MAX,
		UINT64_C(1) << 63, (UINT64_C(1) << 44), UINT64_MAX & PAGE_MASK };
	struct fault fault;
	struct ram ram;

	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		fault.text[0] = 0;
		assert_false(ram_create(&ram, BASE, bad[i], &fault));
		assert_true(strlen(fault.text) > 10);
		assert_null(ram.bytes);
	}
}

static void holds_survives_any_values(void **state)
{
	struct ram ram = make(2);

	assert_true(ram_holds(&ram, BASE, 2 * PAGE_SIZE));
	assert_true(ram_holds(&ram, BASE + 2 * PAGE_SIZE - 1, 1));
	assert_false(ram_holds(&ram, BASE + 2 * PAGE_SIZE - 1, 2));
	assert_false(ram_holds(&ram, BASE - 1, 1));
	assert_false(ram_holds(&ram, BASE, 2 * PAGE_SIZE + 1));
	assert_false(ram_holds(&ram, BASE + 1, UINT64_MAX));
	assert_false(ram_holds(&ram, UINT64_MAX, UINT64_MAX));
	assert_false(ram_holds(&ram, 0, UINT64_MAX));
	ram_destroy(&ram);
}

static void words_are_little_endian(void **state)
{
	struct ram ram = make(2);

	for (u64 at = BASE + PAGE_SIZE - 9; at < BASE + PAGE_SIZE + 2; at++) {
		ram_write(&ram, at, UINT64_C(0x8877665544332211), 8);
		assert_int_equal(ram_read(&ram, at, 1), 0x11);
		assert_int_equal(ram_read(&ram, at, 2), 0x2211);
		assert_int_equal(ram_read(&ram, at, 4), 0x44332211);
		assert_true(ram_read(&ram, at, 8) == UINT64_C(0x8877665544332211));
		assert_int_equal(ram_read(&ram, at + 7, 1), 0x88);
		ram_write(&ram, at, 0xaabbccddeeff, 1);
		ram_write(&ram, at + 1, 0xaabbccddeeff, 2);
		assert_true(ram_read(&ram, at, 8) == UINT64_C(0x8877665544eeffff));
		ram_write(&ram, at + 2, 0x1122334455667788, 4);
		assert_true(ram_read(&ram, at, 8) == UINT64_C(0x887755667788ffff));
	}
	ram_destroy(&ram);
}

static void writes_to_flagged_pages_queue_once(void **state)
{
	static const u8 flags[] = { RAM_CODE, RAM_TABLE, RAM_TRACKED, RAM_WATCHED };
	struct ram ram = make(4);
	u32 page;

	ram_write(&ram, BASE, 1, 8);
	assert_false(ram_drain(&ram, &page));
	for (size_t i = 0; i < COUNT_OF(flags); i++) {
		*ram_flags(&ram, BASE + PAGE_SIZE) = flags[i];
		ram_write(&ram, BASE + PAGE_SIZE - 4, 1, 4);
		assert_false(ram_drain(&ram, &page));
		ram_write(&ram, BASE + PAGE_SIZE, 1, 1);
		ram_write(&ram, BASE + PAGE_SIZE + 8, 1, 8);
		assert_int_equal(ram.touched->count, 1);
		assert_int_equal(ram.flags[1], flags[i] | RAM_QUEUED);
		assert_true(ram_drain(&ram, &page));
		assert_int_equal(page, 1);
		assert_int_equal(ram.flags[1], flags[i]);
		assert_false(ram_drain(&ram, &page));
		ram_write(&ram, BASE + PAGE_SIZE, 1, 1);
		assert_true(ram_drain(&ram, &page));
	}
	ram_destroy(&ram);
}

static void straddling_write_queues_both_pages(void **state)
{
	struct ram ram = make(3);
	u32 page, seen = 0;

	memset(ram.flags, RAM_CODE, 3);
	ram_write(&ram, BASE + PAGE_SIZE - 1, 0, 2);
	assert_int_equal(ram.touched->count, 2);
	while (ram_drain(&ram, &page))
		seen |= 1u << page;
	assert_int_equal(seen, 3);
	ram_write(&ram, BASE + 2 * PAGE_SIZE - 8, 0, 8);
	assert_true(ram_drain(&ram, &page));
	assert_int_equal(page, 1);
	assert_false(ram_drain(&ram, &page));
	ram_destroy(&ram);
}

static void copies_are_checked_and_heard(void **state)
{
	static u8 bytes[3 * PAGE_SIZE];
	struct ram ram = make(4);
	u32 page;

	memset(bytes, 0x5a, sizeof(bytes));
	memset(ram.flags, RAM_TABLE, 4);
	assert_false(ram_copy_in(&ram, BASE + 2 * PAGE_SIZE, bytes, 2 * PAGE_SIZE + 1));
	assert_false(ram_copy_in(&ram, BASE - 1, bytes, 1));
	assert_false(ram_copy_out(&ram, BASE + 4 * PAGE_SIZE, bytes, 1));
	assert_false(ram_copy_out(&ram, UINT64_MAX, bytes, 2));
	assert_true(ram_copy_in(&ram, BASE + 4 * PAGE_SIZE, bytes, 0));
	assert_int_equal(ram.touched->count, 0);
	assert_true(ram_is_zero(ram.bytes, ram.size));

	assert_true(ram_copy_in(&ram, BASE + PAGE_SIZE - 1, bytes, PAGE_SIZE + 2));
	assert_int_equal(ram.touched->count, 3);
	assert_true(ram_drain(&ram, &page) && page == 2);
	assert_true(ram_drain(&ram, &page) && page == 1);
	assert_true(ram_drain(&ram, &page) && page == 0);
	memset(bytes, 0, sizeof(bytes));
	assert_true(ram_copy_out(&ram, BASE + PAGE_SIZE - 2, bytes, 4));
	assert_memory_equal(bytes, "\0\x5a\x5a\x5a", 4);
	ram_destroy(&ram);
}

static void clearing_zeroes_exactly(void **state)
{
	struct ram ram = make(4);
	u32 page;

	memset(ram.bytes, 7, ram.size);
	memset(ram.flags, RAM_CODE, 4);
	assert_false(ram_clear(&ram, BASE + 1, 4 * PAGE_SIZE));
	assert_int_equal(ram.bytes[1], 7);
	assert_true(ram_clear(&ram, BASE + 10, 2 * PAGE_SIZE));
	assert_int_equal(ram.bytes[9], 7);
	assert_true(ram_is_zero(ram.bytes + 10, 2 * PAGE_SIZE));
	assert_int_equal(ram.bytes[2 * PAGE_SIZE + 10], 7);
	assert_int_equal(ram.touched->count, 3);
	while (ram_drain(&ram, &page))
		assert_true(page < 3);
	assert_false(ram_is_zero(ram.bytes, 11));
	assert_false(ram_is_zero(ram.bytes + 10, 2 * PAGE_SIZE + 1));
	ram_destroy(&ram);
}

static void sealed_pages_take_no_copy(void **state)
{
	struct ram ram = make(4);
	u8 bytes[PAGE_SIZE];
	u32 page;

	memset(bytes, 1, sizeof(bytes));
	memset(ram.bytes, 2, ram.size);
	memset(ram.flags, RAM_CODE, 4);
	ram.flags[2] |= RAM_SEALED;
	assert_false(ram_copy_in(&ram, BASE + PAGE_SIZE + 1, bytes, PAGE_SIZE));
	assert_false(ram_copy_in(&ram, BASE + 2 * PAGE_SIZE, bytes, 1));
	assert_false(ram_clear(&ram, BASE, 4 * PAGE_SIZE));
	assert_int_equal(ram.bytes[0], 2);
	assert_int_equal(ram.bytes[2 * PAGE_SIZE - 1], 2);
	assert_int_equal(ram.touched->count, 0);
	assert_true(ram_copy_in(&ram, BASE + PAGE_SIZE, bytes, PAGE_SIZE));
	assert_true(ram_copy_out(&ram, BASE + 2 * PAGE_SIZE, bytes, PAGE_SIZE));
	assert_true(ram_drain(&ram, &page) && page == 1);

	/* Restoring goes everywhere, and is heard. */
	ram_restore(&ram, 2, NULL);
	assert_true(ram_is_zero(ram.bytes + 2 * PAGE_SIZE, PAGE_SIZE));
	assert_true(ram_drain(&ram, &page) && page == 2);
	ram_restore(&ram, 2, bytes);
	assert_memory_equal(ram.bytes + 2 * PAGE_SIZE, bytes, PAGE_SIZE);
	assert_int_equal(ram.bytes[3 * PAGE_SIZE], 2);
	ram_destroy(&ram);
}

static void slices_share_bytes_flags_and_queue(void **state)
{
	struct ram ram = make(8), slice, inner;
	u32 page;

	ram_slice(&slice, &ram, 2 * PAGE_SIZE, 4 * PAGE_SIZE, UINT64_C(0x40000000));
	ram_slice(&inner, &slice, PAGE_SIZE, PAGE_SIZE, 0);
	assert_int_equal(ram_page(&slice, 0x40001000), 3);
	assert_int_equal(ram_page(&inner, 0), 3);
	assert_false(ram_holds(&slice, BASE, 1));
	assert_false(ram_holds(&slice, 0x40004000, 1));

	*ram_flags(&ram, BASE + 3 * PAGE_SIZE) |= RAM_TABLE;
	ram_write(&inner, 0x10, 0x77, 1);
	assert_int_equal(ram_read(&ram, BASE + 3 * PAGE_SIZE + 0x10, 1), 0x77);
	assert_int_equal(ram_read(&slice, 0x40001010, 1), 0x77);
	ram_write(&ram, BASE + 3 * PAGE_SIZE, 0, 1);
	assert_int_equal(ram.touched->count, 1);
	assert_true(ram_drain(&slice, &page));
	assert_int_equal(page, 3);
	assert_int_equal(*ram_flags(&inner, 0), RAM_TABLE);

	/* A slice drains pages that lie before it too. */
	ram.flags[0] = RAM_CODE;
	ram_write(&ram, BASE, 0, 1);
	assert_true(ram_drain(&inner, &page));
	assert_int_equal(page, 0);
	assert_int_equal(ram.flags[0], RAM_CODE);
	ram_destroy(&ram);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_are_checked),
		cmocka_unit_test(holds_survives_any_values),
		cmocka_unit_test(words_are_little_endian),
		cmocka_unit_test(writes_to_flagged_pages_queue_once),
		cmocka_unit_test(straddling_write_queues_both_pages),
		cmocka_unit_test(copies_are_checked_and_heard),
		cmocka_unit_test(clearing_zeroes_exactly),
		cmocka_unit_test(sealed_pages_take_no_copy),
		cmocka_unit_test(slices_share_bytes_flags_and_queue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
