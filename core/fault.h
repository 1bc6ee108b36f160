/*
 * What the user did wrong, as one sentence that names the thing and the fault. Functions that read
 * outside input take a `struct fault *`, fill it and return false; emu/ prints it and exits with
 * status 2. What we do wrong ourselves is an assert, what a guest does wrong is a trap.
 */
#ifndef CORE_FAULT_H
#define CORE_FAULT_H

#include "core/types.h"

struct fault {
	char text[320]; /* no newline, no final full stop needed */
};

/* Writes the sentence; always returns false, so that callers can `return fault_set(...)`. */
bool fault_set(struct fault *fault, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
