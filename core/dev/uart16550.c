/*
 * The 16550A. Both directions are immediate at the register's side: the transmitter is always
 * empty, and only the arrival of bytes takes time. Interrupts follow from the state in one place
 * (uart_cause), so that no path can forget to raise or lower the line.
 */
#include "core/dev/uart16550.h"

#include <string.h>

enum uart_register {
	UART_DATA,     /* RBR, THR; DLL with DLAB */
	UART_IER,      /* DLM with DLAB */
	UART_IIR_FCR,
	UART_LCR,
	UART_MCR,
	UART_LSR,
	UART_MSR,
	UART_SCR,
	UART_REGISTERS
};

enum {
	IER_RECEIVE = 1, IER_TRANSMIT = 2, IER_LINE = 4, IER_MODEM = 8, IER_ALL = 15,

	IIR_MODEM = 0, IIR_NONE = 1, IIR_TRANSMIT = 2, IIR_RECEIVE = 4, IIR_LINE = 6,
	IIR_TIMEOUT = 12, IIR_FIFO = 0xc0,

	FCR_ENABLE = 1, FCR_CLEAR_RECEIVE = 2, FCR_KEPT = 0xc9,

	LCR_DLAB = 0x80,

	MCR_DTR = 1, MCR_RTS = 2, MCR_OUT1 = 4, MCR_OUT2 = 8, MCR_LOOP = 16, MCR_ALL = 31,

	LSR_READY = 1, LSR_OVERRUN = 2, LSR_HOLDING_EMPTY = 0x20, LSR_EMPTY = 0x40,

	MSR_CTS = 0x10, MSR_DSR = 0x20, MSR_RI = 0x40, MSR_DCD = 0x80
};

static u32 uart_capacity(const struct uart16550_state *state)
{
	return state->fcr & FCR_ENABLE ? UART_FIFO : 1;
}

/* Bytes that raise "received data available"; the data sheet's four levels. */
static u32 uart_trigger(const struct uart16550_state *state)
{
	static const u8 level[4] = { 1, 4, 8, 14 };

	return state->fcr & FCR_ENABLE ? level[state->fcr >> 6] : 1;
}

/* The interrupt of the highest priority that is pending and enabled, as IIR bits 0-3. */
static u8 uart_cause(const struct uart16550_state *state)
{
	if (state->ier & IER_LINE && state->overrun)
		return IIR_LINE;
	if (state->ier & IER_RECEIVE && state->count >= uart_trigger(state))
		return IIR_RECEIVE;
	if (state->ier & IER_RECEIVE && state->timeout_pending)
		return IIR_TIMEOUT;
	if (state->ier & IER_TRANSMIT && state->transmit_pending)
		return IIR_TRANSMIT;
	if (state->ier & IER_MODEM && state->deltas)
		return IIR_MODEM;
	return IIR_NONE;
}

static void uart_update(struct uart16550 *uart)
{
	irq_set(&uart->irq, uart_cause(&uart->state) != IIR_NONE);
}

/* Silence is counted from the last byte that came or was read, while bytes wait in the FIFO. */
static void uart_restart_timeout(struct uart16550 *uart)
{
	struct uart16550_state *state = &uart->state;
	bool counts = state->count && state->fcr & FCR_ENABLE;

	state->timeout_pending = 0;
	clock_set(uart->clock, uart->timeout,
		counts ? uart->clock->state.now + UART_TIMEOUT_CYCLES : NEVER);
}

static void uart_put(struct uart16550 *uart, u8 byte)
{
	struct uart16550_state *state = &uart->state;

	if (state->count == uart_capacity(state)) {
		state->overrun = 1;
	} else {
		state->fifo[(state->head + state->count) % UART_FIFO] = byte;
		state->count++;
	}
	uart_restart_timeout(uart);
}

