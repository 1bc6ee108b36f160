/*
 * Below M: what has to be set up, and whether it came back as it should.
 */
#include "guests/bench/level.h"

#include "guests/bench/bench.h"
#include "guests/lib/csr.h"

enum { PMP_NAPOT_RWX = 0x1f, STATUS_MPP_SHIFT = 11, CAUSE_ECALL_S = 9 };

u64 level_enter_loop(const u32 *loop, u64 traps, u64 address);
u64 level_call(u64 (*function)(u64 argument), u64 argument);

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

u64 level_supervise(u64 (*function)(u64 argument), u64 argument)
{
	u64 result;

	previous_level(LEVEL_SUPERVISOR);
	result = level_call(function, argument);
	if (csr_read(mcause) != CAUSE_ECALL_S)
		bench_fail("cause", csr_read(mcause), CAUSE_ECALL_S);
	return result;
}
