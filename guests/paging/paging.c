/*
 * Sv39 paging, checked by itself: pages of 4 KiB, 2 MiB and 1 GiB, every right of access at both
 * levels with SUM and MXR, accessed and dirty bits, entries that must be refused, sfence.vma, and
 * address spaces that ASIDs keep apart. Under a monitor all of this is done by shadow tables.
 */
#include "guests/check/check.h"
#include "guests/check/trap.h"
#include "guests/lib/print.h"

enum { V = 1, R = 2, W = 4, X = 8, U = 16, A = 64, D = 128, AD = A | D };
enum { OK = TRAP_NONE, EBREAK = 3, FETCH = 12, LOAD = 13, STORE = 15 };
#define MXR CSR_BIT(19)
#define SUM STATUS_SUM
#define USER CSR_BIT(63) /* no bit of sstatus: user code makes the access */
#define SV39 (UINT64_C(8) << 60)
#define RAM UINT64_C(0x80000000)
#define MIB_2 UINT64_C(0x200000)
#define GIB_1 UINT64_C(0x40000000)

/* Virtual addresses: page[space], the user's code, all RAM near page[] and all RAM. */
#define SMALL UINT64_C(0x1000000000)
#define USER_CODE (SMALL + 0x1000)
#define LARGE (SMALL + MIB_2)
#define HUGE (SMALL + GIB_1)

static _Alignas(4096) volatile u64 root[2][512], middle[2][512], small[2][512], page[2][512];
static _Alignas(4096) u32 user_code[1024] = {
	0x00053503, 0x00100073, /* ld a0, 0(a0); ebreak */
	0x00a53023, 0x00100073, /* sd a0, 0(a0); ebreak */
};
enum { EBREAK_WORD = 0x00100073, USER_STORE = 8 };

static u64 entry(u64 target, u64 bits)
{
	return target >> 12 << 10 | bits;
}

static void fence(void)
{
	asm volatile("sfence.vma" : : : "memory");
}

static void activate(u32 space)
{
	csr_write(satp, SV39 | (u64)(space + 1) << 44 | (u64)root[space] >> 12);
}

static void build(void)
{
	for (u32 i = 0; i < 2; i++) {
		root[i][0] = entry(0, V | R | W | AD);
		root[i][RAM / GIB_1] = entry(RAM, V | R | W | X | AD);
		root[i][SMALL / GIB_1] = entry((u64)middle[i], V);
		root[i][HUGE / GIB_1] = entry(RAM, V | R | AD);
		middle[i][0] = entry((u64)small[i], V);
		middle[i][1] = entry((u64)page & -MIB_2, V | R | W | AD);
		small[i][0] = entry((u64)page[i], V | R | W | AD);
		small[i][1] = entry((u64)user_code, V | R | X | U | AD);
		page[i][1] = i + 100;
	}
	asm volatile("fence.i");
	activate(0);
	fence();
}

static void load(u64 address) { *(volatile u64 *)address; }
static void store(u64 address) { *(volatile u64 *)address = EBREAK_WORD; }
static void fetch(u64 address) { asm volatile("jr %0" : : "r"(address)); }

static void as_user(u64 pc)
{
	csr_write(sepc, pc);
	csr_clear(sstatus, STATUS_SPP);
	asm volatile("mv a0, %0\n\tsret" : : "r"(SMALL) : "a0");
}

/* The cause of the trap at `address`, or OK when the access was made. */
static u64 attempt(void (*function)(u64 argument), u64 argument, u64 address)
{
	struct trap trap;

	trap_try(&trap, function, argument);
	if (trap.cause == EBREAK)
		return OK;
	if (trap.cause != TRAP_NONE)
		check_equal("tval", trap.tval, address);
	return trap.cause;
}

/* Who may do what with a leaf of these bits. */
static const struct right {
	const char *words;
	u64 bits, status;
	u64 load, store, fetch;
} rights[] = {
	{ "nothing",        AD,             0,    LOAD, STORE, FETCH },
	{ "r",              V|R|AD,         0,    OK,   STORE, FETCH },
	{ "rw",             V|R|W|AD,       0,    OK,   OK,    FETCH },
	{ "x",              V|X|AD,         0,    LOAD, STORE, OK },
	{ "rx",             V|R|X|AD,       0,    OK,   STORE, OK },
	{ "rwx",            V|R|W|X|AD,     0,    OK,   OK,    OK },
	{ "w, reserved",    V|W|AD,         0,    LOAD, STORE, FETCH },
	{ "wx, reserved",   V|W|X|AD,       0,    LOAD, STORE, FETCH },
	{ "pointer",        V,              0,    LOAD, STORE, FETCH },
	{ "x, mxr",         V|X|AD,         MXR,  OK,   STORE, OK },
	{ "r, mxr",         V|R|AD,         MXR,  OK,   STORE, FETCH },
	{ "user's",         V|R|W|X|U|AD,   0,    LOAD, STORE, FETCH },
	{ "user's, sum",    V|R|W|X|U|AD,   SUM,  OK,   OK,    FETCH },
	{ "user's r, sum",  V|R|U|AD,       SUM,  OK,   STORE, FETCH },
	{ "user's x, both", V|X|U|AD,       SUM | MXR,  OK,   STORE, FETCH },
	{ "by user, rwx",   V|R|W|X|U|AD,   USER, OK,   OK,    OK },
	{ "by user, r",     V|R|U|AD,       USER, OK,   STORE, FETCH },
	{ "by user, x",     V|X|U|AD,       USER, LOAD, STORE, OK },
	{ "by user, x, mxr", V|X|U|AD,      USER | MXR, OK,   STORE, OK },
	{ "by user, not u", V|R|W|X|AD,     USER, LOAD, STORE, FETCH },
	{ "by user, sum",   V|R|W|X|AD,     USER | SUM, LOAD, STORE, FETCH },
	{ "a and d clear",  V|R|W|X,        0,    OK,   OK,    OK },
	{ "reserved bits",  V|R|W|X|AD|CSR_BIT(54), 0, LOAD, STORE, FETCH },
};

