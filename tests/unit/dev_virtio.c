/*
 * virtio: negotiation, queues, interrupts with and without EVENT_IDX, the disk's requests.
 */
#include "tests/unit/dev_virtio.h"

static void identity_and_configuration(void **state)
{
	struct fixture f;

	setup(&f);
	assert_int_equal(in(&f, 0), 0x74726976);
	assert_int_equal(in(&f, 4), 2);
	assert_int_equal(in(&f, 8), 2);
	assert_int_equal(probe_read(&f.probe, CONFIG, 8), DISK_SIZE / 512);
	assert_int_equal(probe_read(&f.probe, CONFIG, 2), DISK_SIZE / 512);
	assert_int_equal(probe_read(&f.probe, CONFIG + 12, 4), VIRTIO_BLK_SEG_MAX);
	assert_int_equal(probe_read(&f.probe, CONFIG + 20, 4), 512);
	assert_int_equal(probe_read(&f.probe, CONFIG + 0xef8, 8), 0);
	assert_int_equal(probe_read(&f.probe, 0, 1), 0);
	out(&f, QSEL, 0);
	assert_int_equal(in(&f, QMAX), VIRTIO_QUEUE_SIZE);
	out(&f, QSEL, 1);
	assert_int_equal(in(&f, QMAX), 0);
	out(&f, QSEL, 0xffffffff);
	out(&f, QNUM, 8);
	out(&f, QREADY, 1);
	assert_int_equal(in(&f, QREADY), 0);
	ram_destroy(&f.ram);
}

static void features_not_offered_are_refused(void **state)
{
	struct fixture f;

	setup(&f);
	out(&f, FEATURES_SEL, 1);
	assert_int_equal(in(&f, FEATURES), 1);
	out(&f, FEATURES_SEL, 0);
	assert_true(in(&f, FEATURES) & 1 << 29);
	assert_false(in(&f, FEATURES) & 1 << 5);
	out(&f, FEATURES_SEL, 2);
	assert_int_equal(in(&f, FEATURES), 0);
	out(&f, ACCEPTED_SEL, 0);
	out(&f, ACCEPTED, 1 << 30);
	out(&f, STATUS, 11);
	assert_int_equal(in(&f, STATUS), 3);
	out(&f, ACCEPTED, 1 << 9);
	out(&f, STATUS, 11);
	assert_int_equal(in(&f, STATUS), 11);
	out(&f, ACCEPTED, 0);
	assert_true(virtio_has(&f.blk.virtio, 1 << 9));
	out(&f, STATUS, 0);
	assert_int_equal(in(&f, STATUS), 0);
	assert_false(virtio_has(&f.blk.virtio, 1 << 9));
	ram_destroy(&f.ram);
}

static void read_write_flush_identify(void **state)
{
	struct fixture f;
	u8 bytes[1024];

	start(&f, VIRTIO_F_VERSION_1);
	request(&f, 0, 0, 5, 1024);
	out(&f, NOTIFY, 0);
	assert_int_equal(status(&f), 0);
	assert_int_equal(used(&f), 1);
	assert_int_equal(used_length(&f, 0), 1025);
	assert_true(ram_copy_out(&f.ram, BUFFER, bytes, 1024));
	assert_memory_equal(bytes, f.disk.bytes + 5 * 512, 1024);
	assert_int_equal(f.probe.line, 1);
	assert_int_equal(in(&f, ISR), 1);
	out(&f, ACK, 1);
	assert_int_equal(f.probe.line, 0);

	memset(bytes, 0x5a, sizeof(bytes));
	assert_true(ram_copy_in(&f.ram, BUFFER, bytes, 1024));
	request(&f, 3, 1, 62, 1024);
	out(&f, NOTIFY, 0);
	assert_int_equal(status(&f), 0);
	assert_int_equal(used_length(&f, 1), 1);
	assert_int_equal(ram_read(&f.ram, USED + 4 + 8, 4), 3);
	assert_memory_equal(f.disk.bytes + 62 * 512, bytes, 1024);

	header(&f, 4, 0);
	descriptor(&f, 0, HEADER, 16, NEXT, 1);
	descriptor(&f, 1, STATE, 1, WRITE, 0);
	offer(&f, 0);
	out(&f, NOTIFY, 0);
	assert_int_equal(status(&f), 0);
	assert_int_equal(f.disk.flushes, 1);

	request(&f, 0, 8, 0, 20);
	out(&f, NOTIFY, 0);
	assert_int_equal(status(&f), 0);
	assert_true(ram_copy_out(&f.ram, BUFFER, bytes, 20));
	assert_string_equal((char *)bytes, "ringside-disk");

	request(&f, 0, 77, 0, 512);
	out(&f, NOTIFY, 0);
	assert_int_equal(status(&f), 2);
	assert_int_equal(used(&f), 5);
	ram_destroy(&f.ram);
}

