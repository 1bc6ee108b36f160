/*
 * Disks from files: what is written is read again, and the file changes only when it should.
 */
#include "emu/host_disk.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SIZE = 3 * DISK_GRAIN + 5 * DISK_SECTOR };

struct fixture {
	char path[64];
	u8 content[SIZE];
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	int file;

	strcpy(fixture->path, "/tmp/ringside-disk-XXXXXX");
	file = mkstemp(fixture->path);
	for (u32 i = 0; i < SIZE; i++)
		fixture->content[i] = (u8)(i * 7 + i / 512);
	assert_int_equal(write(file, fixture->content, SIZE), SIZE);
	close(file);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	unlink(fixture->path);
	free(fixture);
	return 0;
}

static void file_is(const struct fixture *fixture, const u8 *content)
{
	static u8 now[SIZE + 1];
	FILE *file = fopen(fixture->path, "rb");

	assert_non_null(file);
	assert_int_equal(fread(now, 1, sizeof(now), file), SIZE);
	fclose(file);
	assert_memory_equal(now, content, SIZE);
}

/* Writes and reads at random places, compared with an array. */
static void exercise(struct host_disk *host, u8 *model)
{
	static u8 bytes[SIZE];
	u32 dice = 1;

	for (u32 round = 0; round < 400; round++) {
		u64 sectors = SIZE / DISK_SECTOR, first, count;

		dice = dice * 1664525 + 1013904223;
		first = (dice >> 8) % sectors;
		count = 1 + (dice >> 20) % (sectors - first);
		if (round % 3 == 0) {
			memset(bytes, (int)(dice >> 24), count * DISK_SECTOR);
			memcpy(model + first * DISK_SECTOR, bytes, count * DISK_SECTOR);
			assert_true(host->write(host->self, first * DISK_SECTOR, bytes,
				count * DISK_SECTOR));
		} else {
			assert_true(host->read(host->self, first * DISK_SECTOR, bytes,
				count * DISK_SECTOR));
			assert_memory_equal(bytes, model + first * DISK_SECTOR,
				count * DISK_SECTOR);
		}
	}
	assert_true(host->flush(host->self));
	assert_true(host->read(host->self, 0, bytes, SIZE));
	assert_memory_equal(bytes, model, SIZE);
}

static void changes_stay_in_memory(void **state)
{
	struct fixture *fixture = *state;
	static u8 model[SIZE];
	struct host_disk host;
	struct fault fault;
	struct disk disk;

	memcpy(model, fixture->content, SIZE);
	assert_true(disk_open(&disk, fixture->path, false, &fault));
	host = disk_host(&disk);
	assert_int_equal(host.size, SIZE);
	assert_false(host.read_only);
	exercise(&host, model);
	disk_close(&disk);
	file_is(fixture, fixture->content);
}

static void changes_go_through(void **state)
{
	struct fixture *fixture = *state;
	static u8 model[SIZE];
	struct host_disk host;
	struct fault fault;
	struct disk disk;

	memcpy(model, fixture->content, SIZE);
	assert_true(disk_open(&disk, fixture->path, true, &fault));
	host = disk_host(&disk);
	exercise(&host, model);
	file_is(fixture, model);
	disk_close(&disk);
}

static void memory_begins_as_zeros(void **state)
{
	static u8 model[SIZE];
	struct host_disk host;
	struct fault fault;
	struct disk disk;

	memset(model, 0, SIZE);
	assert_true(disk_create(&disk, SIZE, &fault));
	host = disk_host(&disk);
	exercise(&host, model);
	disk_close(&disk);
}

static void refused(const char *path, bool write, const char *words)
{
	struct fault fault = { "" };
	struct disk disk;

	assert_false(disk_open(&disk, path, write, &fault));
	assert_non_null(strstr(fault.text, words));
	assert_non_null(strstr(fault.text, path));
	assert_int_equal(disk.file, -1);
}

static void what_is_no_disk_is_refused(void **state)
{
	struct fixture *fixture = *state;

	refused("/nowhere/at/all", false, "No such file");
	refused("/", false, "directory");
	refused("/dev/null", true, "regular");
	assert_int_equal(truncate(fixture->path, 513), 0);
	refused(fixture->path, false, "512");
	assert_int_equal(truncate(fixture->path, 0), 0);
	refused(fixture->path, false, "empty");
	assert_int_equal(truncate(fixture->path, (INT64_C(1) << 40) + 512), 0);
	refused(fixture->path, false, "1 TiB");
}

static void two_may_read_but_none_beside_a_writer(void **state)
{
	struct fixture *fixture = *state;
	struct disk reader, other;
	struct fault fault;

	assert_true(disk_open(&reader, fixture->path, false, &fault));
	assert_true(disk_open(&other, fixture->path, false, &fault));
	disk_close(&other);
	refused(fixture->path, true, "in use");
	disk_close(&reader);
	assert_true(disk_open(&reader, fixture->path, true, &fault));
	refused(fixture->path, false, "in use");
	disk_close(&reader);
}

static void a_file_that_shrinks_is_a_medium_error(void **state)
{
	struct fixture *fixture = *state;
	u8 bytes[DISK_SECTOR];
	struct host_disk host;
	struct fault fault;
	struct disk disk;

	assert_true(disk_open(&disk, fixture->path, false, &fault));
	host = disk_host(&disk);
	assert_int_equal(truncate(fixture->path, DISK_SECTOR), 0);
	assert_true(host.read(host.self, 0, bytes, DISK_SECTOR));
	assert_false(host.read(host.self, SIZE - DISK_SECTOR, bytes, DISK_SECTOR));
	assert_false(host.write(host.self, SIZE - DISK_SECTOR, bytes, DISK_SECTOR));
	disk_close(&disk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(changes_stay_in_memory, setup, teardown),
		cmocka_unit_test_setup_teardown(changes_go_through, setup, teardown),
		cmocka_unit_test(memory_begins_as_zeros),
		cmocka_unit_test_setup_teardown(what_is_no_disk_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(two_may_read_but_none_beside_a_writer, setup,
			teardown),
		cmocka_unit_test_setup_teardown(a_file_that_shrinks_is_a_medium_error, setup,
			teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
