/*
 * The ATA disk: identify, transfers by sector and by block, 28 and 48 bits, errors, resets.
 */
#include "core/dev/ata.h"
#include "tests/unit/dev.h"

enum { DATA = 0, ERROR = 4, FEATURES = 4, COUNT = 8, LOW = 12, MID = 16, HIGH = 20, DEVICE = 24,
	STATUS = 28, COMMAND = 28, CONTROL = ATA_CONTROL };
enum { IDLE = 0x50, REQUEST = 0x58, FAILED = 0x51 };

struct fixture {
	struct disk disk;
	struct ata ata;
	struct probe probe;
};

static void setup(struct fixture *f)
{
	struct host_disk disk = disk_host(&f->disk);

	f->probe = (struct probe){ &ata_device, &f->ata, 0 };
	ata_create(&f->ata, &disk, irq_word_line(&f->probe.line, 1));
}

static void out(struct fixture *f, u64 offset, u8 value)
{
	probe_write(&f->probe, offset, value, 1);
}

static u8 in(struct fixture *f, u64 offset)
{
	return (u8)probe_read(&f->probe, offset, 1);
}

static void command(struct fixture *f, u8 code, u32 lba, u8 count)
{
	out(f, DEVICE, (u8)(0x40 | lba >> 24));
	out(f, COUNT, count);
	out(f, LOW, (u8)lba);
	out(f, MID, (u8)(lba >> 8));
	out(f, HIGH, (u8)(lba >> 16));
	out(f, COMMAND, code);
}

static void command_ext(struct fixture *f, u8 code, u64 lba, u32 count)
{
	out(f, DEVICE, 0x40);
	out(f, COUNT, (u8)(count >> 8));
	out(f, LOW, (u8)(lba >> 24));
	out(f, MID, (u8)(lba >> 32));
	out(f, HIGH, (u8)(lba >> 40));
	out(f, COUNT, (u8)count);
	out(f, LOW, (u8)lba);
	out(f, MID, (u8)(lba >> 8));
	out(f, HIGH, (u8)(lba >> 16));
	out(f, COMMAND, code);
}

static void take(struct fixture *f, u8 *bytes, u32 length)
{
	for (u32 i = 0; i < length; i += 2) {
		u64 word = probe_read(&f->probe, DATA, 2);

		bytes[i] = (u8)word;
		bytes[i + 1] = (u8)(word >> 8);
	}
}

static void give(struct fixture *f, const u8 *bytes, u32 length)
{
	for (u32 i = 0; i < length; i += 2)
		probe_write(&f->probe, DATA, bytes[i] | (u64)bytes[i + 1] << 8, 2);
}

/* One interrupt, seen and acknowledged, with this status. */
static void assert_interrupt(struct fixture *f, u8 status)
{
	assert_int_equal(f->probe.line, 1);
	assert_int_equal(in(f, CONTROL), status);
	assert_int_equal(f->probe.line, 1);
	assert_int_equal(in(f, STATUS), status);
	assert_int_equal(f->probe.line, 0);
}

static void identify_tells_size_and_name(void **state)
{
	struct fixture f;
	u8 bytes[512];
	u16 words[256];

	setup(&f);
	out(&f, COMMAND, 0xec);
	assert_interrupt(&f, REQUEST);
	take(&f, bytes, 512);
	assert_int_equal(in(&f, STATUS), IDLE);
	memcpy(words, bytes, 512);
	assert_int_equal(words[60] | words[61] << 16, 64);
	assert_int_equal(words[100] | words[101] << 16, 64);
	assert_true(words[49] & 1 << 9);
	assert_int_equal(words[83] >> 14, 1);
	assert_true(words[83] & 1 << 10);
	assert_int_equal(words[27], 'R' << 8 | 'i');
	assert_int_equal(words[59], 0);
	out(&f, COUNT, 8);
	out(&f, COMMAND, 0xc6);
	out(&f, COMMAND, 0xec);
	take(&f, bytes, 512);
	assert_int_equal(bytes[118] | bytes[119] << 8, 0x108);
}

