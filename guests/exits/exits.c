/*
 * The price of each exit, one kind at a time: the rows of exits.def, each made OPERATIONS times
 * between two markers. What they cost is in the machine's counters, not here: native nothing leaves
 * the guest, under a monitor each row has its own number of exits. Each row is run twice, the first
 * time without markers, so that what only a first pass pays (shadow tables of code and stack) is
 * paid already.
 */
#include "guests/lib/board.h"
#include "guests/lib/csr.h"
#include "guests/lib/print.h"
#include "guests/lib/sbi.h"

enum { OPERATIONS = 100, PAGE = 4096, UART_SCRATCH = BOARD_uart + 7 };
enum { POINTER = 1, CLEAN = 0x4f, LEAF = 0xcf }; /* V; V, R, W, X, A; and D */
#define SATP_SV39 (UINT64_C(8) << 60)
#define GIBIBYTE (UINT64_C(1) << 30)
#define MEBIBYTE (UINT64_C(1) << 20)
#define FRESH UINT64_C(0x1000000000) /* OPERATIONS pages, all of them the same frame */
#define UNMAPPED UINT64_C(0x2000000000)

static _Alignas(PAGE) u64 root[512], ram[512], middle[512], small[512];
static _Alignas(PAGE) u8 frame[PAGE];
static u64 spaces[2]; /* values of satp: one table under two ASIDs */

static inline void load(u64 address)
{
	*(volatile u64 *)address;
}

static inline void store(u64 address)
{
	*(volatile u64 *)address = 0;
}

static inline void fence(void)
{
	asm volatile("sfence.vma" : : : "memory");
}

static inline void fence_page(u64 address)
{
	asm volatile("sfence.vma %0" : : "r"(address) : "memory");
}

static void paging_on(void)
{
	root[0] = LEAF;
	root[2] = (u64)ram >> 12 << 10 | POINTER;
	for (u64 i = 0; i < 512; i++)
		ram[i] = (2 * GIBIBYTE + i * 2 * MEBIBYTE) >> 12 << 10 | LEAF;
	root[FRESH / GIBIBYTE] = (u64)middle >> 12 << 10 | POINTER;
	middle[0] = (u64)small >> 12 << 10 | POINTER;
	for (u32 i = 0; i < OPERATIONS; i++)
		small[i] = (u64)frame >> 12 << 10 | CLEAN;
	for (u32 i = 0; i < 2; i++)
		spaces[i] = SATP_SV39 | (u64)(i + 1) << 44 | (u64)root >> 12;
	csr_write(satp, spaces[0]);
}

/* Nothing is known of the pages at FRESH. */
static void fresh_ready(void)
{
	paging_on();
	fence();
}

static void fresh_loaded(void)
{
	fresh_ready();
	for (u32 i = 0; i < OPERATIONS; i++)
		load(FRESH + i * PAGE);
}

/* User code is one ecall, to which sret goes back each time; no register is changed on the way. */
void user_code(void);
void user_call(void);
void user_back(void);
asm(".balign 4\n"
	"user_code:\n\tecall\n"
	"user_call:\n\tsret\n"
	".balign 4\n"
	"user_back:\n\tret");

static void user_ready(void)
{
	csr_write(stvec, user_back);
	csr_write(sepc, user_code);
	csr_clear(sstatus, STATUS_SPP | STATUS_SPIE);
}

/* The smallest handler that can skip a load: two accesses to CSRs, and the return. */
void skip(void);
asm(".balign 4\n"
	"skip:\n\tcsrr t0, sepc\n\taddi t0, t0, 4\n\tcsrw sepc, t0\n\tsret");

static void fault_ready(void)
{
	paging_on();
	csr_write(stvec, skip);
}

static inline void load_skipped(u64 address)
{
	asm volatile(".option push\n\t.option norvc\n\tld t0, 0(%0)\n\t.option pop"
		: : "r"(address) : "t0", "memory");
}

static void wait_ready(void)
{
	csr_write(sie, INTERRUPT_SOFTWARE);
	csr_set(sip, INTERRUPT_SOFTWARE);
}

/* Small and aligned, so that none of them lies in two pages. */
#define EXIT_BENCH(name, text, prepare, operation, words) \
	static __attribute__((noipa, aligned(512))) void bench_##name(bool measured) \
	{ \
		prepare; \
		if (measured) \
			sbi_measure_begin((u64)text, sizeof(text) - 1); \
		for (u64 i = 0; i < OPERATIONS; i++) \
			operation; \
		if (measured) \
			sbi_measure_end(OPERATIONS); \
	}
#include "guests/exits/exits.def"
#undef EXIT_BENCH

static void (*const benches[])(bool measured) = {
#define EXIT_BENCH(name, text, prepare, operation, words) bench_##name,
#include "guests/exits/exits.def"
#undef EXIT_BENCH
};

int main(void);

int main(void)
{
	u64 kinds = sizeof(benches) / sizeof(benches[0]);

	for (u64 i = 0; i < 2 * kinds; i++) {
		benches[i / 2](i % 2);
		csr_write(satp, 0);
		csr_write(sie, 0);
	}
	print("exits: %lu kinds, %u operations each\n", kinds, OPERATIONS);
	return 0;
}
