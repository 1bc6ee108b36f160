/*
 * The serial port: transmit, receive in time, FIFO levels, interrupt priorities, loopback.
 */
#include "core/dev/uart16550.h"
#include "tests/unit/dev.h"

enum { DATA, IER, IIR, LCR, MCR, LSR, MSR, SCR };
enum { FCR = IIR };

struct fixture {
	struct clock clock;
	struct console console;
	struct uart16550 uart;
	struct probe probe;
};

static void setup(struct fixture *f)
{
	struct host host = console_host(&f->console);

	memset(f, 0, sizeof(*f));
	clock_create(&f->clock);
	f->probe = (struct probe){ &uart16550_device, &f->uart, 0 };
	uart16550_create(&f->uart, &f->clock, &host, 0, irq_word_line(&f->probe.line, 1));
}

static u8 in(struct fixture *f, u64 offset)
{
	return (u8)probe_read(&f->probe, offset, 1);
}

static void out(struct fixture *f, u64 offset, u8 value)
{
	probe_write(&f->probe, offset, value, 1);
}

/* Lets `cycles` pass, firing each event at its own time. */
static void pass(struct fixture *f, u64 cycles)
{
	u64 end = f->clock.state.now + cycles;

	while (clock_next(&f->clock) <= end)
		clock_run(&f->clock, clock_next(&f->clock));
	clock_run(&f->clock, end);
}

static void polled_driver_transmits(void **state)
{
	struct fixture f;

	setup(&f);
	clock_run(&f.clock, 12345);
	for (const char *c = "hello"; *c; c++) {
		assert_true(in(&f, LSR) & 0x20);
		out(&f, DATA, (u8)*c);
	}
	assert_int_equal(f.console.written, 5);
	assert_memory_equal(f.console.out, "hello", 5);
	assert_int_equal(f.console.cycle, 12345);
	assert_int_equal(f.probe.line, 0);
}

static void divisor_latch_hides_data_and_ier(void **state)
{
	struct fixture f;

	setup(&f);
	out(&f, IER, 0x0f);
	out(&f, LCR, 0x80);
	out(&f, DATA, 0x34);
	out(&f, IER, 0x12);
	assert_int_equal(in(&f, DATA), 0x34);
	assert_int_equal(in(&f, IER), 0x12);
	out(&f, LCR, 0x03);
	assert_int_equal(in(&f, IER), 0x0f);
	assert_int_equal(f.console.written, 0);
	out(&f, IER, 0xff);
	assert_int_equal(in(&f, IER), 0x0f);
	out(&f, SCR, 0x5a);
	assert_int_equal(in(&f, SCR), 0x5a);
}

static void bytes_arrive_one_byte_time_apart(void **state)
{
	struct fixture f;

	setup(&f);
	out(&f, FCR, 0x07);
	f.console.in = "abc";
	pass(&f, UART_IDLE_CYCLES - 1);
	assert_int_equal(in(&f, LSR), 0x60);
	pass(&f, 1);
	assert_int_equal(in(&f, LSR), 0x61);
	assert_int_equal(f.uart.state.count, 1);
	pass(&f, UART_BYTE_CYCLES - 1);
	assert_int_equal(f.uart.state.count, 1);
	pass(&f, 1 + UART_BYTE_CYCLES);
	assert_int_equal(f.uart.state.count, 3);
	assert_int_equal(in(&f, DATA), 'a');
	assert_int_equal(in(&f, DATA), 'b');
	assert_int_equal(in(&f, DATA), 'c');
	assert_int_equal(in(&f, LSR), 0x60);
	assert_int_equal(in(&f, DATA), 0);
}

static void silent_console_is_polled_and_ended_one_is_not(void **state)
{
	struct fixture f;

	setup(&f);
	pass(&f, 5 * UART_IDLE_CYCLES);
	assert_int_equal(f.console.polls, 5);
	f.console.ends = true;
	pass(&f, 5 * UART_IDLE_CYCLES);
	assert_int_equal(f.console.polls, 6);
	assert_true(clock_next(&f.clock) == NEVER);
}

