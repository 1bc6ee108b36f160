/*
 * The small ones: faults, fields of words, interrupt lines, counters, the trace, the hash, files.
 */
#include "core/bits.h"
#include "core/count.h"
#include "core/fault.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/irq.h"
#include "core/trace.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void a_fault_is_one_clean_line(void **state)
{
	char longer[1000];
	struct fault fault;

	assert_false(fault_set(&fault, "'%s' is %d", "a\n\x1b[31mb\x7f\tc", 3));
	assert_string_equal(fault.text, "'a??[31mb??c' is 3");
	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = 0;
	fault_set(&fault, "%s", longer);
	assert_int_equal(strlen(fault.text), sizeof(fault.text) - 1);
}

static void fields_are_taken_and_put(void **state)
{
	assert_int_equal(bits_get(0xabcd, 4, 8), 0xbc);
	assert_int_equal(bits_put(0xabcd, 4, 8, 0xf12), 0xa12d);
	assert_int_equal(field_get(0xabcd, 0xff0), 0xbc);
	assert_int_equal(field_put(0xabcd, 0xff0, 0xf12), 0xa12d);
	assert_true(field_get(UINT64_MAX, UINT64_C(1) << 63) == 1);
	assert_true(sign_extend(0x800, 12) == -2048);
	assert_true(sign_extend(0x7ff, 12) == 2047);
	assert_true(sign_extend(UINT64_MAX, 64) == -1);
}

static void a_word_line_moves_its_bits_only(void **state)
{
	u64 word = 0xf0;
	struct irq_line line = irq_word_line(&word, 0x81), nowhere = { 0 };

	irq_set(&line, true);
	assert_int_equal(word, 0xf1);
	irq_set(&line, false);
	assert_int_equal(word, 0x70);
	irq_set(&nowhere, true);
}

static void counters_subtract(void **state)
{
	u64 before[3] = { 1, 2, UINT64_MAX }, after[3] = { 5, 2, 1 };

	count_difference(after, after, before, 3);
	assert_int_equal(after[0], 4);
	assert_int_equal(after[1], 0);
	assert_int_equal(after[2], 2);
}

static void a_full_trace_loses_the_oldest(void **state)
{
	struct trace trace = { 0 };
	struct trace_event event = { 0 };
	struct fault fault;

	assert_false(trace_on(&trace));
	trace_write(&trace, &event);
	assert_false(trace_drain(&trace, &event));
	assert_true(trace_create(&trace, 4, &fault));
	assert_true(trace_on(&trace));
	for (u64 i = 0; i < 11; i++) {
		event.cycle = i;
		trace_write(&trace, &event);
		if (i == 3) {
			assert_true(trace_drain(&trace, &event));
			assert_int_equal(event.cycle, 0);
		}
	}
	assert_int_equal(trace.lost, 6);
	for (u64 i = 7; i < 11; i++) {
		assert_true(trace_drain(&trace, &event));
		assert_int_equal(event.cycle, i);
	}
	assert_false(trace_drain(&trace, &event));
	trace_destroy(&trace);
	assert_false(trace_on(&trace));
}

/* Every bit of every length matters. */
static void the_hash_sees_each_bit(void **state)
{
	u8 bytes[40] = { 0 };

	for (u64 length = 0; length <= sizeof(bytes); length++) {
		u64 whole = hash_bytes(HASH_SEED, bytes, length);

		if (length)
			assert_true(whole != hash_bytes(HASH_SEED, bytes, length - 1));
		for (u64 bit = 0; bit < 8 * length; bit++) {
			bytes[bit / 8] ^= (u8)(1 << bit % 8);
			assert_true(whole != hash_bytes(HASH_SEED, bytes, length));
			bytes[bit / 8] ^= (u8)(1 << bit % 8);
		}
	}
	assert_true(hash_bytes(1, bytes, 8) != hash_bytes(2, bytes, 8));
}

static void paths_are_checked(void **state)
{
	char folder[] = "/tmp/ringside-file-XXXXXX", path[64], pipe[64];
	struct fault fault;
	u8 *bytes = NULL;
	u64 length;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/x", folder);
	snprintf(pipe, sizeof(pipe), "%s/pipe", folder);
	assert_int_equal(mkfifo(pipe, 0600), 0);

	assert_false(file_read_all(path, 10, &bytes, &length, &fault));
	assert_non_null(strstr(fault.text, "No such file"));
	assert_false(file_read_all(folder, 10, &bytes, &length, &fault));
	assert_non_null(strstr(fault.text, "is a directory"));
	assert_false(file_read_all(pipe, 10, &bytes, &length, &fault));
	assert_non_null(strstr(fault.text, "not a regular file"));
	assert_true(file_write_all(path, NULL, 0, &fault));
	assert_false(file_read_all(path, 10, &bytes, &length, &fault));
	assert_non_null(strstr(fault.text, "is empty"));
	assert_true(file_write_all(path, (const u8 *)"0123456789", 10, &fault));
	assert_false(file_read_all(path, 9, &bytes, &length, &fault));
	assert_non_null(strstr(fault.text, "at most 9"));
	assert_null(bytes);
	assert_true(file_read_all(path, 10, &bytes, &length, &fault));
	assert_int_equal(length, 10);
	assert_memory_equal(bytes, "0123456789", 10);
	free(bytes);

	/* Where it cannot be written, nothing is left behind. */
	snprintf(path, sizeof(path), "%s/none/x", folder);
	assert_false(file_write_all(path, (const u8 *)"x", 1, &fault));
	assert_non_null(strstr(fault.text, "cannot write"));
	assert_false(file_write_all(folder, (const u8 *)"x", 1, &fault));
	snprintf(path, sizeof(path), "%s/x", folder);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(unlink(pipe), 0);
	assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fault_is_one_clean_line),
		cmocka_unit_test(fields_are_taken_and_put),
		cmocka_unit_test(a_word_line_moves_its_bits_only),
		cmocka_unit_test(counters_subtract),
		cmocka_unit_test(a_full_trace_loses_the_oldest),
		cmocka_unit_test(the_hash_sees_each_bit),
		cmocka_unit_test(paths_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
