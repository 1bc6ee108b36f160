/*
 * Leaving M-mode: for benchmarks of what happens below it.
 */
#ifndef GUESTS_BENCH_LEVEL_H
#define GUESTS_BENCH_LEVEL_H

#include "core/types.h"

/* As in mstatus.MPP. */
enum level { LEVEL_USER = 0, LEVEL_SUPERVISOR = 1 };

/* One rule of physical memory protection that allows everything: without it, nothing is allowed
 * below M. */
void level_open_memory(void);

/* What level_trap_loop runs: an instruction of four bytes that traps, and a jump back to it. */
extern const u32 level_loop_ecall[]; /* ecall */
extern const u32 level_loop_load[];  /* a load from `address` */

/* Lets `loop` trap `traps` times at `level`; each time the handler in M returns behind the trapping
 * instruction at once. The last trap's cause. */
u64 level_trap_loop(const u32 *loop, u64 traps, u64 address, enum level level);

/* From here on in S-mode, with satp as it stands; a trap there ends the benchmark as wrong. */
void level_supervise(void);

#endif