static void full_fifo_stops_polling_and_loses_nothing(void **state)
{
	static const char text[] = "The quick brown fox jumps over";
	struct fixture f;

	setup(&f);
	out(&f, FCR, 0x01);
	f.console.in = text;
	pass(&f, UART_IDLE_CYCLES + 100 * (u64)UART_BYTE_CYCLES);
	assert_int_equal(f.uart.state.count, 16);
	assert_int_equal(f.console.polls, 16);
	for (u64 i = 0; i < sizeof(text) - 1; i++) {
		assert_int_equal(in(&f, DATA), text[i]);
		assert_false(in(&f, LSR) & 2);
		pass(&f, UART_BYTE_CYCLES);
	}
	assert_int_equal(in(&f, LSR), 0x60);
}

static void without_fifo_there_is_room_for_one(void **state)
{
	struct fixture f;

	setup(&f);
	out(&f, IER, 1);
	f.console.in = "ab";
	pass(&f, 2 * UART_IDLE_CYCLES);
	assert_int_equal(f.probe.line, 1);
	assert_int_equal(in(&f, IIR), 0x04);
	assert_int_equal(in(&f, DATA), 'a');
	assert_int_equal(f.probe.line, 0);
	pass(&f, UART_BYTE_CYCLES);
	assert_int_equal(f.probe.line, 1);
	assert_int_equal(in(&f, DATA), 'b');
}

static void trigger_level_then_timeout(void **state)
{
	struct fixture f;

	setup(&f);
	out(&f, FCR, 0x41); /* four bytes */
	out(&f, IER, 0x01);
	f.console.in = "1234567";
	pass(&f, UART_IDLE_CYCLES + 2 * UART_BYTE_CYCLES);
	assert_int_equal(f.probe.line, 0);
	assert_int_equal(in(&f, IIR), 0xc1);
	pass(&f, UART_BYTE_CYCLES);
	assert_int_equal(f.probe.line, 1);
	assert_int_equal(in(&f, IIR), 0xc4);
	pass(&f, 3 * UART_BYTE_CYCLES);
	for (int i = 0; i < 4; i++)
		in(&f, DATA);
	/* Three bytes are left, below the level: the interrupt comes after the silence. */
	assert_int_equal(f.probe.line, 0);
	pass(&f, UART_TIMEOUT_CYCLES - 1);
	assert_int_equal(f.probe.line, 0);
	pass(&f, 1);
	assert_int_equal(f.probe.line, 1);
	assert_int_equal(in(&f, IIR), 0xcc);
	assert_int_equal(in(&f, DATA), '5');
	assert_int_equal(f.probe.line, 0);
	/* Clearing the FIFO ends the matter. */
	pass(&f, UART_TIMEOUT_CYCLES);
	assert_int_equal(f.probe.line, 1);
	out(&f, FCR, 0x43);
	assert_int_equal(f.probe.line, 0);
	assert_int_equal(in(&f, LSR), 0x60);
	pass(&f, UART_TIMEOUT_CYCLES);
	assert_int_equal(f.probe.line, 0);
}

static void four_trigger_levels(void **state)
{
	static const u32 level[4] = { 1, 4, 8, 14 };
	struct fixture f;

	for (u32 i = 0; i < 4; i++) {
		setup(&f);
		out(&f, FCR, (u8)(i << 6 | 1));
		out(&f, IER, 1);
		f.console.in = "0123456789abcdef";
		pass(&f, UART_IDLE_CYCLES - UART_BYTE_CYCLES);
		while (!f.probe.line)
			pass(&f, UART_BYTE_CYCLES);
		assert_int_equal(f.uart.state.count, level[i]);
		assert_int_equal(in(&f, IIR), 0xc4);
	}
}

static void transmit_interrupt_is_acknowledged_by_iir(void **state)
{
	struct fixture f;

	setup(&f);
	assert_int_equal(in(&f, IIR), 0x01);
	out(&f, IER, 0x02);
	assert_int_equal(f.probe.line, 1);
	assert_int_equal(in(&f, IIR), 0x02);
	assert_int_equal(f.probe.line, 0);
	assert_int_equal(in(&f, IIR), 0x01);
	out(&f, DATA, 'x');
	assert_int_equal(f.probe.line, 1);
	out(&f, IER, 0x00);
	assert_int_equal(f.probe.line, 0);
	out(&f, IER, 0x02);
	assert_int_equal(f.probe.line, 1);
	assert_int_equal(in(&f, IIR), 0x02);
	/* Storing the same value again is no rising edge. */
	out(&f, IER, 0x02);
	assert_int_equal(f.probe.line, 0);
}

