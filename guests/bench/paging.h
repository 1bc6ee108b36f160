/*
 * Sv39 for benchmarks: devices and RAM where they are, as one gigabyte page each, and a window of small
 * pages elsewhere.
 */
#ifndef GUESTS_BENCH_PAGING_H
#define GUESTS_BENCH_PAGING_H

#include "core/types.h"

/* Where the window begins. Nothing is mapped in the gigabyte before it. */
#define PAGING_WINDOW UINT64_C(0x200000000)

/* RAM behind the guest, as many pages as asked for; physical, not cleared. */
u8 *paging_pool(void);

/* Makes tables that map `pages` (at most 16,384) of the pool at PAGING_WINDOW, readable and writable
 * in S-mode, and turns translation on for the levels below M. */
void paging_create(u64 pages);

#endif
