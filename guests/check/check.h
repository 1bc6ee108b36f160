/*
 * What the self-checking guests share: counting what was right, telling what was wrong, and ending
 * with an exit status that says so. Nothing is printed for a check that holds, so that a guest
 * prints the same wherever it runs.
 */
#ifndef GUESTS_CHECK_CHECK_H
#define GUESTS_CHECK_CHECK_H

#include "core/types.h"

/* Is `got` what was `wanted`? Prints a line if not. */
void check_equal(const char *what, u64 got, u64 wanted);

/* Prints the result as one line and powers off: status 0 if every check held (and there was one),
 * else 1. */
_Noreturn void check_end(const char *guest);

#endif
