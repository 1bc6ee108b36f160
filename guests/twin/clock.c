/*
 * The timer's interrupt comes a hundred times a second: it ends the time slice of the process that
 * runs, wakes who slept long enough, and looks for console input. A program may ask for another
 * rate, or for none, to measure without it.
 */
#include "guests/lib/string.h"
#include "guests/twin/abi.h"
#include "guests/twin/clock.h"
#include "guests/twin/console.h"
#include "guests/twin/device_tree.h"
#include "guests/twin/memory.h"
#include "guests/twin/ops.h"
#include "guests/twin/panic.h"
#include "guests/twin/process.h"

enum { SHORTEST = 20 }; /* microseconds: no program can drown the kernel in ticks */

static struct clock_page *page;
static u64 usual = 10000; /* microseconds between ticks; option `tick` */
static u64 interval; /* ticks of the timebase; 0: the timer is off */
static u32 interval_owner, sleepers;

static void set_timer(void)
{
	ops->timer_set(interval != 0 ? ops->time_read() + interval : UINT64_MAX);
}

void clock_start(void)
{
	char text[16];

	if (device_tree_option("tick", text, sizeof(text)))
		usual = string_number(text);
	page = (struct clock_page *)frame_alloc_zero();
	clock_set_interval(usual, 0);
}

void clock_tick(void)
{
	set_timer();
	page->ticks++;
	if (sleepers > 0)
		process_wake(page);
	console_poll();
	process_slice_over();
}

bool clock_sleep(u64 ticks)
{
	bool unmask = ops->irq_save();
	u64 until = page->ticks + ticks;

	sleepers++;
	while (page->ticks < until && !process_current()->killed)
		process_sleep(page);
	sleepers--;
	ops->irq_restore(unmask);
	return !process_current()->killed;
}

void clock_set_interval(u64 microseconds, u32 owner)
{
	bool unmask = ops->irq_save();

	if (microseconds > 0 && microseconds < SHORTEST)
		microseconds = SHORTEST;
	interval = microseconds * device_tree.frequency / 1000000;
	interval_owner = owner;
	set_timer();
	ops->irq_restore(unmask);
}

void clock_release(u32 owner)
{
	if (interval_owner == owner)
		clock_set_interval(usual, 0);
}

u64 clock_frame(void)
{
	return (u64)page;
}