static void uart_receive(void *self, u64 when)
{
	struct uart16550 *uart = self;
	struct uart16550_state *state = &uart->state;
	int byte;

	/* In loopback the receiver is off the wire: what comes waits at the other end. */
	if (state->mcr & MCR_LOOP) {
		clock_set(uart->clock, uart->receive, when + UART_IDLE_CYCLES);
		return;
	}
	state->waiting = state->count == uart_capacity(state);
	if (state->waiting)
		return;
	byte = uart->host.console_read(uart->host.self, uart->port, when);
	if (byte == HOST_END) {
		state->ended = 1;
	} else if (byte < 0) {
		clock_set(uart->clock, uart->receive, when + UART_IDLE_CYCLES);
	} else {
		uart_put(uart, (u8)byte);
		clock_set(uart->clock, uart->receive, when + UART_BYTE_CYCLES);
	}
	uart_update(uart);
}

static void uart_timeout(void *self, u64 when)
{
	struct uart16550 *uart = self;

	(void)when;
	uart->state.timeout_pending = uart->state.count != 0;
	uart_update(uart);
}

/* There is room again: the next byte can be here one byte-time from now. */
static void uart_resume(struct uart16550 *uart)
{
	struct uart16550_state *state = &uart->state;

	if (!state->waiting || state->ended)
		return;
	state->waiting = 0;
	clock_set(uart->clock, uart->receive, uart->clock->state.now + UART_BYTE_CYCLES);
}

static u8 uart_take(struct uart16550 *uart)
{
	struct uart16550_state *state = &uart->state;
	u8 byte;

	if (!state->count)
		return 0;
	byte = state->fifo[state->head];
	state->head = (u8)((state->head + 1) % UART_FIFO);
	state->count--;
	uart_restart_timeout(uart);
	uart_resume(uart);
	return byte;
}

static void uart_clear_receive(struct uart16550 *uart)
{
	uart->state.head = 0;
	uart->state.count = 0;
	uart_restart_timeout(uart);
	uart_resume(uart);
}

static void uart_transmit(struct uart16550 *uart, u8 byte)
{
	if (uart->state.mcr & MCR_LOOP)
		uart_put(uart, byte);
	else
		uart->host.console_write(uart->host.self, uart->port, uart->clock->state.now,
			&byte, 1);
	uart->state.transmit_pending = 1;
}

/* The modem lines follow MCR in loopback; else the other end is there and ready. */
static void uart_modem(struct uart16550_state *state)
{
	u8 lines = MSR_CTS | MSR_DSR | MSR_DCD;
	u8 changed;

	if (state->mcr & MCR_LOOP)
		lines = (u8)((state->mcr & MCR_DTR ? MSR_DSR : 0) |
			(state->mcr & MCR_RTS ? MSR_CTS : 0) |
			(state->mcr & MCR_OUT1 ? MSR_RI : 0) |
			(state->mcr & MCR_OUT2 ? MSR_DCD : 0));
	changed = state->lines ^ lines;
	/* The ring indicator tells only of its end. */
	if (changed & MSR_RI && lines & MSR_RI)
		changed &= (u8)~MSR_RI;
	state->deltas |= changed >> 4;
	state->lines = lines;
}

static u64 uart_read(void *self, u64 offset, unsigned width)
{
	struct uart16550 *uart = self;
	struct uart16550_state *state = &uart->state;
	bool divisor = state->lcr & LCR_DLAB;
	u8 value = 0;

	(void)width;
	switch (offset) {
	case UART_DATA:
		value = divisor ? state->dll : uart_take(uart);
		break;
	case UART_IER:
		value = divisor ? state->dlm : state->ier;
		break;
	case UART_IIR_FCR:
		value = uart_cause(state);
		if (value == IIR_TRANSMIT)
			state->transmit_pending = 0;
		if (state->fcr & FCR_ENABLE)
			value |= IIR_FIFO;
		break;
	case UART_LCR:
		value = state->lcr;
		break;
	case UART_MCR:
		value = state->mcr;
		break;
	case UART_LSR:
		value = LSR_HOLDING_EMPTY | LSR_EMPTY;
		value |= (u8)((state->count ? LSR_READY : 0) |
			(state->overrun ? LSR_OVERRUN : 0));
		state->overrun = 0;
		break;
	case UART_MSR:
		value = state->lines | state->deltas;
		state->deltas = 0;
		break;
	case UART_SCR:
		value = state->scr;
		break;
	}
	uart_update(uart);
	return value;
}

