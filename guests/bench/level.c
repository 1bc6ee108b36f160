/*
 * Below M: what has to be set up before, and what is wrong when it traps.
 */
#include "guests/bench/level.h"

#include "guests/bench/bench.h"
#include "guests/lib/csr.h"

enum { PMP_NAPOT_RWX = 0x1f, STATUS_MPP_SHIFT = 11 };

u64 level_enter_loop(const u32 *loop, u64 traps, u64 address);
void level_return_below(void);
_Noreturn void level_trapped(u64 cause);

void level_open_memory(void)
{
	csr_write(pmpaddr0, ~UINT64_C(0) >> 10);
	csr_write(pmpcfg0, PMP_NAPOT_RWX);
}

static void previous_level(enum level level)
{
	csr_clear(mstatus, UINT64_C(3) << STATUS_MPP_SHIFT);
	csr_set(mstatus, (u64)level << STATUS_MPP_SHIFT);
}

u64 level_trap_loop(const u32 *loop, u64 traps, u64 address, enum level level)
{
	previous_level(level);
	return level_enter_loop(loop, traps, address);
}

void level_supervise(void)
{
	previous_level(LEVEL_SUPERVISOR);
	level_return_below();
}

_Noreturn void level_trapped(u64 cause)
{
	bench_fail("trap", cause, 0);
}
