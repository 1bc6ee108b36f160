/*
 * A hostile guest, made from a seed: code that is half random instructions and half little pieces
 * with a purpose (calls, page tables, devices), page tables that are nearly right, forged batches
 * and rings. It lives on by its trap handler, which jumps somewhere into the code.
 *
 *	frame  0  code     16 shared pages   20 batches   24 rings   32 tables   96 data
 */
#ifndef TESTS_FUZZ_PROGRAM_H
#define TESTS_FUZZ_PROGRAM_H

#include "tests/fuzz/cell.h"

struct program {
	struct cell *cell;
	u64 dice;  /* not zero */
	u64 begin; /* retired instructions and steps when it was last looked at */
	u64 steps;
};

u64 program_roll(struct program *program, u64 sides);

/* Writes the guest into the cell's RAM; returns where it begins. */
u64 program_create(struct program *program, struct cell *cell, u64 seed);

/* Between two stretches: new registers, new code, new tables, as a cleverer guest could have made
 * them. False: nothing of the guest's code can be reached any more. */
bool program_disturb(struct program *program);

#endif
