/*
 * The timer: ticks, time slices, sleeping.
 */
#ifndef TWIN_CLOCK_H
#define TWIN_CLOCK_H

#include "core/types.h"

void clock_start(void);

/* The timer's interrupt. */
void clock_tick(void);

/* Sleeps for so many ticks; false if the process was killed meanwhile. */
bool clock_sleep(u64 ticks);

/* Sets the time between ticks: microseconds; 0: no ticks at all. clock_release makes it what it
 * was at boot if `owner` is who set it. */
void clock_set_interval(u64 microseconds, u32 owner);
void clock_release(u32 owner);

/* The frame of the clock page (struct clock_page) that every process can read. */
u64 clock_frame(void);

#endif
