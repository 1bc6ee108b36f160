/*
 * Page tables of three, four and five levels, superpages of every size, pages of 64 KiB (Svnapot)
 * and invalidation in pieces (Svinval). Code and data stay where they are by one large leaf; the
 * pages under test are mapped far away.
 */
#include "guests/check/trap.h"
#include "guests/isa-check/try.h"
#include "guests/lib/string.h"

asm(".option arch, +svinval");

enum { PAGE = 4096, ENTRIES = 512, LEVELS = 5, LOAD_PAGE = 13, STORE_PAGE = 15, SHIFT = 12,
	NAPOT_PAGES = 16 };
enum { V = 1, R = 2, W = 4, A = 64, D = 128, LEAF = V | R | W | 8 | A | D };
#define N CSR_BIT(63)

static _Alignas(PAGE) u64 tables[LEVELS][ENTRIES];
static _Alignas(NAPOT_PAGES * PAGE) u8 pages[NAPOT_PAGES * PAGE];

static u64 entry(const void *to, u64 flags)
{
	return (u64)to >> 12 << 10 | flags;
}

static void fence(void)
{
	asm volatile("sfence.vma" : : : "memory");
}

static u64 load(u64 address)
{
	u64 value;

	asm volatile("ld %0, 0(%1)" : "=r"(value) : "r"(address) : "memory");
	return value;
}

static void load_only(u64 address)
{
	load(address);
}

static void store_only(u64 address)
{
	asm volatile("sd zero, 0(%0)" : : "r"(address) : "memory");
}

static void faults(const char *what, void (*function)(u64), u64 address, u64 cause)
{
	struct trap trap;

	trap_try(&trap, function, address);
	check_equal(what, trap.cause, cause);
	if (cause != TRAP_NONE)
		check_equal(what, trap.tval, address);
}

/* The highest address that `levels` can translate has its page here: upper half, all indices 511. */
static void build(unsigned levels)
{
	memset(tables, 0, sizeof(tables));
	for (unsigned i = 0; i + 1 < levels; i++)
		tables[i][511] = entry(tables[i + 1], V);
	tables[levels - 1][511] = entry(pages, LEAF);
	/* RAM, by a leaf of 1 GiB; above it pointers through entries 0. */
	for (unsigned i = 0; i + 3 < levels; i++)
		tables[i][0] = entry(tables[i + 1], V);
	tables[levels - 3][2] = entry((void *)0x80000000, LEAF);
}

static u64 satp_of(unsigned levels)
{
	return (u64)(levels + 5) << 60 | (u64)tables >> 12;
}

static void walk(unsigned levels)
{
	const u64 top = -(u64)PAGE, half = UINT64_C(1) << (11 + 9 * levels);

	build(levels);
	csr_write(satp, satp_of(levels));
	fence();
	check_equal("satp", csr_read(satp), satp_of(levels));
	*(u64 *)(pages + 8) = SOME + levels;
	check_equal("the highest page", load(top + 8), SOME + levels);
	faults("the page below", load_only, top - 8, LOAD_PAGE);
	faults("an address that is no sign extension", load_only, half, LOAD_PAGE);
	faults("another", load_only, half * 2 - PAGE, LOAD_PAGE);
	csr_write(satp, UINT64_C(11) << 60);
	check_equal("a mode that there is not", csr_read(satp), satp_of(levels));
	/* A leaf at each level but the root's: it has to be aligned. */
	for (unsigned i = 1; i < levels; i++) {
		u64 old = tables[i][511], size = UINT64_C(1) << (SHIFT + 9 * (levels - 1 - i));
		u64 start = 0x80000000 & ~(size - 1);

		tables[i][511] = entry((void *)start, LEAF);
		fence();
		check_equal("a superpage", load(-size + ((u64)pages + 8 - start) % size),
			start + size > (u64)pages && start <= (u64)pages ? SOME + levels
			: load(start + ((u64)pages + 8 - start) % size));
		if (size > PAGE) {
			tables[i][511] = entry((void *)(start + PAGE), LEAF);
			fence();
			faults("a superpage out of line", load_only, top, LOAD_PAGE);
		}
		tables[i][511] = old;
		fence();
	}
	csr_write(satp, 0);
	fence();
}

/* 64 KiB: each of 16 entries alike. */
static void napot(void)
{
	const u64 base = -(u64)(NAPOT_PAGES * PAGE);

	build(3);
	for (u32 i = 0; i < NAPOT_PAGES; i++) {
		tables[2][ENTRIES - NAPOT_PAGES + i] = N | entry(pages + 8 * PAGE, LEAF);
		*(u64 *)(pages + i * PAGE) = OTHER + i;
	}
	csr_write(satp, satp_of(3));
	fence();
	for (u32 i = 0; i < NAPOT_PAGES; i++)
		check_equal("a page of 64 KiB", load(base + i * PAGE), OTHER + i);
	/* One fence for any of its addresses is enough for all. */
	for (u32 i = 0; i < NAPOT_PAGES; i++)
		tables[2][ENTRIES - NAPOT_PAGES + i] = 0;
	asm volatile("sfence.vma %0" : : "r"(base + 5 * PAGE) : "memory");
	for (u32 i = 0; i < NAPOT_PAGES; i++)
		faults("a page of 64 KiB, gone", load_only, base + i * PAGE, LOAD_PAGE);
	tables[2][511] = N | entry(pages, LEAF);
	fence();
	faults("N with another size", load_only, base + 15 * PAGE, LOAD_PAGE);
	tables[2][511] = entry(pages, LEAF);
	tables[1][511] |= N;
	fence();
	faults("N in a pointer", load_only, base + 15 * PAGE, LOAD_PAGE);
	csr_write(satp, 0);
	fence();
}

static void pieces(void)
{
	const u64 top = -(u64)PAGE;

	build(3);
	csr_write(satp, satp_of(3));
	fence();
	load(top);
	store_only(top);
	tables[2][511] = entry(pages, LEAF & ~W);
	asm volatile("sfence.w.inval\n\tsinval.vma %0, zero\n\tsfence.inval.ir" : : "r"(top) : "memory");
	faults("sinval.vma", store_only, top, STORE_PAGE);
	faults("sinval.vma", load_only, top, TRAP_NONE);
	csr_write(satp, 0);
	fence();
}

int main(void)
{
	for (unsigned levels = 3; levels <= LEVELS; levels++)
		walk(levels);
	napot();
	pieces();
	check_end("isa-check tables");
}