static void requests_that_cannot_be_met_fail(void **state)
{
	static const struct { u32 type, length; u64 sector; } bad[] = {
		{ 0, 512, 64 }, { 0, 1024, 63 }, { 0, 511, 0 }, { 0, 512, NEVER },
		{ 1, 512, 64 }, { 1, 1024, 63 }, { 1, 513, 0 }, { 0, 512, NEVER / 512 },
	};
	struct fixture f;

	start(&f, VIRTIO_F_VERSION_1);
	for (u32 i = 0; i < COUNT_OF(bad); i++) {
		request(&f, 0, bad[i].type, bad[i].sector, bad[i].length);
		out(&f, NOTIFY, 0);
		assert_int_equal(status(&f), 1);
	}
	assert_int_equal(f.disk.reads + f.disk.writes, 0);
	f.disk.broken = true;
	request(&f, 0, 0, 0, 512);
	out(&f, NOTIFY, 0);
	assert_int_equal(status(&f), 1);
	f.disk.broken = false;
	f.blk.disk.read_only = true;
	request(&f, 0, 1, 0, 512);
	out(&f, NOTIFY, 0);
	assert_int_equal(status(&f), 1);
	assert_int_equal(f.disk.writes, 0);
	assert_int_equal(in(&f, STATUS), 15);
	ram_destroy(&f.ram);
}

/* Data in odd pieces, and the status byte at the end of the last of them. */
static void pieces_need_not_be_sectors(void **state)
{
	struct fixture f;
	u8 bytes[513];

	start(&f, VIRTIO_F_VERSION_1);
	header(&f, 0, 9);
	descriptor(&f, 0, HEADER, 7, NEXT, 1);
	descriptor(&f, 1, HEADER + 7, 9, NEXT, 2);
	descriptor(&f, 2, BUFFER, 100, NEXT | WRITE, 3);
	descriptor(&f, 3, BUFFER, 0, NEXT | WRITE, 4);
	descriptor(&f, 4, BUFFER + 100, 413, WRITE, 0);
	offer(&f, 0);
	out(&f, NOTIFY, 0);
	assert_int_equal(used(&f), 1);
	assert_int_equal(used_length(&f, 0), 513);
	assert_true(ram_copy_out(&f.ram, BUFFER, bytes, 513));
	assert_memory_equal(bytes, f.disk.bytes + 9 * 512, 512);
	assert_int_equal(bytes[512], 0);
	ram_destroy(&f.ram);
}

static void indirect_tables(void **state)
{
	struct fixture f;

	start(&f, VIRTIO_F_VERSION_1 | VIRTIO_F_INDIRECT_DESC);
	header(&f, 0, 1);
	describe(&f, INDIRECT_AT, HEADER, 16, NEXT, 2);
	describe(&f, INDIRECT_AT + 32, BUFFER, 512, NEXT | WRITE, 1);
	describe(&f, INDIRECT_AT + 16, STATE, 1, WRITE, 0);
	descriptor(&f, 6, INDIRECT_AT, 48, INDIRECT, 0);
	offer(&f, 6);
	out(&f, NOTIFY, 0);
	assert_int_equal(status(&f), 0);
	assert_int_equal(ram_read(&f.ram, USED + 4, 4), 6);
	assert_int_equal(ram_read(&f.ram, BUFFER, 1), f.disk.bytes[512]);
	ram_destroy(&f.ram);
}

static void driver_can_refuse_interrupts(void **state)
{
	struct fixture f;

	start(&f, VIRTIO_F_VERSION_1);
	ram_write(&f.ram, AVAIL, 1, 2);
	request(&f, 0, 0, 0, 512);
	out(&f, NOTIFY, 0);
	assert_int_equal(used(&f), 1);
	assert_int_equal(f.probe.line, 0);
	out(&f, NOTIFY, 0);
	assert_int_equal(used(&f), 1);
	ram_destroy(&f.ram);
}

static void event_index_says_when_to_interrupt(void **state)
{
	struct fixture f;

	start(&f, VIRTIO_F_VERSION_1 | VIRTIO_F_EVENT_IDX);
	ram_write(&f.ram, AVAIL, 1, 2); /* without meaning now */
	ram_write(&f.ram, AVAIL + 4 + 2 * SIZE, 2, 2);
	for (u32 i = 1; i <= 4; i++) {
		request(&f, 0, 0, 0, 512);
		out(&f, NOTIFY, 0);
		assert_int_equal(used(&f), i);
		/* Index 2 is passed when the third buffer comes back. */
		assert_int_equal(f.probe.line, i == 3);
		out(&f, ACK, 1);
		assert_int_equal(ram_read(&f.ram, USED + 4 + 8 * SIZE, 2), i);
	}
	/* A batch that passes it. */
	ram_write(&f.ram, AVAIL + 4 + 2 * SIZE, 5, 2);
	for (u32 i = 0; i < 3; i++)
		request(&f, 0, 0, 0, 512);
	out(&f, NOTIFY, 0);
	assert_int_equal(used(&f), 7);
	assert_int_equal(f.probe.line, 1);
	ram_destroy(&f.ram);
}

