/*
 * The board as a guest meets it: addresses, interrupts, the stop word; reset; snapshots.
 */
#include "tests/unit/testboard.h"
#include "tests/unit/unit.h"

#include <stdlib.h>

enum { MSIP = 1 << 3, MTIP = 1 << 7, SEIP = 1 << 9, MEIP = 1 << 11 };

#define RAM_SIZE (UINT64_C(1) << 20)

static u64 get(struct testboard *t, u64 address, unsigned width)
{
	u64 value = 0xdead;

	assert_true(bus_read(&t->board.bus, address, width, &value));
	return value;
}

static void put(struct testboard *t, u64 address, unsigned width, u64 value)
{
	assert_true(bus_write(&t->board.bus, address, width, value));
}

static void devices_stand_at_their_addresses(void **state)
{
	static const struct {
		u64 address;
		const struct device *device;
	} rows[] = {
		{ 0x00100000, &finisher_device }, { 0x00101000, &rtc_device },
		{ 0x02000000, &clint_device }, { 0x0c000000, &plic_device },
		{ 0x10000000, &uart16550_device }, { 0x10001000, &virtio_blk_device },
		{ 0x10002000, &virtio_blk_device }, { 0x10003000, &virtio_blk_device },
		{ 0x10004000, &virtio_blk_device }, { 0x10005000, &virtio_net_device },
		{ 0x10006000, &virtio_net_device }, { 0x10007000, &virtio_rng_device },
		{ 0x10008000, &virtio_console_device }, { 0x10100000, &ata_device },
	};
	struct testboard t;
	u64 value;

	testboard_create_full(&t, RAM_SIZE);
	assert_int_equal(t.board.bus.count, COUNT_OF(rows));
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_true(t.board.bus.window[i].base == rows[i].address);
		assert_ptr_equal(t.board.bus.window[i].device, rows[i].device);
		assert_non_null(rows[i].device->name);
		assert_non_null(rows[i].device->words);
		assert_non_null(rows[i].device->registers);
	}
	assert_int_equal(get(&t, 0x10004004, 4), 2); /* transport versions */
	assert_int_equal(get(&t, 0x10005004, 4), 1);
	assert_int_equal(get(&t, 0x10006004, 4), 2);
	testboard_destroy(&t);

	/* The slots are filled from the first. */
	testboard_create_with(&t, RAM_SIZE, (struct board_config){ .harts = 1, .disks = 1,
		.has_console = true });
	assert_ptr_equal(bus_find(&t.board.bus, 0x10002000, 1)->device, &virtio_console_device);
	assert_null(bus_find(&t.board.bus, 0x10003000, 1));
	testboard_destroy(&t);

	testboard_create(&t, RAM_SIZE, 1, 1, false);
	assert_true(bus_read(&t.board.bus, 0x10001000, 4, &value));
	assert_int_equal(value, 0x74726976); /* "virt" */
	assert_false(bus_read(&t.board.bus, 0x10002000, 4, &value));
	assert_false(bus_read(&t.board.bus, 0x10100000, 1, &value));
	testboard_destroy(&t);
}

static void interrupts_reach_the_harts(void **state)
{
	struct testboard t;

	testboard_create(&t, RAM_SIZE, 2, 1, true);
	put(&t, BOARD_clint + 4, 4, 1);
	assert_int_equal(t.lines[0], 0);
	assert_int_equal(t.lines[1], MSIP);
	put(&t, BOARD_clint + 4, 4, 0);
	put(&t, BOARD_clint + 0x4000, 8, 3);
	clock_run(&t.clock, 3 * CYCLES_PER_TICK);
	assert_int_equal(t.lines[0], MTIP);
	assert_int_equal(t.lines[1], 0);

	/* UART: transmitter empty, source 10, to hart 1's supervisor. */
	put(&t, BOARD_plic + 4 * BOARD_IRQ_uart, 4, 1);
	put(&t, BOARD_plic + 0x2000 + 3 * 0x80, 4, 1u << BOARD_IRQ_uart);
	put(&t, BOARD_uart + 1, 1, 2);
	assert_int_equal(t.lines[1], SEIP);
	assert_int_equal(get(&t, BOARD_plic + 0x200004 + 3 * 0x1000, 4), BOARD_IRQ_uart);
	assert_int_equal(t.lines[1], 0);

	put(&t, BOARD_uart, 1, 'R');
	assert_int_equal(t.console.written, 1);
	assert_int_equal(t.console.out[0], 'R');
	testboard_destroy(&t);
}

static void each_device_has_its_source(void **state)
{
	static struct testboard t;
	const struct {
		struct irq_line *line;
		u32 source;
	} rows[] = {
		{ &t.board.uart.irq, 10 }, { &t.board.rtc.irq, 11 }, { &t.board.ata.irq, 12 },
		{ &t.board.disk[0].virtio.irq, 1 }, { &t.board.disk[1].virtio.irq, 2 },
		{ &t.board.disk[2].virtio.irq, 3 }, { &t.board.disk[3].virtio.irq, 4 },
		{ &t.board.net[0].virtio.irq, 5 }, { &t.board.net[1].virtio.irq, 6 },
		{ &t.board.rng.virtio.irq, 7 }, { &t.board.console.virtio.irq, 8 },
	};

	testboard_create_full(&t, RAM_SIZE);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		irq_set(rows[i].line, true);
		assert_int_equal(get(&t, BOARD_plic + 0x1000, 4), 1u << rows[i].source);
		irq_set(rows[i].line, false);
		board_reset(&t.board);
	}
	testboard_destroy(&t);
}

