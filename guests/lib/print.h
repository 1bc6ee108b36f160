/*
 * Console output for small guests: through the firmware's debug console, one call for each piece of
 * text, or byte by byte through the serial port where there is no firmware or no such call.
 */
#ifndef GUESTS_LIB_PRINT_H
#define GUESTS_LIB_PRINT_H

#include "core/types.h"

void print_bytes(const char *bytes, size_t length);

__attribute__((format(printf, 1, 2)))
void print(const char *format, ...);

#endif
