/*
 * Time as a supervisor sees it: `rdtime` reads it, the firmware's set_timer asks for an interrupt
 * at a moment of it, and `wfi` waits. Printed are counts, which are the same on any machine however
 * fast; how many instructions ran between two ticks is not.
 */
#include "guests/check/check.h"
#include "guests/check/trap.h"
#include "guests/lib/print.h"
#include "guests/lib/sbi.h"

enum { TICKS = 10, PERIOD = 2000, HARDLY = 1 }; /* in units of rdtime: 100 ns */
#define NEVER_COMES (~(u64)0)

static u64 now(void)
{
	u64 time;

	asm volatile("rdtime %0" : "=r"(time));
	return time;
}

static bool pending(void)
{
	return csr_read(sip) & INTERRUPT_TIMER;
}

/* Interrupts stay masked: wfi ends when one is pending, whether or not it would be taken. */
static void sleep_ticks(void)
{
	u64 early = 0, deadline = now();

	csr_write(sie, INTERRUPT_TIMER);
	for (u32 i = 0; i < TICKS; i++) {
		deadline += PERIOD;
		sbi_time_set_timer(deadline);
		while (!pending())
			asm volatile("wfi");
		early += now() < deadline;
	}
	print("slept through %u ticks, %lu of them early\n", TICKS, early);
	check_equal("early ticks", early, 0);
}

static void spin(u64 until)
{
	csr_set(sstatus, STATUS_SIE);
	while (now() < until)
		;
}

/* Interrupts are enabled: each tick breaks into a loop that would run much longer. */
static void interrupted_ticks(void)
{
	u64 broken = 0, start = now();
	struct trap trap;

	for (u32 i = 0; i < TICKS; i++) {
		sbi_time_set_timer(now() + PERIOD);
		trap_try(&trap, spin, now() + 100 * PERIOD);
		broken += trap.cause == (CAUSE_INTERRUPT | 5);
	}
	print("computed, and was interrupted by %lu ticks\n", broken);
	check_equal("interrupts", broken, TICKS);
	check_equal("time passed", now() - start >= TICKS * PERIOD, true);
}

/* A moment that has passed interrupts at once; one that never comes takes the interrupt back. */
static void past_and_never(void)
{
	struct trap trap;

	sbi_time_set_timer(NEVER_COMES);
	check_equal("pending after never", pending(), false);
	sbi_time_set_timer(0);
	trap_try(&trap, spin, now() + 100 * PERIOD);
	check_equal("cause after the past", trap.cause, CAUSE_INTERRUPT | 5);
	check_equal("still pending", pending(), true);
	sbi_time_set_timer(NEVER_COMES);
	trap_try(&trap, spin, now() + PERIOD);
	check_equal("cause after never", trap.cause, TRAP_NONE);
	csr_write(sie, 0);
	sbi_time_set_timer(0);
	trap_try(&trap, spin, now() + HARDLY);
	check_equal("cause when not enabled", trap.cause, TRAP_NONE);
	sbi_time_set_timer(NEVER_COMES);
}

/* Time, cycles and instructions only grow. */
static void counters(void)
{
	u64 time = now(), cycle, instret, later;

	asm volatile("rdcycle %0\n\trdinstret %1" : "=r"(cycle), "=r"(instret));
	for (u32 i = 0; i < 1000; i++)
		asm volatile("");
	asm volatile("rdcycle %0" : "=r"(later));
	check_equal("cycles grow", later - cycle >= 1000, true);
	asm volatile("rdinstret %0" : "=r"(later));
	check_equal("instructions grow", later - instret >= 1000, true);
	check_equal("time does not go back", now() >= time, true);
}

int main(void);

int main(void)
{
	sleep_ticks();
	interrupted_ticks();
	past_and_never();
	counters();
	check_end("timer");
}
