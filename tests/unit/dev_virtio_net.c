/*
 * The network card: frames out and in, with both sizes of header, at the times that the wire names;
 * buffers that do not fit, rings that lie, a cable that is not there.
 */
#include "core/dev/virtio_net.h"

#include "tests/unit/dev_virtio_rings.h"

#define MODERN (VIRTIO_F_VERSION_1 | 1 << 5)

struct fixture {
	struct rig rig;
	struct wire wire;
	struct virtio_net card;
};

static void start(struct fixture *f, u64 features)
{
	struct virtio_wiring wiring = rig_wiring(&f->rig);
	struct host_net net = wire_net(&f->wire);

	virtio_net_create(&f->card, &f->rig.clock, &net, &wiring);
	rig_start(&f->rig, &virtio_net_device, &f->card.virtio, features);
}

static void it_says_its_address(void **state)
{
	struct fixture f;

	start(&f, MODERN);
	assert_int_equal(rig_in(&f.rig, 8), 1);
	assert_int_equal(probe_read(&f.rig.probe, CONFIG, 1), 2);
	assert_int_equal(probe_read(&f.rig.probe, CONFIG + 5, 1), 1);
	assert_int_equal(probe_read(&f.rig.probe, CONFIG + 10, 2), 1500);
	rig_destroy(&f.rig);
}

static void frames_go_out(void **state)
{
	static const struct { u64 features; u32 header; } rows[] = { { MODERN, 12 }, { 0, 10 } };
	struct fixture f;

	for (u32 i = 0; i < COUNT_OF(rows); i++) {
		u32 header = rows[i].header;

		start(&f, rows[i].features);
		rig_run(&f.rig, 500);
		ram_write(&f.rig.ram, buffer(1, 0) + header, 0x1122, 2);
		/* Header and frame apart, as Linux gives them. */
		rig_describe(&f.rig, 1, 0, buffer(1, 0), header, NEXT, 1);
		rig_describe(&f.rig, 1, 1, buffer(1, 0) + header, 60, 0, 0);
		rig_offer(&f.rig, 1, 0);
		rig_out(&f.rig, NOTIFY, 1);
		assert_int_equal(f.wire.sent, 1);
		assert_int_equal(f.wire.sent_at, 500);
		assert_int_equal(f.wire.last_length, 60);
		assert_int_equal(f.wire.last[0], 0x22);
		assert_int_equal(rig_used(&f.rig, 1), 1);
		assert_int_equal(f.rig.probe.line, 1);

		/* Too short, too long: no frames, and given back all the same. */
		rig_give(&f.rig, 1, 2, header + HOST_FRAME_LEAST - 1, 0);
		rig_give(&f.rig, 1, 3, header + HOST_FRAME + 1, 0);
		rig_give(&f.rig, 1, 4, 5, 0);
		rig_give(&f.rig, 1, 5, 0, 0);
		rig_give(&f.rig, 1, 6, header + HOST_FRAME, 0);
		rig_out(&f.rig, NOTIFY, 1);
		assert_int_equal(f.wire.sent, 2);
		assert_int_equal(f.wire.last_length, HOST_FRAME);
		assert_int_equal(rig_used(&f.rig, 1), 6);
		rig_destroy(&f.rig);
	}
}

static void frames_come_at_their_time(void **state)
{
	static const struct { u64 features; u32 header; } rows[] = { { MODERN, 12 }, { 0, 10 } };
	struct fixture f;

	for (u32 i = 0; i < COUNT_OF(rows); i++) {
		u32 header = rows[i].header;

		start(&f, rows[i].features);
		wire_bring(&f.wire, 1000, 60, 0xaa);
		wire_bring(&f.wire, 1000, 1514, 0xbb);
		wire_bring(&f.wire, 7000, 64, 0xcc);
		for (u32 j = 0; j < 3; j++)
			rig_give(&f.rig, 0, j, header + HOST_FRAME, WRITE);
		rig_out(&f.rig, NOTIFY, 0);
		rig_run(&f.rig, 999);
		assert_int_equal(rig_used(&f.rig, 0), 0);
		rig_run(&f.rig, 1);
		assert_int_equal(rig_used(&f.rig, 0), 2);
		assert_int_equal(rig_used_length(&f.rig, 0, 0), header + 60);
		assert_int_equal(rig_used_length(&f.rig, 0, 1), header + 1514);
		assert_int_equal(ram_read(&f.rig.ram, buffer(0, 0), 8), 0);
		assert_int_equal(ram_read(&f.rig.ram, buffer(0, 0) + header, 2), 0xaaaa);
		assert_int_equal(ram_read(&f.rig.ram, buffer(0, 0) + header + 60, 1), 0);
		if (header == 12)
			assert_int_equal(ram_read(&f.rig.ram, buffer(0, 0) + 10, 2), 1);
		assert_int_equal(f.rig.probe.line, 1);
		rig_out(&f.rig, ACK, 1);
		rig_run(&f.rig, 5999);
		assert_int_equal(rig_used(&f.rig, 0), 2);
		rig_run(&f.rig, 1);
		assert_int_equal(rig_used(&f.rig, 0), 3);
		assert_int_equal(f.rig.probe.line, 1);
		assert_true(clock_next(&f.rig.clock) == NEVER);
		rig_destroy(&f.rig);
	}
}

