/*
 * The console at the user's end: a terminal in raw mode, or standard input and output as a pipe or
 * file. The terminal is put back on every way out, signals included.
 *
 * From a pipe or file a byte is read when the guest asks for it, and waited for: so what the guest
 * reads, and when, does not depend on how fast the other end writes. From a terminal a byte is
 * there or it is not. Ctrl-A is the console's own key: x leaves, h helps, Ctrl-A sends one.
 *
 * One console at a time; run.c owns it.
 */
#ifndef EMU_HOST_CONSOLE_H
#define EMU_HOST_CONSOLE_H

#include "core/host.h"

enum { CONSOLE_HELD = 256, CONSOLE_BUFFER = 4096 };

struct console {
	int input, output;
	bool terminal;      /* input is a terminal, now in raw mode */
	bool command;       /* Ctrl-A was typed; the next key says what for */
	bool leave;         /* Ctrl-A x */
	bool ended;         /* input will give nothing more */
	bool deaf;          /* nobody reads the output any longer */
	u32 head, held;     /* keys typed and not yet asked for */
	u8 keys[CONSOLE_HELD];
	u32 waiting;        /* bytes not yet written */
	u8 buffer[CONSOLE_BUFFER];
};

void console_create(struct console *console, int input, int output);
void console_destroy(struct console *console);

struct host console_host(struct console *console);

/* Writes out what waits: whenever the machine pauses. */
void console_flush(struct console *console);

/* Takes what has been typed, Ctrl-A commands too, whether or not the guest reads. */
void console_poll(struct console *console);

/* Waits until something is typed, at most so long: how idle time passes at a terminal. */
void console_wait(struct console *console, u64 nanoseconds);

#endif
