/*
 * Snapshots: what is saved comes back, what is damaged is refused and changes nothing.
 */
#include "core/file.h"
#include "core/hash.h"
#include "core/snapshot.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BASE UINT64_C(0x80000000)

enum { PAGES = 6 };

/* A machine in miniature. */
struct machine {
	u64 words[3];
	char text[13];
	struct ram ram;
	struct snapshot list;
};

static void machine_create(struct machine *machine, u64 pages)
{
	struct fault fault;

	memset(machine, 0, sizeof(*machine));
	assert_true(ram_create(&machine->ram, BASE, pages * PAGE_SIZE, &fault));
	snapshot_add(&machine->list, "hart0", "words", 1, machine->words, sizeof(machine->words));
	snapshot_add_ram(&machine->list, "machine", &machine->ram);
	snapshot_add(&machine->list, "uart", "text", 7, machine->text, sizeof(machine->text));
}

static void machine_fill(struct machine *machine)
{
	machine->words[0] = 1;
	machine->words[2] = UINT64_MAX;
	strcpy(machine->text, "hello, world");
	ram_write(&machine->ram, BASE + 8, 0x1122, 8);
	ram_write(&machine->ram, BASE + 4 * PAGE_SIZE - 1, 0x5566, 2);
}

static void machine_destroy(struct machine *machine)
{
	ram_destroy(&machine->ram);
}

static void what_is_saved_comes_back(void **state)
{
	struct machine a, b;
	struct fault fault;
	u8 *bytes;
	u64 length;
	u32 page, seen = 0;

	machine_create(&a, PAGES);
	machine_create(&b, PAGES);
	machine_fill(&a);
	assert_true(snapshot_save(&a.list, &bytes, &length, &fault));
	assert_true(length < 3 * PAGE_SIZE + 1024);
	assert_true(length > 3 * PAGE_SIZE);

	/* The other machine is dirty in other places, and someone listens. */
	memset(b.words, 0xee, sizeof(b.words));
	ram_write(&b.ram, BASE + PAGE_SIZE, 5, 4);
	ram_write(&b.ram, BASE + 5 * PAGE_SIZE, 5, 4);
	b.ram.flags[0] = RAM_CODE;
	b.ram.flags[5] = RAM_TABLE;
	assert_true(snapshot_digest(&a.list) != snapshot_digest(&b.list));
	assert_true(snapshot_load(&b.list, bytes, length, &fault));
	assert_memory_equal(a.words, b.words, sizeof(a.words));
	assert_memory_equal(a.text, b.text, sizeof(a.text));
	assert_memory_equal(a.ram.bytes, b.ram.bytes, a.ram.size);
	assert_true(snapshot_digest(&a.list) == snapshot_digest(&b.list));
	while (ram_drain(&b.ram, &page))
		seen |= 1u << page;
	assert_int_equal(seen, 1 << 0 | 1 << 5);
	free(bytes);
	machine_destroy(&a);
	machine_destroy(&b);
}

static void a_slice_is_saved_alone(void **state)
{
	struct machine a;
	struct ram slice;
	struct snapshot list = { 0 };
	struct fault fault;
	u8 *bytes;
	u64 length;

	machine_create(&a, PAGES);
	memset(a.ram.bytes, 1, a.ram.size);
	ram_slice(&slice, &a.ram, 2 * PAGE_SIZE, 2 * PAGE_SIZE, 0);
	snapshot_add_ram(&list, "vm", &slice);
	assert_true(snapshot_save(&list, &bytes, &length, &fault));
	memset(a.ram.bytes, 2, a.ram.size);
	assert_true(snapshot_load(&list, bytes, length, &fault));
	assert_int_equal(a.ram.bytes[2 * PAGE_SIZE - 1], 2);
	assert_int_equal(a.ram.bytes[2 * PAGE_SIZE], 1);
	assert_int_equal(a.ram.bytes[4 * PAGE_SIZE - 1], 1);
	assert_int_equal(a.ram.bytes[4 * PAGE_SIZE], 2);
	free(bytes);
	machine_destroy(&a);
}

