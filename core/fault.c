/*
 * The one sentence about what the user did wrong. Names of files and symbols come from outside and
 * end in a terminal, so bytes that a terminal would act upon are replaced.
 */
#include "core/fault.h"

#include <stdarg.h>
#include <stdio.h>

bool fault_set(struct fault *fault, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(fault->text, sizeof(fault->text), format, arguments);
	va_end(arguments);
	for (char *c = fault->text; *c; c++) {
		if ((u8)*c < ' ' || *c == 0x7f)
			*c = '?';
	}
	return false;
}
