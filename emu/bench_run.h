/*
 * One run of a benchmark guest in a process of its own, on one CPU of the host, and what it cost:
 * in our machine, or under QEMU. Called by bench.c.
 */
#ifndef EMU_BENCH_RUN_H
#define EMU_BENCH_RUN_H

#include "core/fault.h"

enum { BENCH_LINE = 128 };

struct bench_run {
	u64 nanoseconds;       /* CPU time of the process, user and system */
	u64 instructions;      /* retired; 0 where nobody counts them (QEMU) */
	char line[BENCH_LINE]; /* the one line that the guest prints, without its end */
};

/* How often the guest iterates: so often, or as it thinks right. */
#define BENCH_OWN_ITERATIONS UINT64_MAX

/* False with a fault: the run could not be made, or the guest found something wrong. */
bool bench_run_here(const char *guest, u64 iterations, struct bench_run *run, struct fault *fault);
bool bench_run_qemu(const char *guest, u64 iterations, struct bench_run *run, struct fault *fault);

/* The first line of `qemu-system-riscv64 --version`; false when there is none installed. */
bool bench_qemu_version(char version[BENCH_LINE]);

#endif
