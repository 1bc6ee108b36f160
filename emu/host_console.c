/*
 * Terminal, pipe or file as the guest's console. See host_console.h.
 */
#define _GNU_SOURCE /* ppoll */
#include "emu/host_console.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { CTRL_A = 1 };

/*
 * The terminal as it was, and whose it is now: what a signal handler and atexit have to know. Only
 * the terminal is global to a process, so only it is global here.
 */
static struct termios terminal_before, terminal_raw;
static struct console *volatile terminal_owner;

static const int fatal_signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGABRT, SIGSEGV, SIGBUS,
	SIGFPE, SIGILL };

static void terminal_restore(void)
{
	if (terminal_owner)
		tcsetattr(terminal_owner->input, TCSADRAIN, &terminal_before);
}

/* Back to how the user had it, then whatever the signal does by itself. Only what may be called in
 * a handler is; what had not been written out yet is written as far as it had come. */
static void on_fatal(int number)
{
	struct console *console = terminal_owner;

	if (console) {
		ssize_t done = write(console->output, console->buffer, console->waiting);

		(void)done;
		terminal_restore();
	}
	signal(number, SIG_DFL);
	raise(number);
}

static void on_stop(int number);

static void on_continue(int number)
{
	struct sigaction stop = { .sa_handler = on_stop, .sa_flags = SA_RESTART | SA_NODEFER };

	if (!terminal_owner)
		return;
	sigaction(SIGTSTP, &stop, NULL);
	if (tcgetpgrp(terminal_owner->input) == getpgrp())
		tcsetattr(terminal_owner->input, TCSADRAIN, &terminal_raw);
}

static void on_stop(int number)
{
	terminal_restore();
	signal(SIGTSTP, SIG_DFL);
	raise(SIGTSTP); /* comes back when continued, or where nobody could continue us */
	on_continue(SIGCONT);
}

static void signals_take(void)
{
	struct sigaction fatal = { .sa_handler = on_fatal, .sa_flags = SA_NODEFER };
	struct sigaction again = { .sa_handler = on_continue, .sa_flags = SA_RESTART };

	for (size_t i = 0; i < sizeof(fatal_signals) / sizeof(fatal_signals[0]); i++)
		sigaction(fatal_signals[i], &fatal, NULL);
	sigaction(SIGCONT, &again, NULL);
	on_continue(SIGCONT);
}

static void signals_give_back(void)
{
	for (size_t i = 0; i < sizeof(fatal_signals) / sizeof(fatal_signals[0]); i++)
		signal(fatal_signals[i], SIG_DFL);
	signal(SIGCONT, SIG_DFL);
	signal(SIGTSTP, SIG_DFL);
}

/* In the background the terminal is not ours to read or change. */
static bool in_foreground(const struct console *console)
{
	return tcgetpgrp(console->input) == getpgrp();
}

/* Keys come one by one, unechoed and unchanged, Ctrl-C too; output keeps its line ends. */
static void terminal_take(struct console *console)
{
	static bool registered;

	if (tcgetattr(console->input, &terminal_before) < 0)
		return;
	terminal_raw = terminal_before;
	terminal_raw.c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | INLCR | IGNCR | INPCK | ISTRIP | IXON);
	terminal_raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
	terminal_raw.c_cc[VMIN] = 0;
	terminal_raw.c_cc[VTIME] = 0;
	terminal_owner = console;
	if (!registered)
		atexit(terminal_restore);
	registered = true;
	signals_take();
}

/* Is there a keyboard to read from? Started in the background, we get it when brought forward. */
static bool has_keyboard(struct console *console)
{
	if (!console->terminal || console->ended || !in_foreground(console))
		return false;
	if (terminal_owner != console)
		terminal_take(console);
	return true;
}

void console_create(struct console *console, int input, int output)
{
	memset(console, 0, sizeof(*console));
	console->input = input;
	console->output = output;
	console->terminal = isatty(input);
	signal(SIGPIPE, SIG_IGN); /* told by EPIPE instead */
	has_keyboard(console);
}

