/*
 * The small virtio devices: random numbers and console.
 */
#include "core/dev/virtio_console.h"
#include "core/dev/virtio_rng.h"

#include "tests/unit/dev_virtio_rings.h"

enum { INPUT = 0, OUTPUT = 1 };

static void random_numbers_follow_from_the_seed(void **state)
{
	static const u64 seeds[] = { 7, 7, 8 };
	u8 bytes[COUNT_OF(seeds)][128];

	for (u32 i = 0; i < COUNT_OF(seeds); i++) {
		struct virtio_rng rng;
		struct rig rig;
		struct virtio_wiring wiring = rig_wiring(&rig);

		virtio_rng_create(&rng, seeds[i], &wiring);
		rig_start(&rig, &virtio_rng_device, &rng.virtio, VIRTIO_F_VERSION_1);
		assert_int_equal(rig_in(&rig, 8), 4);
		rig_give(&rig, 0, 0, 61, WRITE);
		rig_give(&rig, 0, 1, 3, WRITE);
		rig_out(&rig, NOTIFY, 0);
		assert_int_equal(rig_used(&rig, 0), 2);
		assert_int_equal(rig_used_length(&rig, 0, 0), 61);
		assert_int_equal(rig_used_length(&rig, 0, 1), 3);
		assert_int_equal(ram_read(&rig.ram, buffer(0, 0) + 61, 1), 0);
		assert_int_equal(rig.probe.line, 1);
		/* A driver that starts again does not see the same numbers again. */
		rig_out(&rig, STATUS, 0);
		memset(rig.added, 0, sizeof(rig.added));
		rig_start(&rig, &virtio_rng_device, &rng.virtio, VIRTIO_F_VERSION_1);
		rig_give(&rig, 0, 2, 64, WRITE);
		rig_out(&rig, NOTIFY, 0);
		assert_true(ram_copy_out(&rig.ram, buffer(0, 0), bytes[i], 64));
		assert_true(ram_copy_out(&rig.ram, buffer(0, 2), bytes[i] + 64, 64));
		assert_memory_not_equal(bytes[i], bytes[i] + 64, 61);
		rig_destroy(&rig);
	}
	assert_memory_equal(bytes[0], bytes[1], 128);
	assert_memory_not_equal(bytes[0], bytes[2], 61);
}

static void large_and_odd_requests_for_numbers(void **state)
{
	struct virtio_rng rng;
	struct rig rig;
	struct virtio_wiring wiring = rig_wiring(&rig);

	virtio_rng_create(&rng, 1, &wiring);
	rig_start(&rig, &virtio_rng_device, &rng.virtio, VIRTIO_F_VERSION_1);
	rig_describe(&rig, 0, 0, BASE + 0x40000, 0x80000, WRITE, 0);
	rig_offer(&rig, 0, 0);
	rig_give(&rig, 0, 1, 16, 0);
	rig_out(&rig, NOTIFY, 0);
	assert_int_equal(rig_used_length(&rig, 0, 0), VIRTIO_RNG_MOST);
	assert_int_equal(rig_used_length(&rig, 0, 1), 0);
	/* Random bytes over the ring itself. */
	rig_describe(&rig, 0, 2, ring(0), 0x1000, WRITE, 0);
	rig_offer(&rig, 0, 2);
	rig_out(&rig, NOTIFY, 0);
	rig_destroy(&rig);
}

struct fixture {
	struct rig rig;
	struct console host;
	struct virtio_console console;
};

static void start(struct fixture *f, const char *input, bool ends)
{
	struct virtio_wiring wiring = rig_wiring(&f->rig);
	struct host host;

	memset(&f->host, 0, sizeof(f->host));
	f->host.in = input;
	f->host.ends = ends;
	host = console_host(&f->host);
	virtio_console_create(&f->console, &f->rig.clock, &host, 1, &wiring);
	rig_start(&f->rig, &virtio_console_device, &f->console.virtio, VIRTIO_F_VERSION_1);
}