static void check_rights(void)
{
	for (u32 i = 0; i < sizeof(rights) / sizeof(rights[0]); i++) {
		const struct right *row = &rights[i];
		bool user = row->status & USER;

		small[0][0] = entry((u64)page[0], row->bits);
		page[0][0] = EBREAK_WORD;
		fence();
		csr_set(sstatus, row->status & ~USER);
		check_equal(row->words, user ? attempt(as_user, USER_CODE, SMALL)
			: attempt(load, SMALL, SMALL), row->load);
		check_equal(row->words, user ? attempt(as_user, USER_CODE + USER_STORE, SMALL)
			: attempt(store, SMALL, SMALL), row->store);
		page[0][0] = EBREAK_WORD;
		asm volatile("fence.i");
		check_equal(row->words, attempt(user ? as_user : fetch, SMALL, SMALL), row->fetch);
		csr_clear(sstatus, SUM | MXR);
	}
	print("rights: %lu kinds of leaf\n", sizeof(rights) / sizeof(rights[0]));
}

/* Hardware sets A at the first access and D at the first store, never more. */
static void check_accessed_dirty(void)
{
	u64 clean = entry((u64)page[0], V | R | W);

	small[0][0] = clean;
	fence();
	check_equal("before", small[0][0], clean);
	load(SMALL);
	check_equal("after a load", small[0][0], clean | A);
	store(SMALL);
	check_equal("after a store", small[0][0], clean | AD);
	small[0][0] = clean;
	fence();
	store(SMALL);
	check_equal("a store alone", small[0][0], clean | AD);
	small[0][0] = entry((u64)page[0], V | R);
	fence();
	check_equal("refused", attempt(store, SMALL, SMALL), STORE);
	check_equal("refused: no d", small[0][0] & D, 0);
	print("accessed and dirty\n");
}

static u64 word(u64 address)
{
	return *(volatile u64 *)address;
}

static void check_sizes(void)
{
	u64 place = (u64)&page[1][1];

	small[0][0] = entry((u64)page[1], V | R | AD);
	fence();
	check_equal("4 KiB", word(SMALL + 8), 101);
	check_equal("2 MiB", word(LARGE + place % MIB_2), 101);
	check_equal("1 GiB", word(HUGE + place - RAM), 101);
	middle[0][1] |= 1 << 10;
	fence();
	check_equal("2 MiB out of line", attempt(load, LARGE, LARGE), LOAD);
	root[0][HUGE / GIB_1] |= 1 << 10;
	fence();
	check_equal("1 GiB out of line", attempt(load, HUGE, HUGE), LOAD);
	check_equal("no address", attempt(load, CSR_BIT(38), CSR_BIT(38)), LOAD);
	check_equal("no entry", attempt(fetch, LARGE + MIB_2, LARGE + MIB_2), FETCH);
	print("pages of 4 KiB, 2 MiB and 1 GiB\n");
}

/* After a change of a table: fences of one address, of one ASID, of both, and across two pages. */
static void check_fences(void)
{
	for (u32 kind = 0; kind < 4; kind++) {
		for (u32 i = 0; i < 2; i++) {
			small[0][0] = entry((u64)page[i], V | R | AD);
			if (kind == 0)
				fence();
			else if (kind == 1)
				asm volatile("sfence.vma %0" : : "r"(SMALL) : "memory");
			else if (kind == 2)
				asm volatile("sfence.vma zero, %0" : : "r"(1) : "memory");
			else
				asm volatile("sfence.vma %0, %1" : : "r"(SMALL), "r"(1) : "memory");
			check_equal("after a fence", word(SMALL + 8), i + 100);
		}
	}
	print("fences\n");
}

/* The same address means another page in another space; switching needs no fence. */
static void check_spaces(void)
{
	u64 before;

	small[0][0] = entry((u64)page[0], V | R | AD);
	fence();
	for (u32 i = 0; i < 6; i++) {
		activate(i % 2);
		check_equal("in its space", word(SMALL + 8), i % 2 + 100);
	}
	before = csr_read(satp);
	csr_write(satp, before ^ UINT64_C(3) << 60);
	check_equal("a mode that is not there", csr_read(satp), before);
	csr_write(satp, 0);
	check_equal("no paging", word((u64)&page[1][1]), 101);
	print("address spaces\n");
}

int main(void);

int main(void)
{
	build();
	check_rights();
	check_accessed_dirty();
	check_sizes();
	check_fences();
	check_spaces();
	check_end("paging");
}