static void the_finisher_stops_the_board(void **state)
{
	struct testboard t;

	testboard_create(&t, RAM_SIZE, 1, 0, false);
	put(&t, BOARD_finisher, 4, 5 << 16 | 0x3333);
	assert_int_equal(t.board.stop.kind, STOP_POWEROFF);
	assert_int_equal(t.board.stop.status, 5);
	board_reset(&t.board);
	assert_int_equal(t.board.stop.kind, STOP_NONE);
	put(&t, BOARD_finisher, 4, 0x7777);
	assert_int_equal(t.board.stop.kind, STOP_REBOOT);
	testboard_destroy(&t);
}

/* After a reset the board is as it was made. */
static void a_reset_forgets(void **state)
{
	struct testboard t;
	struct snapshot list = { 0 };
	u64 fresh;

	testboard_create_full(&t, RAM_SIZE);
	board_sections(&t.board, &list, "machine");
	fresh = snapshot_digest(&list);
	put(&t, BOARD_plic + 4, 4, 1);
	put(&t, BOARD_clint, 4, 1);
	put(&t, BOARD_uart + 7, 1, 0x5a);
	put(&t, BOARD_uart + 1, 1, 2);
	assert_int_equal(get(&t, BOARD_plic + 0x1000, 4), 1u << BOARD_IRQ_uart);
	for (u32 slot = 0; slot < t.board.slots; slot++) {
		put(&t, BOARD_virtio + 0x1000 * slot + 0x28, 4, 4096);
		put(&t, BOARD_virtio + 0x1000 * slot + 0x70, 4, 1);
	}
	put(&t, BOARD_ata + 8, 1, 7);
	put(&t, BOARD_finisher, 4, 0x5555);
	assert_true(snapshot_digest(&list) != fresh);
	board_reset(&t.board);
	assert_true(snapshot_digest(&list) == fresh);
	assert_int_equal(t.lines[0], 0);
	testboard_destroy(&t);
}

static void a_restored_board_behaves_alike(void **state)
{
	struct testboard a, b;
	struct snapshot from = { 0 }, to = { 0 };
	struct fault fault;
	u8 *bytes;
	u64 length;

	testboard_create_full(&a, RAM_SIZE);
	testboard_create_full(&b, RAM_SIZE);
	assert_int_equal(a.clock.count, b.clock.count);
	snapshot_add(&from, "machine", "clock", 1, &a.clock.state, sizeof(a.clock.state));
	snapshot_add(&to, "machine", "clock", 1, &b.clock.state, sizeof(b.clock.state));
	board_sections(&a.board, &from, "machine");
	board_sections(&b.board, &to, "machine");

	put(&a, BOARD_clint + 0x4008, 8, 50);
	put(&a, BOARD_plic + 4 * BOARD_IRQ_uart, 4, 1);
	put(&a, BOARD_plic + 0x2000, 4, 1u << BOARD_IRQ_uart);
	put(&a, BOARD_uart + 1, 1, 2);
	put(&a, BOARD_clint + 0x4000, 8, 0);
	put(&a, BOARD_clint + 4, 4, 1);
	assert_int_equal(a.lines[0], MEIP | MTIP);
	assert_int_equal(a.lines[1], MSIP);
	get(&a, BOARD_rtc, 4);
	a.board.rng.state.counter = 5;
	a.board.console.state.ended = 1;
	virtio_raise(a.board.slot[6]);

	assert_true(snapshot_save(&from, &bytes, &length, &fault));
	assert_true(snapshot_load(&to, bytes, length, &fault));
	clock_restored(&b.clock);
	board_restored(&b.board);
	assert_true(snapshot_digest(&from) == snapshot_digest(&to));
	assert_memory_equal(a.lines, b.lines, sizeof(a.lines));
	assert_true(clock_next(&a.clock) == clock_next(&b.clock));
	clock_run(&a.clock, 50 * CYCLES_PER_TICK);
	clock_run(&b.clock, 50 * CYCLES_PER_TICK);
	assert_int_equal(b.lines[1], MSIP | MTIP);
	assert_true(snapshot_digest(&from) == snapshot_digest(&to));
	free(bytes);
	testboard_destroy(&a);
	testboard_destroy(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(devices_stand_at_their_addresses),
		cmocka_unit_test(interrupts_reach_the_harts),
		cmocka_unit_test(each_device_has_its_source),
		cmocka_unit_test(the_finisher_stops_the_board),
		cmocka_unit_test(a_reset_forgets),
		cmocka_unit_test(a_restored_board_behaves_alike),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
