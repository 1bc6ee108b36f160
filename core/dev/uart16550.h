/*
 * 16550A serial port: 16-byte FIFOs, byte-wide registers one byte apart (reg-shift 0). What is
 * transmitted goes to the host's console at once; what is received is pulled from it, one byte per
 * byte-time at 115200 baud, by the clock event "uart-receive", and only while there is room: input
 * never overruns. Reference: National Semiconductor PC16550D data sheet, section 8.
 */
#ifndef CORE_DEV_UART16550_H
#define CORE_DEV_UART16550_H

#include "core/clock.h"
#include "core/device.h"
#include "core/host.h"
#include "core/irq.h"

enum {
	UART_FIFO = 16,               /* bytes */
	UART_BYTE_CYCLES = 86800,     /* ten bits at 115200 baud, in cycles of 1 GHz */
	UART_TIMEOUT_CYCLES = 4 * UART_BYTE_CYCLES, /* silence before the time-out interrupt */
	UART_IDLE_CYCLES = 1000000    /* between two polls of a silent console */
};

struct uart16550_state {
	u8 fifo[UART_FIFO];
	u8 head, count;        /* first byte received and not read; number of them */
	u8 ier, fcr, lcr, mcr, scr;
	u8 dll, dlm;           /* divisor latch, kept and without effect */
	u8 lines;              /* modem lines as last seen, bits 4-7 of MSR */
	u8 deltas;             /* bits 0-3 of MSR */
	u8 overrun;            /* LSR bit 1 */
	u8 transmit_pending;   /* "transmitter holding register empty" not yet acknowledged */
	u8 timeout_pending;    /* bytes wait below the trigger level */
	u8 waiting;            /* FIFO full: polling goes on when a byte is read */
	u8 ended;              /* the console will never give another byte */
};

struct uart16550 {
	struct uart16550_state state;
	struct clock *clock;
	struct host host;
	u32 port;              /* console port of the host */
	struct irq_line irq;
	u32 receive, timeout;  /* clock events */
};

extern const struct device uart16550_device;

/* Borrows `clock`; copies `host`. Registers two clock events. */
void uart16550_create(struct uart16550 *uart, struct clock *clock, const struct host *host,
	u32 port, struct irq_line irq);

/* After state was loaded: forces it into range and drives the interrupt line. */
void uart16550_restored(struct uart16550 *uart);

#endif