static void read_one_interrupt_per_sector(void **state)
{
	struct fixture f;
	u8 bytes[512];

	setup(&f);
	command(&f, 0x20, 5, 3);
	for (u32 i = 0; i < 3; i++) {
		assert_interrupt(&f, REQUEST);
		take(&f, bytes, 512);
		assert_memory_equal(bytes, f.disk.bytes + (5 + i) * 512, 512);
	}
	assert_int_equal(f.probe.line, 0);
	assert_int_equal(in(&f, STATUS), IDLE);
	assert_int_equal(probe_read(&f.probe, DATA, 2), 0);
}

static void wide_accesses_move_two_words(void **state)
{
	struct fixture f;
	u8 bytes[512];

	setup(&f);
	command(&f, 0x20, 63, 1);
	for (u32 i = 0; i < 512; i += 4) {
		u64 value = probe_read(&f.probe, DATA, 4);

		memcpy(bytes + i, &value, 4);
	}
	assert_memory_equal(bytes, f.disk.bytes + 63 * 512, 512);
	assert_int_equal(in(&f, STATUS), IDLE);
	command(&f, 0x30, 0, 1);
	for (u32 i = 0; i < 512; i += 4)
		probe_write(&f.probe, DATA, 0x04030201, 4);
	assert_int_equal(in(&f, STATUS), IDLE);
	assert_memory_equal(f.disk.bytes, "\1\2\3\4\1\2\3\4", 8);
}

static void write_then_read_back_ext(void **state)
{
	struct fixture f;
	u8 data[1024], bytes[1024];

	setup(&f);
	for (u32 i = 0; i < 1024; i++)
		data[i] = (u8)(i * 3 + (i >> 8));
	command_ext(&f, 0x34, 30, 2);
	/* The first request comes without an interrupt. */
	assert_int_equal(f.probe.line, 0);
	assert_int_equal(in(&f, STATUS), REQUEST);
	give(&f, data, 512);
	assert_interrupt(&f, REQUEST);
	give(&f, data + 512, 512);
	assert_interrupt(&f, IDLE);
	assert_memory_equal(f.disk.bytes + 30 * 512, data, 1024);
	command_ext(&f, 0x24, 30, 2);
	take(&f, bytes, 1024);
	assert_memory_equal(bytes, data, 1024);
	out(&f, COMMAND, 0xea);
	assert_interrupt(&f, IDLE);
	assert_int_equal(f.disk.flushes, 1);
}

static void multiple_moves_blocks(void **state)
{
	struct fixture f;
	u8 bytes[4 * 512];

	setup(&f);
	command(&f, 0xc4, 0, 6);
	assert_interrupt(&f, FAILED);
	assert_int_equal(in(&f, ERROR), 4);
	out(&f, COUNT, 3);
	out(&f, COMMAND, 0xc6);
	assert_interrupt(&f, FAILED);
	out(&f, COUNT, 4);
	out(&f, COMMAND, 0xc6);
	assert_interrupt(&f, IDLE);
	command(&f, 0xc4, 10, 6);
	assert_interrupt(&f, REQUEST);
	take(&f, bytes, 4 * 512);
	assert_memory_equal(bytes, f.disk.bytes + 10 * 512, 4 * 512);
	assert_interrupt(&f, REQUEST);
	take(&f, bytes, 2 * 512);
	assert_memory_equal(bytes, f.disk.bytes + 14 * 512, 2 * 512);
	assert_int_equal(f.probe.line, 0);
	assert_int_equal(f.disk.reads, 2);
	command(&f, 0xc5, 20, 5);
	give(&f, bytes, 4 * 512);
	assert_interrupt(&f, REQUEST);
	give(&f, bytes, 512);
	assert_interrupt(&f, IDLE);
	assert_memory_equal(f.disk.bytes + 20 * 512, bytes, 4 * 512);
	assert_memory_equal(f.disk.bytes + 24 * 512, bytes, 512);
}

static bool note_offset(void *self, u64 offset, void *to, u64 length)
{
	*(u64 *)self = offset;
	memset(to, 0, length);
	return true;
}