/* Each byte changed, in several ways: refused, and nothing in the machine has moved. */
static void every_damaged_byte_is_refused(void **state)
{
	static const u8 ways[] = { 0x01, 0x80, 0xff };
	struct machine a, b;
	struct fault fault;
	u8 *bytes;
	u64 length;

	machine_create(&a, PAGES);
	machine_create(&b, PAGES);
	machine_fill(&a);
	b.words[1] = 42;
	ram_write(&b.ram, BASE + PAGE_SIZE, 9, 1);
	memset(b.ram.flags, RAM_CODE, PAGES);

	u64 before = snapshot_digest(&b.list);

	assert_true(snapshot_save(&a.list, &bytes, &length, &fault));
	for (u64 i = 0; i < length; i++) {
		for (size_t way = 0; way < COUNT_OF(ways); way++) {
			bytes[i] ^= ways[way];
			fault.text[0] = 0;
			assert_false(snapshot_load(&b.list, bytes, length, &fault));
			assert_true(fault.text[0] != 0);
			bytes[i] ^= ways[way];
		}
	}
	for (u64 cut = 0; cut < length; cut += cut < 200 ? 1 : 97)
		assert_false(snapshot_load(&b.list, bytes, cut, &fault));
	assert_true(snapshot_digest(&b.list) == before);
	assert_int_equal(b.ram.touched->count, 0);

	u8 *longer = calloc(1, length + 1);

	memcpy(longer, bytes, length);
	assert_false(snapshot_load(&b.list, longer, length + 1, &fault));
	assert_true(snapshot_load(&b.list, longer, length, &fault));
	assert_true(snapshot_digest(&b.list) == snapshot_digest(&a.list));
	free(longer);
	free(bytes);
	machine_destroy(&a);
	machine_destroy(&b);
}

/* Someone who mends the checksum still cannot name a page that is not there, or one twice. */
static void forged_pages_are_refused(void **state)
{
	enum { HEADER = 16, SECTION = 52, RECORD = 8 + PAGE_SIZE, PAYLOAD = HEADER + SECTION };
	static const u64 forged[][3] = { /* 0 3 4 is what machine_fill makes */
		{ 0, 3, PAGES }, { 0, 3, 3 }, { 3, 0, 4 }, { 0, 3, UINT64_MAX },
		{ UINT64_MAX, 3, 4 }, { 0, 3, UINT64_C(1) << 52 },
	};
	struct machine a;
	struct snapshot list = { 0 };
	struct fault fault;
	u8 *bytes;
	u64 length, digest, checksum;

	machine_create(&a, PAGES);
	machine_fill(&a);
	snapshot_add_ram(&list, "vm", &a.ram);
	digest = snapshot_digest(&list);
	assert_true(snapshot_save(&list, &bytes, &length, &fault));
	assert_int_equal(length, PAYLOAD + 8 + 3 * RECORD);
	for (size_t i = 0; i < COUNT_OF(forged); i++) {
		for (u64 record = 0; record < 3; record++)
			memcpy(bytes + PAYLOAD + 8 + record * RECORD, &forged[i][record], 8);
		checksum = hash_bytes(HASH_SEED, bytes + PAYLOAD, length - PAYLOAD);
		memcpy(bytes + PAYLOAD - 8, &checksum, 8);
		assert_false(snapshot_load(&list, bytes, length, &fault));
		assert_non_null(strstr(fault.text, "out of place"));
		assert_true(snapshot_digest(&list) == digest);
	}

	/* Half a page. */
	u64 half = length - PAYLOAD - 100;

	checksum = hash_bytes(HASH_SEED, bytes + PAYLOAD, half);
	memcpy(bytes + PAYLOAD - 16, &half, 8);
	memcpy(bytes + PAYLOAD - 8, &checksum, 8);
	assert_false(snapshot_load(&list, bytes, length - 100, &fault));
	assert_non_null(strstr(fault.text, "no list of pages"));
	free(bytes);
	machine_destroy(&a);
}

