/*
 * Formatted text for kernels, small guests and user programs alike.
 */
#include "guests/lib/format.h"
#include "guests/lib/string.h"

struct field {
	size_t width;
	bool left, zero, wide;
};

static void pad(struct format_out *out, char byte, size_t count)
{
	while (count-- > 0)
		out->put(out, &byte, 1);
}

static void put_field(struct format_out *out, struct field field, const char *text, size_t length)
{
	size_t missing = field.width > length ? field.width - length : 0;

	if (!field.left)
		pad(out, ' ', missing);
	out->put(out, text, length);
	if (field.left)
		pad(out, ' ', missing);
}

static void put_number(struct format_out *out, struct field field, u64 number, unsigned base,
	bool negative)
{
	char digits[32];
	size_t at = sizeof(digits);
	size_t least = field.zero && field.width < sizeof(digits) ? field.width : 0;

	do {
		digits[--at] = "0123456789abcdef"[number % base];
		number /= base;
	} while (number != 0);
	while (sizeof(digits) - at + negative < least)
		digits[--at] = '0';
	if (negative)
		digits[--at] = '-';
	put_field(out, field, digits + at, sizeof(digits) - at);
}

static const char *read_field(const char *format, struct field *field)
{
	*field = (struct field){0};
	for (; *format == '-' || *format == '0'; format++) {
		field->left |= *format == '-';
		field->zero |= *format == '0';
	}
	for (; *format >= '0' && *format <= '9'; format++)
		field->width = field->width * 10 + (size_t)(*format - '0');
	for (; *format == 'l' || *format == 'z'; format++)
		field->wide = true;
	return format;
}

void format_list(struct format_out *out, const char *format, va_list arguments)
{
	while (*format != 0) {
		const char *plain = format;
		while (*format != 0 && *format != '%')
			format++;
		if (format != plain)
			out->put(out, plain, (size_t)(format - plain));
		if (*format == 0)
			return;

		struct field field;
		format = read_field(format + 1, &field);
		switch (*format) {
		case 'd': {
			s64 number = field.wide ? va_arg(arguments, s64) : va_arg(arguments, int);
			u64 size = number < 0 ? -(u64)number : (u64)number;
			put_number(out, field, size, 10, number < 0);
			break;
		}
		case 'u':
		case 'x': {
			u64 number = field.wide ? va_arg(arguments, u64)
				: va_arg(arguments, unsigned);
			put_number(out, field, number, *format == 'x' ? 16 : 10, false);
			break;
		}
		case 'p':
			out->put(out, "0x", 2);
			put_number(out, field, (u64)va_arg(arguments, void *), 16, false);
			break;
		case 's': {
			const char *text = va_arg(arguments, const char *);
			put_field(out, field, text, strlen(text));
			break;
		}
		case 'c': {
			char byte = (char)va_arg(arguments, int);
			put_field(out, field, &byte, 1);
			break;
		}
		case 0:
			return;
		default:
			out->put(out, format, 1);
		}
		format++;
	}
}

struct string_out {
	struct format_out out;
	char *text;
	size_t size, length;
};

static void put_string(struct format_out *out, const char *bytes, size_t length)
{
	struct string_out *string = (struct string_out *)out;

	for (; length > 0 && string->length + 1 < string->size; length--)
		string->text[string->length++] = *bytes++;
	string->text[string->length] = 0;
}

void format_string(char *text, size_t size, const char *format, ...)
{
	struct string_out string = {{put_string}, text, size, 0};
	va_list arguments;

	text[0] = 0;
	va_start(arguments, format);
	format_list(&string.out, format, arguments);
	va_end(arguments);
}