static void addresses_have_28_or_48_bits(void **state)
{
	struct fixture f;
	u64 offset = 0;

	setup(&f);
	f.ata.disk.size = UINT64_C(512) << 48;
	f.ata.disk.self = &offset;
	f.ata.disk.read = note_offset;
	command(&f, 0x20, 0xfedcba9, 1);
	assert_int_equal(offset / 512, 0xfedcba9);
	command_ext(&f, 0x24, UINT64_C(0xfedcba987654), 1);
	assert_int_equal(offset / 512, UINT64_C(0xfedcba987654));
	/* All 48 bits of count and address: the last sector, and one too many. */
	command_ext(&f, 0x42, UINT64_C(0xffffffff0000), 0);
	assert_interrupt(&f, IDLE);
	command_ext(&f, 0x42, UINT64_C(0xffffffff0001), 0);
	assert_interrupt(&f, FAILED);
	command_ext(&f, 0x42, UINT64_C(0xffffffffff00), 0x101);
	assert_interrupt(&f, FAILED);
	command(&f, 0x40, 0xfffff00, 0);
	assert_interrupt(&f, IDLE);
}

static void addresses_outside_the_disk_are_refused(void **state)
{
	struct fixture f;

	setup(&f);
	command(&f, 0x20, 64, 1);
	assert_interrupt(&f, FAILED);
	assert_int_equal(in(&f, ERROR), 0x10);
	command(&f, 0x20, 63, 2);
	assert_interrupt(&f, FAILED);
	command(&f, 0x30, 0, 0); /* 256 sectors */
	assert_interrupt(&f, FAILED);
	command_ext(&f, 0x24, UINT64_C(0xffffffffffff), 1);
	assert_interrupt(&f, FAILED);
	command_ext(&f, 0x34, 0, 0); /* 65,536 */
	assert_interrupt(&f, FAILED);
	command(&f, 0x40, 0, 64);
	assert_interrupt(&f, IDLE);
	out(&f, DEVICE, 0); /* cylinder, head, sector: not offered */
	out(&f, COMMAND, 0x20);
	assert_interrupt(&f, FAILED);
	assert_int_equal(f.disk.reads + f.disk.writes, 0);
}

static void medium_errors_name_the_sector(void **state)
{
	struct fixture f;
	u8 bytes[512];

	setup(&f);
	command(&f, 0x20, 7, 2);
	f.disk.broken = true;
	take(&f, bytes, 512);
	assert_interrupt(&f, FAILED);
	assert_int_equal(in(&f, ERROR), 0x40);
	assert_int_equal(in(&f, LOW), 8);
	command(&f, 0x30, 9, 1);
	give(&f, bytes, 512);
	assert_interrupt(&f, FAILED);
	out(&f, COMMAND, 0xe7);
	assert_interrupt(&f, FAILED);
	f.disk.broken = false;
	f.ata.disk.read_only = true;
	command(&f, 0x30, 9, 1);
	assert_interrupt(&f, FAILED);
	assert_int_equal(in(&f, ERROR), 4);
	give(&f, bytes, 512);
	assert_int_equal(f.disk.writes, 1);
}

static void unknown_commands_abort(void **state)
{
	struct fixture f;

	setup(&f);
	out(&f, COMMAND, 0xa1);
	assert_interrupt(&f, FAILED);
	assert_int_equal(in(&f, ERROR), 4);
	out(&f, FEATURES, 3);
	out(&f, COMMAND, 0xef);
	assert_interrupt(&f, IDLE);
	assert_int_equal(in(&f, ERROR), 0);
	out(&f, COMMAND, 0xe5);
	assert_interrupt(&f, IDLE);
	assert_int_equal(in(&f, COUNT), 0xff);
}

