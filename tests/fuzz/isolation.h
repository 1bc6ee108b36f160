/*
 * Is the guest of a cell still isolated? The rules that no guest may ever break, looked at from
 * outside: what the hardware could reach through any table or cached translation, and whether the
 * monitor's books agree with what lies in memory.
 */
#ifndef TESTS_FUZZ_ISOLATION_H
#define TESTS_FUZZ_ISOLATION_H

#include "tests/fuzz/cell.h"

/* False, with a fault that says which rule is broken where. */
bool isolation_check(struct cell *cell, struct fault *fault);

/* Has the secret come into the guest's memory, its disks or its console? Slower. */
bool isolation_secret(struct cell *cell, struct fault *fault);

#endif
