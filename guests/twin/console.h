/*
 * The console: the kernel's own messages, what programs print, and lines typed by the user.
 */
#ifndef TWIN_CONSOLE_H
#define TWIN_CONSOLE_H

#include "core/types.h"

__attribute__((format(printf, 1, 2)))
void console_print(const char *format, ...);

/* For a process: bytes at user addresses. How many, or -1. read waits for a line; 0: ended. */
s64 console_write(u64 from, u64 length);
s64 console_read(u64 to, u64 length);

/* Takes what was typed, if somebody waits for it. The timer calls this. */
void console_poll(void);

#endif