/* A machine built with other options is told what differs. */
static void other_machines_are_refused_by_name(void **state)
{
	struct machine a, b;
	struct fault fault;
	u8 *bytes;
	u64 length;

	machine_create(&a, PAGES);
	machine_fill(&a);
	assert_true(snapshot_save(&a.list, &bytes, &length, &fault));

	machine_create(&b, PAGES + 1);
	assert_false(snapshot_load(&b.list, bytes, length, &fault));
	assert_non_null(strstr(fault.text, "24 KiB in 'machine.ram', this machine 28 KiB"));
	machine_destroy(&b);

	machine_create(&b, PAGES);
	b.list.section[2].version = 8;
	assert_false(snapshot_load(&b.list, bytes, length, &fault));
	assert_non_null(strstr(fault.text, "'uart.text' of the snapshot has version 7"));
	b.list.section[2].version = 7;
	b.list.section[2].size--;
	assert_false(snapshot_load(&b.list, bytes, length, &fault));
	assert_non_null(strstr(fault.text, "has 13 bytes, this program 12"));
	b.list.section[2].size++;
	strcpy(b.list.section[0].name, "hart1.words");
	assert_false(snapshot_load(&b.list, bytes, length, &fault));
	assert_non_null(strstr(fault.text, "'hart0.words' where this machine has 'hart1.words'"));
	snapshot_add(&b.list, "x", "y", 1, b.words, 8);
	assert_false(snapshot_load(&b.list, bytes, length, &fault));
	assert_non_null(strstr(fault.text, "3 sections, this machine 4"));
	machine_destroy(&b);
	free(bytes);
	machine_destroy(&a);
}

static void the_digest_sees_state_not_history(void **state)
{
	struct machine a, b;
	u64 digest;

	machine_create(&a, PAGES);
	machine_create(&b, PAGES);
	digest = snapshot_digest(&a.list);
	assert_true(digest == snapshot_digest(&b.list));
	ram_write(&b.ram, BASE + PAGE_SIZE, 1, 1);
	assert_true(digest != snapshot_digest(&b.list));
	ram_write(&b.ram, BASE + PAGE_SIZE, 0, 1);
	assert_true(digest == snapshot_digest(&b.list));
	ram_write(&b.ram, BASE, 1, 1);
	digest = snapshot_digest(&b.list);
	ram_write(&b.ram, BASE, 0, 1);
	ram_write(&b.ram, BASE + PAGE_SIZE, 1, 1);
	assert_true(digest != snapshot_digest(&b.list));
	a.words[1] = 1;
	b.words[2] = 1;
	ram_write(&b.ram, BASE + PAGE_SIZE, 0, 1);
	assert_true(snapshot_digest(&a.list) != snapshot_digest(&b.list));
	machine_destroy(&a);
	machine_destroy(&b);
}

static void files_hold_the_same(void **state)
{
	char folder[] = "/tmp/ringside-snapshot-XXXXXX", path[64];
	struct machine a, b;
	struct fault fault;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/snapshot", folder);
	machine_create(&a, PAGES);
	machine_create(&b, PAGES);
	machine_fill(&a);
	assert_false(snapshot_read_file(&b.list, path, &fault));
	assert_true(snapshot_write_file(&b.list, path, &fault));
	assert_true(snapshot_write_file(&a.list, path, &fault));
	assert_true(snapshot_read_file(&b.list, path, &fault));
	assert_true(snapshot_digest(&a.list) == snapshot_digest(&b.list));
	assert_true(file_write_all(path, (const u8 *)"\x7f""ELF what is this", 18, &fault));
	assert_false(snapshot_read_file(&b.list, path, &fault));
	assert_non_null(strstr(fault.text, path));
	assert_non_null(strstr(fault.text, "this is not a snapshot"));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
	machine_destroy(&a);
	machine_destroy(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_saved_comes_back),
		cmocka_unit_test(a_slice_is_saved_alone),
		cmocka_unit_test(every_damaged_byte_is_refused),
		cmocka_unit_test(forged_pages_are_refused),
		cmocka_unit_test(other_machines_are_refused_by_name),
		cmocka_unit_test(the_digest_sees_state_not_history),
		cmocka_unit_test(files_hold_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
