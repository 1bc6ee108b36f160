/*
 * The price of each exit, one kind at a time: the rows of exits.def, each made OPERATIONS times
 * between two markers. What they cost is in the machine's counters, not here: native nothing leaves
 * the guest, under a monitor each row has its own number of exits. Each row is run twice, the first
 * time unmeasured, so that what only the first pass pays (shadow tables of code and stack) is paid.
 */
#include "guests/lib/board.h"
#include "guests/lib/csr.h"
#include "guests/lib/print.h"
#include "guests/lib/sbi.h"
#include "guests/lib/string.h"

enum { OPERATIONS = 100, PAGE = 4096, UART_SCRATCH = 7 };
enum { LEAF = 0xcf, POINTER = 1 }; /* V, R, W, X, A, D */
#define SATP_SV39 (UINT64_C(8) << 60)
#define GIBIBYTE (UINT64_C(1) << 30)
#define FRESH UINT64_C(0x1000000000) /* OPERATIONS pages, all of them the same frame */
#define UNMAPPED UINT64_C(0x2000000000)

static _Alignas(4096) u64 root[512], middle[512], small[512];
static _Alignas(4096) u8 frame[PAGE];
static u64 spaces[2]; /* values of satp: one table under two ASIDs */

static void load(u64 address) { *(volatile u64 *)address; }
static void store(u64 address) { *(volatile u64 *)address = 0; }

static void paging_on(void)
{
	root[0] = LEAF;
	root[2] = 2 * GIBIBYTE >> 12 << 10 | LEAF;
	root[FRESH / GIBIBYTE] = (u64)middle >> 12 << 10 | POINTER;
	middle[0] = (u64)small >> 12 << 10 | POINTER;
	for (u32 i = 0; i < OPERATIONS; i++)
		small[i] = (u64)frame >> 12 << 10 | LEAF;
	for (u32 i = 0; i < 2; i++)
		spaces[i] = SATP_SV39 | (u64)(i + 1) << 44 | (u64)root >> 12;
	csr_write(satp, spaces[0]);
}

static void fresh_prepare(void)
{
	paging_on();
	asm volatile("sfence.vma" : : : "memory");
	store((u64)&spaces); /* these pages again, so that only FRESH is fresh */
	paging_on();
}

static void fresh_load(void)
{
	for (u32 i = 0; i < OPERATIONS; i++)
		load(FRESH + i * PAGE);
}

/* User code is one ecall, to which sret goes back each time: the handler is where the sret was. */
void user_code(void);
asm(".balign 4\nuser_code:\n\tecall");

static void user_prepare(void)
{
	csr_write(sepc, user_code);
	csr_clear(sstatus, STATUS_SPIE);
}

static inline __attribute__((always_inline)) void user_call_and_back(void)
{
	asm volatile("lla t0, 1f\n\tcsrw stvec, t0" : : : "t0");
}

/* The smallest handler that can skip a load: two CSR accesses and the return. */
void skip(void);
asm(".balign 4\nskip:\n\tcsrr t0, sepc\n\taddi t0, t0, 4\n\tcsrw sepc, t0\n\tsret");

static void fault_prepare(void)
{
	paging_on();
	csr_write(stvec, skip);
}

static void load_skipped(u64 address)
{
	asm volatile(".option push\n\t.option norvc\n\tld t0, 0(%0)\n\t.option pop" : : "r"(address)
		: "t0", "memory");
}
