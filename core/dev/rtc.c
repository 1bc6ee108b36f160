/*
 * The goldfish clock. A cycle of the nominal 1 GHz is a nanosecond, so that the time of day is the
 * clock's `now`, plus the epoch, plus what the guest has moved it by.
 */
#include "core/dev/rtc.h"

#include <string.h>

#include "core/bits.h"

enum rtc_register {
	RTC_TIME_LOW = 0x00,
	RTC_TIME_HIGH = 0x04,
	RTC_ALARM_LOW = 0x08,
	RTC_ALARM_HIGH = 0x0c,
	RTC_IRQ_ENABLED = 0x10,
	RTC_CLEAR_ALARM = 0x14,
	RTC_ALARM_STATUS = 0x18,
	RTC_CLEAR_INTERRUPT = 0x1c
};

u64 rtc_time(const struct rtc *rtc)
{
	return rtc->clock->state.now + rtc->epoch + rtc->state.offset;
}

static void rtc_update(struct rtc *rtc)
{
	irq_set(&rtc->irq, rtc->state.pending && rtc->state.enabled);
}

/* A running alarm comes now, or gets its event; one too far to count never comes. */
static void rtc_schedule(struct rtc *rtc)
{
	struct rtc_state *state = &rtc->state;
	u64 time = rtc_time(rtc);
	u64 now = rtc->clock->state.now;
	u64 when = NEVER;

	if (state->running && state->alarm <= time) {
		state->running = 0;
		state->pending = 1;
	}
	if (state->running && state->alarm - time <= NEVER - now)
		when = now + (state->alarm - time);
	clock_set(rtc->clock, rtc->event, when);
	rtc_update(rtc);
}

static void rtc_fire(void *self, u64 when)
{
	(void)when;
	rtc_schedule(self);
}

static u64 rtc_read(void *self, u64 offset, unsigned width)
{
	struct rtc *rtc = self;
	struct rtc_state *state = &rtc->state;
	u64 time;

	(void)width;
	switch (offset) {
	case RTC_TIME_LOW:
		time = rtc_time(rtc);
		state->latched = (u32)(time >> 32);
		return (u32)time;
	case RTC_TIME_HIGH:
		return state->latched;
	case RTC_ALARM_LOW:
		return (u32)state->alarm;
	case RTC_ALARM_HIGH:
		return state->alarm >> 32;
	case RTC_IRQ_ENABLED:
		return state->enabled;
	case RTC_ALARM_STATUS:
		return state->running;
	}
	return 0;
}

static void rtc_move(struct rtc *rtc, u64 time)
{
	rtc->state.offset += time - rtc_time(rtc);
	rtc_schedule(rtc);
}

static void rtc_write(void *self, u64 offset, u64 value, unsigned width)
{
	struct rtc *rtc = self;
	struct rtc_state *state = &rtc->state;

	(void)width;
	switch (offset) {
	case RTC_TIME_LOW:
		rtc_move(rtc, bits_put(rtc_time(rtc), 0, 32, value));
		break;
	case RTC_TIME_HIGH:
		rtc_move(rtc, bits_put(rtc_time(rtc), 32, 32, value));
		break;
	case RTC_ALARM_LOW:
		/* Drivers write the high half first; the low one sets the alarm. */
		state->alarm = bits_put(state->alarm, 0, 32, value);
		state->running = 1;
		rtc_schedule(rtc);
		break;
	case RTC_ALARM_HIGH:
		state->alarm = bits_put(state->alarm, 32, 32, value);
		break;
	case RTC_IRQ_ENABLED:
		state->enabled = value & 1;
		rtc_update(rtc);
		break;
	case RTC_CLEAR_ALARM:
		state->running = 0;
		rtc_schedule(rtc);
		break;
	case RTC_CLEAR_INTERRUPT:
		state->pending = 0;
		rtc_update(rtc);
		break;
	}
}

static void rtc_reset(void *self)
{
	struct rtc *rtc = self;
	u64 offset = rtc->state.offset;

	memset(&rtc->state, 0, sizeof(rtc->state));
	rtc->state.offset = offset;
	rtc_schedule(rtc);
}

static const struct device_register rtc_registers[] = {
	{ RTC_TIME_LOW, 4, "time-low", "nanoseconds, low half; a read latches the high half" },
	{ RTC_TIME_HIGH, 4, "time-high", "nanoseconds, high half" },
	{ RTC_ALARM_LOW, 4, "alarm-low", "alarm time, low half; a write sets the alarm" },
	{ RTC_ALARM_HIGH, 4, "alarm-high", "alarm time, high half" },
	{ RTC_IRQ_ENABLED, 4, "irq-enabled", "1: the alarm interrupts" },
	{ RTC_CLEAR_ALARM, 4, "clear-alarm", "a write cancels the alarm" },
	{ RTC_ALARM_STATUS, 4, "alarm-status", "1: an alarm is set" },
	{ RTC_CLEAR_INTERRUPT, 4, "clear-interrupt", "a write acknowledges the interrupt" },
	{ 0 }
};

const struct device rtc_device = {
	.name = "rtc",
	.words = "goldfish real-time clock: the date, running on virtual time",
	.window = 0x1000,
	.widths = 4,
	.registers = rtc_registers,
	.read = rtc_read,
	.write = rtc_write,
	.reset = rtc_reset,
};

void rtc_create(struct rtc *rtc, struct clock *clock, u64 epoch, struct irq_line irq)
{
	memset(rtc, 0, sizeof(*rtc));
	rtc->clock = clock;
	rtc->epoch = epoch;
	rtc->irq = irq;
	rtc->event = clock_register(clock, "rtc-alarm", rtc_fire, rtc);
	rtc_reset(rtc);
}

void rtc_restored(struct rtc *rtc)
{
	rtc_update(rtc);
}
