/*
 * The real-time clock and the test finisher.
 */
#include "core/dev/finisher.h"
#include "core/dev/rtc.h"
#include "tests/unit/dev.h"

enum { TIME_LOW = 0, TIME_HIGH = 4, ALARM_LOW = 8, ALARM_HIGH = 12, IRQ_ENABLED = 16,
	CLEAR_ALARM = 20, ALARM_STATUS = 24, CLEAR_INTERRUPT = 28 };

struct fixture {
	struct clock clock;
	struct rtc rtc;
	struct probe probe;
};

static void setup(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	clock_create(&f->clock);
	f->probe = (struct probe){ &rtc_device, &f->rtc, 0 };
	rtc_create(&f->rtc, &f->clock, RTC_EPOCH_2026, irq_word_line(&f->probe.line, 1));
}

static u64 now(struct fixture *f)
{
	u64 low = probe_read(&f->probe, TIME_LOW, 4);

	return low | probe_read(&f->probe, TIME_HIGH, 4) << 32;
}

static void alarm_at(struct fixture *f, u64 time)
{
	probe_write(&f->probe, ALARM_HIGH, time >> 32, 4);
	probe_write(&f->probe, ALARM_LOW, (u32)time, 4);
}

static void time_starts_at_the_epoch_and_latches(void **state)
{
	struct fixture f;
	u64 high;

	setup(&f);
	assert_int_equal(now(&f), UINT64_C(1767225600) * 1000000000);
	clock_run(&f.clock, 4321);
	assert_int_equal(now(&f), RTC_EPOCH_2026 + 4321);
	high = probe_read(&f.probe, TIME_HIGH, 4);
	clock_run(&f.clock, UINT64_C(10) << 32);
	assert_int_equal(probe_read(&f.probe, TIME_HIGH, 4), high);
	probe_read(&f.probe, TIME_LOW, 4);
	assert_int_equal(probe_read(&f.probe, TIME_HIGH, 4), high + 10);
}

static void time_can_be_set_and_survives_reset(void **state)
{
	struct fixture f;
	u64 time = UINT64_C(0x123456789abcdef0);

	setup(&f);
	clock_run(&f.clock, 777);
	probe_write(&f.probe, TIME_HIGH, time >> 32, 4);
	probe_write(&f.probe, TIME_LOW, (u32)time, 4);
	assert_int_equal(now(&f), time);
	f.probe.device->reset(&f.rtc);
	clock_run(&f.clock, 778);
	assert_int_equal(now(&f), time + 1);
}

static void alarm_interrupts_when_enabled(void **state)
{
	struct fixture f;

	setup(&f);
	probe_write(&f.probe, IRQ_ENABLED, 1, 4);
	alarm_at(&f, RTC_EPOCH_2026 + 500);
	assert_int_equal(probe_read(&f.probe, ALARM_STATUS, 4), 1);
	assert_int_equal(clock_next(&f.clock), 500);
	clock_run(&f.clock, 499);
	assert_int_equal(f.probe.line, 0);
	clock_run(&f.clock, 500);
	assert_int_equal(f.probe.line, 1);
	assert_int_equal(probe_read(&f.probe, ALARM_STATUS, 4), 0);
	probe_write(&f.probe, CLEAR_INTERRUPT, 1, 4);
	assert_int_equal(f.probe.line, 0);
	/* In the past: at once. Not enabled: pending, and silent. */
	probe_write(&f.probe, IRQ_ENABLED, 0, 4);
	alarm_at(&f, 5);
	assert_int_equal(f.probe.line, 0);
	probe_write(&f.probe, IRQ_ENABLED, 1, 4);
	assert_int_equal(f.probe.line, 1);
	f.probe.line = 0;
	rtc_restored(&f.rtc);
	assert_int_equal(f.probe.line, 1);
}

static void alarm_can_be_cancelled_and_follows_the_time(void **state)
{
	struct fixture f;

	setup(&f);
	alarm_at(&f, RTC_EPOCH_2026 + 500);
	assert_int_equal(probe_read(&f.probe, ALARM_LOW, 4) |
		probe_read(&f.probe, ALARM_HIGH, 4) << 32, RTC_EPOCH_2026 + 500);
	probe_write(&f.probe, CLEAR_ALARM, 1, 4);
	assert_true(clock_next(&f.clock) == NEVER);
	alarm_at(&f, NEVER);
	assert_int_equal(clock_next(&f.clock), NEVER - RTC_EPOCH_2026);
	clock_run(&f.clock, 1000);
	alarm_at(&f, RTC_EPOCH_2026 + 5000);
	probe_write(&f.probe, TIME_LOW, (u32)RTC_EPOCH_2026, 4);
	assert_int_equal(clock_next(&f.clock), 1000 + 5000);
}

static void finisher_ends_the_run_once(void **state)
{
	static const struct { u32 value, width, kind, status; } cases[] = {
		{ 0x5555, 4, STOP_POWEROFF, 0 },
		{ 0x5555, 2, STOP_POWEROFF, 0 },
		{ 0x3333 | 42 << 16, 4, STOP_POWEROFF, 42 },
		{ 0x7777, 4, STOP_REBOOT, 0 },
		{ 0, 4, STOP_NONE, 0 },
		{ 0x1234, 4, STOP_NONE, 0 },
	};

	for (u32 i = 0; i < COUNT_OF(cases); i++) {
		struct stop stop = { 0 };
		struct finisher finisher;
		struct probe probe = { &finisher_device, &finisher, 0 };

		finisher_create(&finisher, &stop);
		assert_int_equal(probe_read(&probe, 0, 4), 0);
		probe_write(&probe, 4, 0x5555, 4);
		assert_int_equal(stop.kind, STOP_NONE);
		probe_write(&probe, 0, cases[i].value, cases[i].width);
		assert_int_equal(stop.kind, cases[i].kind);
		assert_int_equal(stop.status, cases[i].status);
		if (stop.kind == STOP_NONE)
			continue;
		probe_write(&probe, 0, 0x3333 | 9 << 16, 4);
		assert_int_equal(stop.kind, cases[i].kind);
		assert_int_equal(stop.status, cases[i].status);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(time_starts_at_the_epoch_and_latches),
		cmocka_unit_test(time_can_be_set_and_survives_reset),
		cmocka_unit_test(alarm_interrupts_when_enabled),
		cmocka_unit_test(alarm_can_be_cancelled_and_follows_the_time),
		cmocka_unit_test(finisher_ends_the_run_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
