/*
 * Core-local interruptor, SiFive's layout: a software-interrupt bit and a timer compare register
 * for each hart, and the time that all of them share. Time is the clock's ticks (10 MHz) plus an
 * offset, so that writing mtime moves the offset. Reference: SiFive FU540-C000 manual, chapter 9.
 *
 *	0x0000 + 4*hart  msip       bit 0 is MSIP of that hart
 *	0x4000 + 8*hart  mtimecmp   MTIP while mtime >= mtimecmp
 *	0xbff8           mtime
 */
#ifndef CORE_DEV_CLINT_H
#define CORE_DEV_CLINT_H

#include "core/clock.h"
#include "core/device.h"
#include "core/irq.h"

enum { CLINT_HARTS = 8 };

struct clint_state {
	u64 offset;               /* mtime - ticks of the clock */
	u64 compare[CLINT_HARTS]; /* NEVER after reset */
	u32 software[CLINT_HARTS];
};

struct clint {
	struct clint_state state;
	struct clock *clock;
	u32 harts;
	u32 timer; /* clock event: the earliest compare that has not passed */
	struct irq_line timer_line[CLINT_HARTS];
	struct irq_line software_line[CLINT_HARTS];
};

extern const struct device clint_device;

/* lines[hart] is that hart's word of interrupt lines, bits as in mip; borrowed. */
void clint_create(struct clint *clint, struct clock *clock, u32 harts, u64 *const *lines);
void clint_restored(struct clint *clint);

/* mtime as a guest reads it, in ticks. */
static inline u64 clint_time(const struct clint *clint)
{
	return clock_ticks(clint->clock) + clint->state.offset;
}

/* For firmware: what a guest's own store to the register does. `hart` below harts. */
void clint_set_compare(struct clint *clint, u32 hart, u64 time);
void clint_set_software(struct clint *clint, u32 hart, bool pending);

#endif