/* Without buffers the frames wait on the wire; a buffer too small loses its frame, no more. */
static void frames_wait_for_buffers(void **state)
{
	struct fixture f;

	start(&f, MODERN | VIRTIO_F_EVENT_IDX);
	wire_bring(&f.wire, 10, 60, 1);
	wire_bring(&f.wire, 20, 60, 2);
	rig_run(&f.rig, 1000);
	assert_int_equal(f.wire.received, 0);
	assert_true(clock_next(&f.rig.clock) == NEVER);
	rig_give(&f.rig, 0, 0, 71, WRITE);
	rig_out(&f.rig, NOTIFY, 0);
	rig_run(&f.rig, 1);
	assert_int_equal(f.wire.received, 1);
	assert_int_equal(rig_used(&f.rig, 0), 1);
	assert_int_equal(rig_used_length(&f.rig, 0, 0), 0);
	/* The driver was asked to say when there is a buffer again. */
	assert_int_equal(ram_read(&f.rig.ram, ring(0) + USED + 4 + 8 * SIZE, 2), 1);
	rig_give(&f.rig, 0, 1, 72, WRITE);
	rig_out(&f.rig, NOTIFY, 0);
	rig_run(&f.rig, 1);
	assert_int_equal(f.wire.received, 2);
	assert_int_equal(rig_used_length(&f.rig, 0, 1), 72);
	rig_destroy(&f.rig);
}

/* Buffers offered before DRIVER_OK count from there on, without a kick. */
static void buffers_may_come_first(void **state)
{
	struct fixture f;

	start(&f, MODERN);
	rig_out(&f.rig, STATUS, 11);
	wire_bring(&f.wire, 10, 60, 1);
	rig_give(&f.rig, 0, 0, 2000, WRITE);
	rig_run(&f.rig, 100);
	assert_int_equal(f.wire.received, 0);
	rig_out(&f.rig, STATUS, 15);
	rig_run(&f.rig, 1);
	assert_int_equal(f.wire.received, 1);
	rig_out(&f.rig, STATUS, 0);
	assert_true(clock_next(&f.rig.clock) == NEVER);
	rig_destroy(&f.rig);
}

static void without_a_cable_nothing_happens(void **state)
{
	struct fixture f;
	struct virtio_wiring wiring = rig_wiring(&f.rig);

	virtio_net_create(&f.card, &f.rig.clock, &(struct host_net){ 0 }, &wiring);
	rig_start(&f.rig, &virtio_net_device, &f.card.virtio, MODERN);
	rig_give(&f.rig, 0, 0, 2000, WRITE);
	rig_give(&f.rig, 1, 0, 72, 0);
	rig_out(&f.rig, NOTIFY, 0);
	rig_out(&f.rig, NOTIFY, 1);
	assert_int_equal(rig_used(&f.rig, 1), 1);
	rig_run(&f.rig, 1000000);
	assert_int_equal(rig_used(&f.rig, 0), 0);
	rig_destroy(&f.rig);
}

static void hostile_rings_fail_the_card(void **state)
{
	struct fixture f;

	for (u32 i = 0; i < 4; i++) {
		start(&f, MODERN);
		wire_bring(&f.wire, 10, 60, 1);
		rig_give(&f.rig, 0, 0, 2000, WRITE);
		switch (i) {
		case 0:
			rig_describe(&f.rig, 0, 0, BASE + RAM_SIZE - 8, 2000, WRITE, 0);
			break;
		case 1:
			rig_describe(&f.rig, 0, 0, buffer(0, 0), 2000, WRITE | NEXT, 0);
			break;
		case 2:
			ram_write(&f.rig.ram, ring(0) + AVAIL + 2, 100, 2);
			break;
		case 3:
			*ram_flags(&f.rig.ram, buffer(0, 0)) |= RAM_SEALED;
			break;
		}
		rig_out(&f.rig, NOTIFY, 0);
		rig_run(&f.rig, 100);
		assert_int_equal(rig_in(&f.rig, STATUS) & VIRTIO_NEEDS_RESET, VIRTIO_NEEDS_RESET);
		assert_int_equal(rig_used(&f.rig, 0), 0);
		assert_true(clock_next(&f.rig.clock) == NEVER);
		rig_destroy(&f.rig);
	}
}

/* Frames that are written over the ring of buffers: each event ends. */
static void frames_into_the_ring_end(void **state)
{
	struct fixture f;

	start(&f, MODERN);
	for (u32 i = 0; i < 16; i++)
		wire_bring(&f.wire, 10, 60, (u8)i);
	rig_describe(&f.rig, 0, 0, ring(0) + AVAIL, 2000, WRITE, 0);
	rig_offer(&f.rig, 0, 0);
	rig_out(&f.rig, NOTIFY, 0);
	rig_run(&f.rig, 100);
	assert_true(f.wire.received >= 1);
	rig_destroy(&f.rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_says_its_address),
		cmocka_unit_test(frames_go_out),
		cmocka_unit_test(frames_come_at_their_time),
		cmocka_unit_test(frames_wait_for_buffers),
		cmocka_unit_test(buffers_may_come_first),
		cmocka_unit_test(without_a_cable_nothing_happens),
		cmocka_unit_test(hostile_rings_fail_the_card),
		cmocka_unit_test(frames_into_the_ring_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
