/*
 * What programs share: printing and reading lines.
 */
#include "guests/twin/user/user.h"

struct gather {
	struct format_out out;
	s64 file;
	size_t length;
	char text[128];
};

static void flush(struct gather *gather)
{
	if (gather->length > 0)
		write(gather->file, gather->text, gather->length);
	gather->length = 0;
}

static void put(struct format_out *out, const char *bytes, size_t length)
{
	struct gather *gather = (struct gather *)out;

	for (; length > 0; length--) {
		if (gather->length == sizeof(gather->text))
			flush(gather);
		gather->text[gather->length++] = *bytes++;
	}
}

void print(const char *format, ...)
{
	struct gather gather;
	va_list arguments;

	gather.out.put = put;
	gather.file = 1;
	gather.length = 0;
	va_start(arguments, format);
	format_list(&gather.out, format, arguments);
	va_end(arguments);
	flush(&gather);
}

_Noreturn void fail(const char *format, ...)
{
	struct gather gather;
	va_list arguments;

	gather.out.put = put;
	gather.file = 2;
	gather.length = 0;
	va_start(arguments, format);
	format_list(&gather.out, format, arguments);
	va_end(arguments);
	put(&gather.out, "\n", 1);
	flush(&gather);
	exit(1);
}

bool read_line(s64 file, char *line, size_t size)
{
	size_t length = 0;
	bool any = false;

	for (char byte; read(file, &byte, 1) == 1;) {
		any = true;
		if (byte == '\n')
			break;
		if (length < size - 1)
			line[length++] = byte;
	}
	line[length] = 0;
	return any;
}
