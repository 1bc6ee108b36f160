/* The kernel's last words. */
#ifndef TWIN_PANIC_H
#define TWIN_PANIC_H

__attribute__((format(printf, 1, 2)))
_Noreturn void panic(const char *format, ...);

#endif