static void text_goes_out_in_pieces(void **state)
{
	struct fixture f;

	start(&f, NULL, false);
	assert_int_equal(rig_in(&f.rig, 8), 3);
	rig_run(&f.rig, 77);
	assert_true(ram_copy_in(&f.rig.ram, buffer(OUTPUT, 0), "hello, ", 7));
	assert_true(ram_copy_in(&f.rig.ram, buffer(OUTPUT, 1), "world", 5));
	rig_describe(&f.rig, OUTPUT, 0, buffer(OUTPUT, 0), 7, NEXT, 1);
	rig_describe(&f.rig, OUTPUT, 1, buffer(OUTPUT, 1), 5, 0, 0);
	rig_offer(&f.rig, OUTPUT, 0);
	rig_out(&f.rig, NOTIFY, OUTPUT);
	assert_int_equal(f.host.written, 12);
	assert_memory_equal(f.host.out, "hello, world", 12);
	assert_int_equal(f.host.cycle, 77);
	assert_int_equal(rig_used(&f.rig, OUTPUT), 1);
	assert_int_equal(f.rig.probe.line, 1);
	rig_destroy(&f.rig);
}

static void input_comes_byte_by_byte(void **state)
{
	struct fixture f;

	start(&f, "abc", true);
	rig_run(&f.rig, 10 * VIRTIO_CONSOLE_IDLE_CYCLES);
	assert_int_equal(f.host.polls, 0); /* no buffer: not asked, so nothing lost */
	rig_give(&f.rig, INPUT, 0, 100, WRITE);
	rig_give(&f.rig, INPUT, 1, 100, WRITE);
	rig_out(&f.rig, NOTIFY, INPUT);
	rig_run(&f.rig, VIRTIO_CONSOLE_FIRST_CYCLES - 1);
	assert_int_equal(rig_used(&f.rig, INPUT), 0);
	rig_run(&f.rig, 1);
	assert_int_equal(rig_used(&f.rig, INPUT), 1);
	assert_int_equal(rig_used_length(&f.rig, INPUT, 0), 1);
	assert_int_equal(ram_read(&f.rig.ram, buffer(INPUT, 0), 1), 'a');
	rig_run(&f.rig, VIRTIO_CONSOLE_BYTE_CYCLES);
	assert_int_equal(ram_read(&f.rig.ram, buffer(INPUT, 1), 1), 'b');
	rig_run(&f.rig, 10 * VIRTIO_CONSOLE_IDLE_CYCLES);
	assert_int_equal(f.host.polls, 2);
	for (u32 i = 2; i < 5; i++)
		rig_give(&f.rig, INPUT, i, 100, WRITE);
	rig_out(&f.rig, NOTIFY, INPUT);
	rig_run(&f.rig, 10 * VIRTIO_CONSOLE_IDLE_CYCLES);
	assert_int_equal(ram_read(&f.rig.ram, buffer(INPUT, 2), 1), 'c');
	assert_int_equal(rig_used(&f.rig, INPUT), 3);
	assert_int_equal(f.host.polls, 4); /* the last: HOST_END */
	assert_true(clock_next(&f.rig.clock) == NEVER);
	rig_destroy(&f.rig);
}

static void a_silent_input_is_polled(void **state)
{
	struct fixture f;

	start(&f, NULL, false);
	rig_give(&f.rig, INPUT, 0, 1, WRITE);
	rig_out(&f.rig, NOTIFY, INPUT);
	rig_run(&f.rig, VIRTIO_CONSOLE_FIRST_CYCLES + 3 * VIRTIO_CONSOLE_IDLE_CYCLES);
	assert_int_equal(f.host.polls, 4);
	assert_int_equal(rig_used(&f.rig, INPUT), 0);
	f.host.in = "x";
	rig_run(&f.rig, VIRTIO_CONSOLE_IDLE_CYCLES);
	assert_int_equal(rig_used(&f.rig, INPUT), 1);
	rig_destroy(&f.rig);
}

static void too_much_text_fails_the_console(void **state)
{
	struct fixture f;

	start(&f, NULL, false);
	for (u32 i = 0; i < SIZE; i++)
		rig_describe(&f.rig, OUTPUT, i, BASE, RAM_SIZE, i < SIZE - 1 ? NEXT : 0, i + 1);
	rig_offer(&f.rig, OUTPUT, 0);
	rig_out(&f.rig, NOTIFY, OUTPUT);
	assert_int_equal(f.host.written, 0);
	assert_int_equal(rig_in(&f.rig, STATUS) & VIRTIO_NEEDS_RESET, VIRTIO_NEEDS_RESET);
	rig_destroy(&f.rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_numbers_follow_from_the_seed),
		cmocka_unit_test(large_and_odd_requests_for_numbers),
		cmocka_unit_test(text_goes_out_in_pieces),
		cmocka_unit_test(input_comes_byte_by_byte),
		cmocka_unit_test(a_silent_input_is_polled),
		cmocka_unit_test(too_much_text_fails_the_console),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
