/*
 * printf's formatting, without a place to print to: the caller's `put` gets the bytes. Understood:
 * %d %u %x (with l for 64 bits, a minimum width, - and 0), %s (with a width and -), %c, %p, %%.
 */
#ifndef GUESTS_LIB_FORMAT_H
#define GUESTS_LIB_FORMAT_H

#include <stdarg.h>

#include "core/types.h"

struct format_out {
	void (*put)(struct format_out *out, const char *bytes, size_t length);
};

void format_list(struct format_out *out, const char *format, va_list arguments);

/* Formats into text[size], always terminated; what does not fit is dropped. */
__attribute__((format(printf, 3, 4)))
void format_string(char *text, size_t size, const char *format, ...);

#endif
