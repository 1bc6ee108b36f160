/*
 * A tour of pages: a closed chain of pointers, one in each page, in random order. Following it is
 * nothing but loads that wait for each other, each from another page than the one before.
 */
#ifndef GUESTS_BENCH_TOUR_H
#define GUESTS_BENCH_TOUR_H

#include "core/types.h"

enum { TOUR_MOST_PAGES = 16384 };

/* Lays the chain into `pages` pages at `memory`; its pointers are addresses from `seen_at` on. */
void tour_lay(u8 *memory, u64 seen_at, u32 pages);

/* Follows the chain from `seen_at` for `steps` steps; returns the address arrived at. */
u64 tour_follow(u64 seen_at, u64 steps);

#endif
