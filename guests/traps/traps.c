/*
 * Every trap that a supervisor can see, each provoked once: what the cause register then says, and
 * what the trap value register holds. The rows stand in the order of cpu/cause.def. Not here: cause
 * 0, since with compressed instructions no jump target is misaligned, and cause 9, since the
 * supervisor's own ecall goes to the firmware and never comes back as a trap.
 */
#include "guests/check/check.h"
#include "guests/check/trap.h"
#include "guests/lib/board.h"
#include "guests/lib/print.h"
#include "guests/lib/sbi.h"

enum { PTE_LEAF = 0xcf, PTE_PER_TABLE = 512 }; /* V, R, W, X, A, D */
#define SATP_SV39 (UINT64_C(8) << 60)
#define GIBIBYTE (UINT64_C(1) << 30)

#define NOWHERE 0x50000           /* no device and no RAM */
#define UNMAPPED UINT64_C(0x1000000000)
#define ILLEGAL 0x0000000b        /* no instruction has this word */

enum { RTC_TIME_LOW = 0, RTC_TIME_HIGH = 4, RTC_ALARM_LOW = 8, RTC_ALARM_HIGH = 12, RTC_ENABLE = 16,
	RTC_CLEAR = 28, RTC_SOURCE = 11 };
enum { PLIC_ENABLE_S = 0x2080, PLIC_THRESHOLD_S = 0x201000, PLIC_CLAIM_S = 0x201004 };

static _Alignas(8) u8 bytes[16];
static _Alignas(4096) u64 root[PTE_PER_TABLE];

static void jump(u64 address)
{
	asm volatile("jr %0" : : "r"(address));
}

static void load(u64 address)
{
	*(volatile u64 *)address;
}

static void store(u64 address)
{
	*(volatile u64 *)address = 1;
}

static void illegal(u64 argument)
{
	asm volatile(".word %0" : : "i"(ILLEGAL));
}

static void breakpoint(u64 argument)
{
	asm volatile("ebreak");
}

static void reserve(u64 address)
{
	asm volatile("lr.w t0, (%0)" : : "r"(address) : "t0", "memory");
}

static void add_atomically(u64 address)
{
	asm volatile("amoadd.w t0, t0, (%0)" : : "r"(address) : "t0", "memory");
}

static void user_call(u64 argument)
{
	u64 pc;

	asm volatile("lla %0, 1f\n\tj 2f\n1:\tecall\n2:" : "=r"(pc));
	trap_enter_user(pc);
}

/* Loads and stores go through a page table that knows RAM and the devices, and nothing else. */
static void with_paging(void (*function)(u64 argument), u64 argument)
{
	root[0] = PTE_LEAF;
	root[2] = 2 * GIBIBYTE >> 12 << 10 | PTE_LEAF;
	csr_write(satp, SATP_SV39 | (u64)root >> 12);
	asm volatile("sfence.vma");
	function(argument);
}

static void jump_paged(u64 address) { with_paging(jump, address); }
static void load_paged(u64 address) { with_paging(load, address); }
static void store_paged(u64 address) { with_paging(store, address); }

static void wait_for(u64 interrupt)
{
	csr_write(sie, interrupt);
	csr_set(sstatus, STATUS_SIE);
	for (;;)
		asm volatile("wfi");
}

static void software(u64 argument)
{
	csr_set(sip, INTERRUPT_SOFTWARE);
	wait_for(INTERRUPT_SOFTWARE);
}

static void timer(u64 argument)
{
	u64 now;

	asm volatile("rdtime %0" : "=r"(now));
	sbi_time_set_timer(now + 1000);
	wait_for(INTERRUPT_TIMER);
}

/* The real-time clock's alarm, through the interrupt controller. */
static void external(u64 argument)
{
	u64 time = *device32(BOARD_rtc + RTC_TIME_LOW);

	time |= (u64)*device32(BOARD_rtc + RTC_TIME_HIGH) << 32;
	time += 100000;
	*device32(BOARD_plic + 4 * RTC_SOURCE) = 1;
	*device32(BOARD_plic + PLIC_ENABLE_S) = 1 << RTC_SOURCE;
	*device32(BOARD_plic + PLIC_THRESHOLD_S) = 0;
	*device32(BOARD_rtc + RTC_ENABLE) = 1;
	*device32(BOARD_rtc + RTC_ALARM_HIGH) = (u32)(time >> 32);
	*device32(BOARD_rtc + RTC_ALARM_LOW) = (u32)time;
	wait_for(INTERRUPT_EXTERNAL);
}

enum { TVAL_IS_PC = 1 };

static const struct row {
	u64 cause, tval;
	const char *words;
	void (*provoke)(u64 argument);
	u64 argument;
} rows[] = {
	{ 1, NOWHERE, "fetch where nothing is", jump, NOWHERE },
	{ 2, ILLEGAL, "a word that is no instruction", illegal, 0 },
	{ 3, TVAL_IS_PC, "ebreak", breakpoint, 0 },
	{ 4, (u64)bytes + 2, "load-reserved, misaligned", reserve, (u64)bytes + 2 },
	{ 5, NOWHERE, "load where nothing is", load, NOWHERE },
	{ 6, (u64)bytes + 2, "atomic, misaligned", add_atomically, (u64)bytes + 2 },
	{ 7, NOWHERE, "store where nothing is", store, NOWHERE },
	{ 8, 0, "ecall from user level", user_call, 0 },
	{ 12, UNMAPPED, "fetch from no page", jump_paged, UNMAPPED },
	{ 13, UNMAPPED + 8, "load from no page", load_paged, UNMAPPED + 8 },
	{ 15, UNMAPPED + 16, "store to no page", store_paged, UNMAPPED + 16 },
	{ CAUSE_INTERRUPT | 1, 0, "software interrupt", software, 0 },
	{ CAUSE_INTERRUPT | 5, 0, "timer interrupt", timer, 0 },
	{ CAUSE_INTERRUPT | 9, 0, "alarm of the real-time clock", external, 0 },
};

/* Addresses that depend on the compiler are named, not printed. */
static void show(const struct row *row, const struct trap *trap)
{
	print("%s %2lu  %-30s ", trap->cause & CAUSE_INTERRUPT ? "interrupt" : "exception",
		trap->cause & ~CAUSE_INTERRUPT, row->words);
	if (row->tval == TVAL_IS_PC && trap->tval == trap->epc)
		print("pc\n");
	else if (trap->tval == (u64)bytes + 2)
		print("the operand's address\n");
	else
		print("0x%lx\n", trap->tval);
}

int main(void);

int main(void)
{
	struct trap trap;

	print("what       no  provoked by                    trap value\n");
	for (u32 i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];

		trap_try(&trap, row->provoke, row->argument);
		csr_write(satp, 0);
		csr_write(sie, 0);
		csr_clear(sip, INTERRUPT_SOFTWARE);
		show(row, &trap);
		check_equal(row->words, trap.cause, row->cause);
		check_equal(row->words, trap.tval, row->tval == TVAL_IS_PC ? trap.epc : row->tval);
	}
	check_equal("interrupt claimed", *device32(BOARD_plic + PLIC_CLAIM_S), RTC_SOURCE);
	check_end("traps");
}