void console_destroy(struct console *console)
{
	console_flush(console);
	if (terminal_owner != console)
		return;
	terminal_restore();
	terminal_owner = NULL;
	signals_give_back();
}

/* Output. */

void console_flush(struct console *console)
{
	u32 done = 0;

	while (done < console->waiting && !console->deaf) {
		ssize_t put = write(console->output, console->buffer + done,
			console->waiting - done);
		struct pollfd room = { console->output, POLLOUT, 0 };

		if (put >= 0)
			done += (u32)put;
		else if (errno == EAGAIN)
			poll(&room, 1, -1);
		else if (errno != EINTR)
			console->deaf = true;
	}
	console->waiting = 0;
}

static void console_write(void *self, u32 port, u64 cycle, const u8 *bytes, u64 length)
{
	struct console *console = self;

	while (length) {
		u64 room = CONSOLE_BUFFER - console->waiting, part = length < room ? length : room;

		memcpy(console->buffer + console->waiting, bytes, part);
		console->waiting += (u32)part;
		bytes += part;
		length -= part;
		if (console->waiting == CONSOLE_BUFFER)
			console_flush(console);
	}
}

/* Input. */

static void console_help(void)
{
	static const char help[] =
		"\n[Ctrl-A x leaves; Ctrl-A Ctrl-A sends Ctrl-A; Ctrl-A h shows this]\n";
	ssize_t done = write(STDERR_FILENO, help, sizeof(help) - 1);

	(void)done;
}

static void console_hold(struct console *console, u8 key)
{
	console->keys[(console->head + console->held++) % CONSOLE_HELD] = key;
}

static void console_key(struct console *console, u8 key)
{
	if (!console->command && key != CTRL_A) {
		console_hold(console, key);
		return;
	}
	if (console->command) {
		switch (key) {
		case 'x':
		case 'X':
			console->leave = true;
			break;
		case CTRL_A:
			console_hold(console, CTRL_A);
			break;
		default:
			console_flush(console);
			console_help();
		}
	}
	console->command = !console->command;
}

void console_poll(struct console *console)
{
	struct pollfd ready = { console->input, POLLIN, 0 };
	u8 key;

	/* With no room left the terminal keeps the rest; but commands must get through. */
	while (has_keyboard(console) && poll(&ready, 1, 0) > 0) {
		ssize_t got = read(console->input, &key, 1);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			console->ended = got == 0 || errno != EAGAIN;
			console->leave |= console->ended; /* the terminal is gone */
			return;
		}
		if (console->held == CONSOLE_HELD && !console->command && key != CTRL_A)
			continue;
		console_key(console, key);
	}
}

void console_wait(struct console *console, u64 nanoseconds)
{
	struct pollfd ready = { console->input, POLLIN, 0 };
	struct timespec time = { (time_t)(nanoseconds / 1000000000),
		(long)(nanoseconds % 1000000000) };

	console_flush(console);
	ppoll(&ready, has_keyboard(console), &time, NULL);
	console_poll(console);
}

/* Waits for the byte: what waits to be written may be the question that it answers. */
static int console_read_stream(struct console *console)
{
	u8 byte;

	console_flush(console);
	for (;;) {
		ssize_t got = read(console->input, &byte, 1);
		struct pollfd ready = { console->input, POLLIN, 0 };

		if (got == 1)
			return byte;
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN) {
			poll(&ready, 1, -1);
			continue;
		}
		console->ended = true;
		return HOST_END;
	}
}

static int console_read(void *self, u32 port, u64 cycle)
{
	struct console *console = self;
	u8 key;

	if (console->ended && !console->held)
		return HOST_END;
	if (!console->terminal)
		return console_read_stream(console);
	console_flush(console);
	console_poll(console);
	if (!console->held)
		return HOST_NONE;
	key = console->keys[console->head];
	console->head = (console->head + 1) % CONSOLE_HELD;
	console->held--;
	return key;
}

struct host console_host(struct console *console)
{
	return (struct host){ console, console_write, console_read };
}
