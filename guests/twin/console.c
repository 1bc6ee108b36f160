/*
 * The console. Input is looked at only while a process waits for it, at each tick of the timer: a
 * kernel that nobody talks to touches no device. Lines are edited here: backspace, ^U; ^D ends.
 */
#include "guests/lib/format.h"
#include "guests/lib/string.h"
#include "guests/twin/console.h"
#include "guests/twin/ops.h"
#include "guests/twin/panic.h"
#include "guests/twin/process.h"
#include "guests/twin/user_memory.h"

enum { BACKSPACE = 0x08, END = 0x04, ERASE_LINE = 0x15, DELETE = 0x7f };

static void put(struct format_out *out, const char *bytes, size_t length)
{
	ops->console_write(bytes, length);
}

void console_print(const char *format, ...)
{
	struct format_out out = {put};
	va_list arguments;

	va_start(arguments, format);
	format_list(&out, format, arguments);
	va_end(arguments);
}

_Noreturn void panic(const char *format, ...)
{
	struct format_out out = {put};
	va_list arguments;

	ops->irq_save();
	ops->console_write("panic: ", 7);
	va_start(arguments, format);
	format_list(&out, format, arguments);
	va_end(arguments);
	ops->console_write("\n", 1);
	ops->power_off(true);
	for (;;)
		;
}

s64 console_write(u64 from, u64 length)
{
	char text[128];

	for (u64 done = 0; done < length;) {
		u64 part = length - done < sizeof(text) ? length - done : sizeof(text);
		if (!user_read(text, from + done, part))
			return -1;
		ops->console_write(text, part);
		done += part;
	}
	return (s64)length;
}

/* The line that is being typed, or that waits to be read: [taken, length). */
static struct {
	char text[256];
	size_t length, taken;
	bool ready;
	u32 waiting;
} line;

static void erase(void)
{
	line.length--;
	ops->console_write("\b \b", 3);
}

static void typed(char byte)
{
	switch (byte) {
	case BACKSPACE:
	case DELETE:
		if (line.length > 0)
			erase();
		break;
	case ERASE_LINE:
		while (line.length > 0)
			erase();
		break;
	case END:
		line.ready = true;
		break;
	case '\r':
	case '\n':
		line.text[line.length++] = '\n';
		line.ready = true;
		ops->console_write("\n", 1);
		break;
	default:
		if (line.length < sizeof(line.text) - 1 && (byte >= ' ' || byte == '\t')) {
			line.text[line.length++] = byte;
			ops->console_write(&byte, 1);
		}
	}
}

void console_poll(void)
{
	if (line.waiting == 0 || line.ready)
		return;
	for (int byte; !line.ready && (byte = ops->console_read()) >= 0;)
		typed((char)byte);
	if (line.ready)
		process_wake(&line);
	ops->console_flush();
}

/* Waits for a line. Interrupts are masked. */
static bool wait_line(void)
{
	ops->console_flush();
	line.waiting++;
	console_poll();
	while (!line.ready && !process_current()->killed)
		process_sleep(&line);
	line.waiting--;
	return line.ready;
}

s64 console_read(u64 to, u64 length)
{
	bool unmask = ops->irq_save();
	bool ready = wait_line();

	ops->irq_restore(unmask);
	if (!ready)
		return -1;
	u64 part = line.length - line.taken < length ? line.length - line.taken : length;
	if (!user_write(to, line.text + line.taken, part))
		return -1;
	line.taken += part;
	if (line.taken == line.length) {
		line.ready = false;
		line.length = 0;
		line.taken = 0;
	}
	return (s64)part;
}
