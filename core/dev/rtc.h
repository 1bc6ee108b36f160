/*
 * Goldfish real-time clock: nanoseconds since 1970 as two 32-bit halves (reading the low one
 * latches the high one), and one alarm. It starts at the epoch it was created with and runs on
 * virtual time, so that every run reads the same dates. A reset does not stop it: it has a battery.
 * Reference: Android goldfish virtual hardware, GOLDFISH-VIRTUAL-HARDWARE.TXT, "RTC".
 */
#ifndef CORE_DEV_RTC_H
#define CORE_DEV_RTC_H

#include "core/clock.h"
#include "core/device.h"
#include "core/irq.h"

/* 2026-01-01T00:00:00Z. */
#define RTC_EPOCH_2026 UINT64_C(1767225600000000000)

struct rtc_state {
	u64 offset;  /* ns that the guest moved the time by; wraps */
	u64 alarm;   /* ns */
	u32 latched; /* high half of the time last read */
	u32 running; /* an alarm is set and has not come */
	u32 enabled, pending; /* interrupt */
};

struct rtc {
	struct rtc_state state;
	struct clock *clock;
	u64 epoch; /* ns at cycle 0 */
	struct irq_line irq;
	u32 event;
};

extern const struct device rtc_device;

void rtc_create(struct rtc *rtc, struct clock *clock, u64 epoch, struct irq_line irq);
void rtc_restored(struct rtc *rtc);

/* Nanoseconds since 1970, as a guest reads them. */
u64 rtc_time(const struct rtc *rtc);

#endif
