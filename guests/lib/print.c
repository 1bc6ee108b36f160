/*
 * print() and its two ways to the console. A line is gathered first, so that it costs one call.
 * The text must be where virtual and physical addresses agree, as everything in a small guest is.
 */
#include "guests/lib/board.h"
#include "guests/lib/format.h"
#include "guests/lib/print.h"
#include "guests/lib/sbi.h"
#include "guests/lib/string.h"

enum { UART_DATA = 0, UART_LINE_STATUS = 5, UART_ROOM = 0x20 };

enum way { WAY_UNKNOWN, WAY_SBI, WAY_UART };

static enum way way;

static enum way find_way(void)
{
	return board_bare == 0 && sbi_offers(SBI_DBCN) ? WAY_SBI : WAY_UART;
}

void print_bytes(const char *bytes, size_t length)
{
	if (way == WAY_UNKNOWN)
		way = find_way();
	if (way == WAY_SBI) {
		sbi_dbcn_console_write(length, (u64)bytes, 0);
		return;
	}
	for (; length > 0; length--) {
		while ((*device8(BOARD_uart + UART_LINE_STATUS) & UART_ROOM) == 0)
			;
		*device8(BOARD_uart + UART_DATA) = (u8)*bytes++;
	}
}

struct line {
	struct format_out out;
	size_t length;
	char text[128];
};

static void put_line(struct format_out *out, const char *bytes, size_t length)
{
	struct line *line = (struct line *)out;

	for (; length > 0; length--) {
		line->text[line->length++] = *bytes++;
		if (line->length == sizeof(line->text)) {
			print_bytes(line->text, line->length);
			line->length = 0;
		}
	}
}

void print(const char *format, ...)
{
	struct line line;
	va_list arguments;

	line.out.put = put_line;
	line.length = 0;
	va_start(arguments, format);
	format_list(&line.out, format, arguments);
	va_end(arguments);
	if (line.length > 0)
		print_bytes(line.text, line.length);
}