static void receive_goes_before_transmit(void **state)
{
	struct fixture f;

	setup(&f);
	out(&f, IER, 0x03);
	f.console.in = "z";
	pass(&f, UART_IDLE_CYCLES);
	assert_int_equal(in(&f, IIR), 0x04);
	assert_int_equal(in(&f, DATA), 'z');
	assert_int_equal(in(&f, IIR), 0x02);
	assert_int_equal(in(&f, IIR), 0x01);
}

static void loopback_turns_everything_round(void **state)
{
	struct fixture f;

	setup(&f);
	assert_int_equal(in(&f, MSR), 0xb0);
	out(&f, FCR, 0x01);
	out(&f, MCR, 0x1a);
	/* What kernels look for: RTS and OUT2 come back as CTS and DCD. */
	assert_int_equal(in(&f, MSR) & 0xf0, 0x90);
	assert_int_equal(in(&f, MSR) & 0x0f, 0);
	out(&f, IER, 0x08);
	out(&f, MCR, 0x18);
	assert_int_equal(f.probe.line, 1);
	assert_int_equal(in(&f, IIR), 0xc0);
	assert_int_equal(in(&f, MSR), 0x81);
	assert_int_equal(f.probe.line, 0);
	f.console.in = "wire";
	pass(&f, 2 * UART_IDLE_CYCLES);
	assert_int_equal(in(&f, LSR), 0x60);
	for (int i = 0; i < 17; i++)
		out(&f, DATA, (u8)i);
	assert_int_equal(f.console.written, 0);
	pass(&f, 3 * UART_IDLE_CYCLES);
	assert_int_equal(f.console.polls, 0);
	out(&f, IER, 0x04);
	assert_int_equal(in(&f, IIR), 0xc6);
	assert_int_equal(in(&f, LSR), 0x63);
	assert_int_equal(in(&f, LSR), 0x61);
	assert_int_equal(f.probe.line, 0);
	for (int i = 0; i < 16; i++)
		assert_int_equal(in(&f, DATA), i);
	assert_int_equal(in(&f, LSR), 0x60);
	out(&f, MCR, 0);
	pass(&f, 2 * UART_IDLE_CYCLES);
	assert_int_equal(in(&f, DATA), 'w');
}

static void restored_state_is_forced_into_range(void **state)
{
	struct fixture f;

	setup(&f);
	memset(&f.uart.state, 0xff, sizeof(f.uart.state));
	uart16550_restored(&f.uart);
	assert_true(f.uart.state.head < UART_FIFO && f.uart.state.count <= UART_FIFO);
	assert_int_equal(f.probe.line, 1);
	f.uart.state.lcr = 0;
	for (int i = 0; i < 20; i++)
		in(&f, DATA);
	assert_int_equal(f.uart.state.count, 0);
	f.probe.device->reset(&f.uart);
	assert_int_equal(f.probe.line, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(polled_driver_transmits),
		cmocka_unit_test(divisor_latch_hides_data_and_ier),
		cmocka_unit_test(bytes_arrive_one_byte_time_apart),
		cmocka_unit_test(silent_console_is_polled_and_ended_one_is_not),
		cmocka_unit_test(full_fifo_stops_polling_and_loses_nothing),
		cmocka_unit_test(without_fifo_there_is_room_for_one),
		cmocka_unit_test(trigger_level_then_timeout),
		cmocka_unit_test(four_trigger_levels),
		cmocka_unit_test(transmit_interrupt_is_acknowledged_by_iir),
		cmocka_unit_test(receive_goes_before_transmit),
		cmocka_unit_test(loopback_turns_everything_round),
		cmocka_unit_test(restored_state_is_forced_into_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