static void indices_wrap(void **state)
{
	struct fixture f;

	start(&f, VIRTIO_F_VERSION_1 | VIRTIO_F_EVENT_IDX);
	for (u32 i = 0; i < 70000; i++) {
		request(&f, 0, 4, 0, 512);
		ram_write(&f.ram, AVAIL + 4 + 2 * SIZE, (u16)i, 2);
		out(&f, NOTIFY, 0);
		assert_int_equal(f.probe.line, 1);
		out(&f, ACK, 1);
	}
	assert_int_equal(used(&f), (u16)70000);
	assert_int_equal(f.disk.flushes, 70000);
	ram_destroy(&f.ram);
}

static void nothing_happens_before_driver_ok(void **state)
{
	struct fixture f;

	setup(&f);
	set_queue(&f, SIZE);
	request(&f, 0, 0, 0, 512);
	out(&f, NOTIFY, 0);
	assert_int_equal(used(&f), 0);
	out(&f, STATUS, 15);
	out(&f, NOTIFY, 1);
	out(&f, NOTIFY, 0xffffffff);
	assert_int_equal(used(&f), 0);
	out(&f, NOTIFY, 0);
	assert_int_equal(used(&f), 1);
	ram_destroy(&f.ram);
}

static void ready_queues_do_not_move(void **state)
{
	struct fixture f;

	start(&f, VIRTIO_F_VERSION_1);
	out(&f, DESC, 0);
	out(&f, QNUM, 256);
	request(&f, 0, 0, 0, 512);
	out(&f, NOTIFY, 0);
	assert_int_equal(used(&f), 1);
	out(&f, QREADY, 0);
	request(&f, 0, 0, 0, 512);
	out(&f, NOTIFY, 0);
	assert_int_equal(used(&f), 1);
	ram_destroy(&f.ram);
}

static void reset_in_mid_flight_drops_the_chain(void **state)
{
	struct fixture f;
	struct virtio_chain chain;

	start(&f, VIRTIO_F_VERSION_1);
	request(&f, 0, 0, 0, 512);
	assert_true(virtio_pop(&f.blk.virtio, 0, &chain));
	assert_int_equal(chain.read_length, 16);
	assert_int_equal(chain.write_length, 513);
	assert_false(virtio_pop(&f.blk.virtio, 0, &chain));
	out(&f, STATUS, 0);
	virtio_push(&f.blk.virtio, &chain, 1);
	virtio_signal(&f.blk.virtio, 0);
	assert_int_equal(used(&f), 0);
	assert_int_equal(f.probe.line, 0);
	ram_destroy(&f.ram);
}

static void chains_hold_no_empty_segments(void **state)
{
	struct fixture f;
	struct virtio_chain chain;

	start(&f, VIRTIO_F_VERSION_1);
	request(&f, 0, 0, 0, 0);
	assert_true(virtio_pop(&f.blk.virtio, 0, &chain));
	assert_int_equal(chain.count, 2);
	assert_int_equal(chain.readable, 1);
	assert_int_equal(chain.segment[1].address, STATE);
	ram_destroy(&f.ram);
}

static void configuration_changes_are_told(void **state)
{
	struct fixture f;
	u64 generation;

	start(&f, VIRTIO_F_VERSION_1);
	generation = in(&f, 0xfc);
	virtio_config_changed(&f.blk.virtio);
	assert_int_equal(in(&f, 0xfc), generation + 1);
	assert_int_equal(in(&f, ISR), 2);
	assert_int_equal(f.probe.line, 1);
	f.probe.line = 0;
	virtio_restored(&f.blk.virtio);
	assert_int_equal(f.probe.line, 1);
	ram_destroy(&f.ram);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(identity_and_configuration),
		cmocka_unit_test(features_not_offered_are_refused),
		cmocka_unit_test(read_write_flush_identify),
		cmocka_unit_test(requests_that_cannot_be_met_fail),
		cmocka_unit_test(pieces_need_not_be_sectors),
		cmocka_unit_test(indirect_tables),
		cmocka_unit_test(driver_can_refuse_interrupts),
		cmocka_unit_test(event_index_says_when_to_interrupt),
		cmocka_unit_test(indices_wrap),
		cmocka_unit_test(nothing_happens_before_driver_ok),
		cmocka_unit_test(ready_queues_do_not_move),
		cmocka_unit_test(reset_in_mid_flight_drops_the_chain),
		cmocka_unit_test(chains_hold_no_empty_segments),
		cmocka_unit_test(configuration_changes_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
