/*
 * A benchmark: one guest in M-mode, without firmware, which does the same piece of work again and
 * again and checks what came out of it each time. It runs unmodified here and on QEMU:
 *
 *	ringside run --bios none guests/bench/sort.elf
 *	qemu-system-riscv64 -M virt -bios none -nographic -kernel guests/bench/sort.elf
 *
 * How often is said by the command line ("iterations=N" in the device tree's bootargs) or by the
 * benchmark itself. `ringside bench` runs them and compares; each source here defines one `bench`.
 */
#ifndef GUESTS_BENCH_BENCH_H
#define GUESTS_BENCH_BENCH_H

#include "core/types.h"

struct bench {
	const char *name;
	u64 iterations;        /* when the command line says nothing */
	u64 operations;        /* in one iteration: what emu/bench.def counts for this one */
	u64 checksum;          /* that one iteration gives */
	bool floating;         /* needs the extensions F and D */
	void (*prepare)(void); /* called once, first; null: nothing to prepare */
	u64 (*iterate)(void);  /* the work; the same each time */
};

extern const struct bench bench;

/* Tells what is wrong and powers off with status 1. */
_Noreturn void bench_fail(const char *what, u64 got, u64 wanted);

/* A pseudo-random sequence: the next number after *state, which must not be 0 (xorshift64). */
static inline u64 bench_random(u64 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

#endif