static void second_device_is_absent(void **state)
{
	struct fixture f;
	u8 bytes[512];

	setup(&f);
	out(&f, DEVICE, 0x10);
	assert_int_equal(in(&f, STATUS), 0);
	assert_int_equal(in(&f, CONTROL), 0);
	out(&f, COMMAND, 0xec);
	assert_int_equal(f.probe.line, 0);
	assert_int_equal(in(&f, STATUS), 0);
	out(&f, DEVICE, 0);
	assert_int_equal(in(&f, STATUS), IDLE);
	/* Data meant for it does not reach the other one. */
	command(&f, 0x30, 1, 1);
	out(&f, DEVICE, 0x10);
	memset(bytes, 0xee, sizeof(bytes));
	give(&f, bytes, 512);
	assert_int_equal(f.disk.writes, 0);
	out(&f, COMMAND, 0x90);
	assert_int_equal(in(&f, ERROR), 1);
	assert_int_equal(in(&f, LOW), 1);
}

static void reset_interrupt_mask_and_bytes_before(void **state)
{
	struct fixture f;

	setup(&f);
	out(&f, CONTROL, 2);
	command(&f, 0x20, 1, 1);
	assert_int_equal(f.probe.line, 0);
	out(&f, CONTROL, 0);
	assert_int_equal(f.probe.line, 1);
	out(&f, CONTROL, 4);
	assert_int_equal(f.probe.line, 0);
	assert_int_equal(in(&f, STATUS), 0x80);
	out(&f, COMMAND, 0xec);
	assert_int_equal(in(&f, STATUS), 0x80);
	assert_int_equal(probe_read(&f.probe, DATA, 2), 0);
	out(&f, CONTROL, 0);
	assert_int_equal(in(&f, STATUS), IDLE);
	assert_int_equal(in(&f, ERROR), 1);
	assert_int_equal(in(&f, COUNT), 1);
	assert_int_equal(in(&f, LOW), 1);
	assert_int_equal(in(&f, MID), 0);
	assert_int_equal(in(&f, HIGH), 0);
	out(&f, LOW, 0x12);
	out(&f, LOW, 0x34);
	out(&f, CONTROL, 0x80);
	assert_int_equal(in(&f, LOW), 0x12);
	out(&f, COUNT, 1);
	assert_int_equal(in(&f, LOW), 0x34);
}

/* Whatever a snapshot holds, no transfer leaves the buffer or the disk. */
static void restored_state_is_forced_into_range(void **state)
{
	struct fixture f;
	u64 seed = 88172645463325252;

	setup(&f);
	for (u32 round = 0; round < 2000; round++) {
		struct ata_state *s = &f.ata.state;

		s->lba = next_random(&seed) % 80;
		s->remaining = (u32)(next_random(&seed) % 40);
		s->limit = (u32)(next_random(&seed) % 40 * 256);
		s->position = (u32)(next_random(&seed) % 9000);
		s->block = (u32)(next_random(&seed) % 20);
		s->multiple = (u32)(next_random(&seed) % 20);
		s->transfer = next_random(&seed) % 4;
		s->status = 0x58;
		ata_restored(&f.ata);
		assert_true(s->multiple <= ATA_MULTIPLE);
		assert_true(s->transfer == ATA_IDLE || s->position < s->limit);
		for (u32 i = 0; i < 600; i++) {
			probe_read(&f.probe, DATA, 4);
			probe_write(&f.probe, DATA, i, 4);
			assert_true(s->transfer == ATA_IDLE || s->position < s->limit);
		}
		assert_true(s->transfer == ATA_IDLE || s->limit <= sizeof(s->buffer));
	}
	assert_true(f.disk.reads > 0 && f.disk.writes > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(identify_tells_size_and_name),
		cmocka_unit_test(read_one_interrupt_per_sector),
		cmocka_unit_test(wide_accesses_move_two_words),
		cmocka_unit_test(write_then_read_back_ext),
		cmocka_unit_test(multiple_moves_blocks),
		cmocka_unit_test(addresses_have_28_or_48_bits),
		cmocka_unit_test(addresses_outside_the_disk_are_refused),
		cmocka_unit_test(medium_errors_name_the_sector),
		cmocka_unit_test(unknown_commands_abort),
		cmocka_unit_test(second_device_is_absent),
		cmocka_unit_test(reset_interrupt_mask_and_bytes_before),
		cmocka_unit_test(restored_state_is_forced_into_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