static void uart_write_ier(struct uart16550_state *state, u8 value)
{
	/* The transmitter is empty, so enabling its interrupt causes one: drivers start by it. */
	if (~state->ier & value & IER_TRANSMIT)
		state->transmit_pending = 1;
	state->ier = value & IER_ALL;
}

static void uart_write_fcr(struct uart16550 *uart, u8 value)
{
	struct uart16550_state *state = &uart->state;
	bool switched = (state->fcr ^ value) & FCR_ENABLE;

	/* The other bits count only together with the enabling one. */
	state->fcr = value & FCR_ENABLE ? value & FCR_KEPT : 0;
	if (switched || (value & FCR_ENABLE && value & FCR_CLEAR_RECEIVE))
		uart_clear_receive(uart);
}

static void uart_write(void *self, u64 offset, u64 value, unsigned width)
{
	struct uart16550 *uart = self;
	struct uart16550_state *state = &uart->state;
	bool divisor = state->lcr & LCR_DLAB;
	u8 byte = (u8)value;

	(void)width;
	switch (offset) {
	case UART_DATA:
		if (divisor)
			state->dll = byte;
		else
			uart_transmit(uart, byte);
		break;
	case UART_IER:
		if (divisor)
			state->dlm = byte;
		else
			uart_write_ier(state, byte);
		break;
	case UART_IIR_FCR:
		uart_write_fcr(uart, byte);
		break;
	case UART_LCR:
		state->lcr = byte;
		break;
	case UART_MCR:
		state->mcr = byte & MCR_ALL;
		uart_modem(state);
		break;
	case UART_SCR:
		state->scr = byte;
		break;
	}
	uart_update(uart);
}

static void uart_reset(void *self)
{
	struct uart16550 *uart = self;
	struct uart16550_state *state = &uart->state;

	memset(state, 0, sizeof(*state));
	state->lines = MSR_CTS | MSR_DSR | MSR_DCD;
	clock_set(uart->clock, uart->timeout, NEVER);
	/* Not at once: a kernel that begins by clearing the FIFO would lose the first byte. */
	clock_set(uart->clock, uart->receive, uart->clock->state.now + UART_IDLE_CYCLES);
	uart_update(uart);
}

static const struct device_register uart_registers[] = {
	{ UART_DATA, 1, "data", "receive buffer, transmit holding; divisor low byte with DLAB" },
	{ UART_IER, 1, "ier", "interrupt enable; divisor high byte with DLAB" },
	{ UART_IIR_FCR, 1, "iir-fcr", "interrupt identification (read), FIFO control (write)" },
	{ UART_LCR, 1, "lcr", "line control; bit 7 is DLAB" },
	{ UART_MCR, 1, "mcr", "modem control; bit 4 is loopback" },
	{ UART_LSR, 1, "lsr", "line status: byte received, transmitter empty" },
	{ UART_MSR, 1, "msr", "modem status" },
	{ UART_SCR, 1, "scr", "scratch" },
	{ 0 }
};

const struct device uart16550_device = {
	.name = "uart",
	.words = "16550A serial port: the console, one byte per access",
	.window = 0x100,
	.widths = 1,
	.registers = uart_registers,
	.read = uart_read,
	.write = uart_write,
	.reset = uart_reset,
};

void uart16550_create(struct uart16550 *uart, struct clock *clock, const struct host *host,
	u32 port, struct irq_line irq)
{
	memset(uart, 0, sizeof(*uart));
	uart->clock = clock;
	uart->host = *host;
	uart->port = port;
	uart->irq = irq;
	uart->receive = clock_register(clock, "uart-receive", uart_receive, uart);
	uart->timeout = clock_register(clock, "uart-timeout", uart_timeout, uart);
	uart_reset(uart);
}

void uart16550_restored(struct uart16550 *uart)
{
	struct uart16550_state *state = &uart->state;

	state->head %= UART_FIFO;
	if (state->count > uart_capacity(state))
		state->count = (u8)uart_capacity(state);
	uart_update(uart);
}
