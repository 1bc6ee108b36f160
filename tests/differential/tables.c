/*
 * The page tables and scratch pages that all groups of a program share, drawn from its seed. Each
 * root has a window of 4 KiB pages (the first few always good, odd ones for user level), 2 MiB and
 * 1 GiB pages with drawn rights, entries that are wrong in every way there is, and aliases of RAM so
 * that the drawn code and the harness can run at either level.
 *
 *	root    2 3 4 5 to 8 9 ...                        510 511
 *	        | | | bad    window: middle table         |   RAM, supervisor
 *	        | | | entries                             window once more
 *	        | | 1 GiB of RAM, drawn rights
 *	        | RAM, user
 *	        RAM, supervisor
 *	middle  0: leaf table   1 to 9: 2 MiB pages   10 to 15: bad entries
 */
#include "cpu/mmu.h"
#include "tests/differential/program.h"
#include "tests/differential/random.h"

enum { TABLES_PER_ROOT = 4, ROOT_TABLE = 0, MIDDLE, LEAVES, ALIAS, ALIAS_PAGES = 32 };

#define RAM_BASE UINT64_C(0x80000000)
#define PTE_ALL  (PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D)

static u64 table_at(u32 root, u32 which)
{
	return LAYOUT_TABLES + ((root - 1) * TABLES_PER_ROOT + which) * (u64)PAGE_SIZE;
}

static u64 entry_to(u64 physical, u64 flags)
{
	return physical >> PAGE_SHIFT << 10 | flags;
}

u64 tables_satp(u32 root)
{
	/* Neighbouring, small and large address space identifiers. */
	static const u64 asids[ROOTS + 1] = { 0, 1, 2, 0xffff };

	if (root == 0)
		return 0;
	return (u64)SATP_SV39 << 60 | asids[root] << 44 | table_at(root, ROOT_TABLE) >> PAGE_SHIFT;
}

u64 tables_leaf(u32 root, u32 page)
{
	return table_at(root, LEAVES) + page * 8;
}

u64 tables_entry(const struct program *program, u64 *random, u32 page)
{
	bool sum_fetch = program->with >> EXCEPTION_sum_fetch & 1;
	u64 flags, physical = LAYOUT_SCRATCH + random_below(random, TRAP_PAGE) * (u64)PAGE_SIZE;

	if (page < GOOD_PAGES)
		return entry_to(physical, (PTE_ALL & ~PTE_X) | (page & 1 ? PTE_U : 0));
	flags = random_next(random) & 0x3ff;
	if (!random_once_in(random, 8))
		flags |= PTE_V;
	if (!random_once_in(random, 3))
		flags |= PTE_R;
	if (window_nowhere(page) && random_once_in(random, 5))
		physical = UINT64_C(0x90000000);
	if (window_nowhere(page) && random_once_in(random, 5))
		physical |= UINT64_C(1) << (35 + random_below(random, 21));
	if ((flags & PTE_U) && !window_user_code(page) && !sum_fetch)
		flags &= ~(u64)PTE_X;
	/* What may be run is the page of ecalls, and stays that. */
	if (flags & PTE_X) {
		physical = LAYOUT_SCRATCH + TRAP_PAGE * PAGE_SIZE;
		flags &= ~(u64)PTE_W;
	}
	if (random_once_in(random, 20))
		flags |= UINT64_C(1) << (54 + random_below(random, 10));
	return entry_to(physical, flags);
}

/* A large page over RAM, at times out of line. */
static u64 large_entry(u64 *random, u32 shift)
{
	u64 flags = random_next(random) & 0x3ff;

	flags |= PTE_V | PTE_R;
	if (flags & PTE_U)
		flags &= ~(u64)PTE_X;
	if (random_once_in(random, 8))
		return entry_to(RAM_BASE | UINT64_C(1) << (12 + random_below(random, shift - 12)),
			flags);
	return entry_to(RAM_BASE, flags);
}

static u64 bad_entry(const struct program *program, u64 *random)
{
	bool nowhere = program->with >> EXCEPTION_table_nowhere & 1;

	switch (random_below(random, nowhere ? 5 : 4)) {
	case 4: /* a table where no RAM is */
		return entry_to(UINT64_C(0x90000000), PTE_V);
	case 1: /* a pointer with a bit that only leaves have */
		return entry_to(table_at(1, LEAVES), PTE_V | PTE_U << random_below(random, 4));
	case 2: /* reserved bits */
		return entry_to(table_at(1, LEAVES), PTE_V) | UINT64_C(1)
			<< (54 + random_below(random, 10));
	case 3: /* writable but not readable */
		return entry_to(RAM_BASE, PTE_V | PTE_W | PTE_A | PTE_D);
	default: /* not valid, whatever else it says */
		return random_next(random) & ~(u64)PTE_V;
	}
}

/* RAM as supervisor (or user) code sees it, in one 1 GiB page or many of 2 MiB. */
static u64 alias_entry(struct ram *ram, u32 root, u64 flags)
{
	if (root != 1 && !(flags & PTE_U)) {
		for (u32 i = 0; i < ALIAS_PAGES; i++)
			ram_write(ram, table_at(root, ALIAS) + i * 8,
				entry_to(RAM_BASE + ((u64)i << 21), flags), 8);
		return entry_to(table_at(root, ALIAS), PTE_V);
	}
	return entry_to(RAM_BASE, flags);
}

static void root_write(const struct program *program, struct ram *ram, u64 *random, u32 root)
{
	u64 top = table_at(root, ROOT_TABLE), middle = table_at(root, MIDDLE);

	ram_write(ram, top + 9 * 8, entry_to(middle, PTE_V), 8);
	ram_write(ram, top + 2 * 8, alias_entry(ram, root, PTE_ALL), 8);
	ram_write(ram, top + 3 * 8, alias_entry(ram, root, PTE_ALL | PTE_U), 8);
	ram_write(ram, top + 4 * 8, large_entry(random, 30), 8);
	for (u32 i = 5; i < 9; i++)
		ram_write(ram, top + i * 8, bad_entry(program, random), 8);
	ram_write(ram, top + 510 * 8, entry_to(middle, PTE_V), 8);
	ram_write(ram, top + 511 * 8, alias_entry(ram, root, PTE_ALL), 8);
	ram_write(ram, middle, entry_to(table_at(root, LEAVES), PTE_V), 8);
	for (u32 i = 1; i <= MEGAPAGES; i++)
		ram_write(ram, middle + i * 8, i < 10 ? large_entry(random, 21) : bad_entry(program, random),
			8);
	for (u32 i = 0; i < WINDOW_PAGES; i++)
		ram_write(ram, tables_leaf(root, i), tables_entry(program, random, i), 8);
}

void tables_write(const struct program *program, struct ram *ram)
{
	u64 random = program->seed;
	u64 trap_page = LAYOUT_SCRATCH + TRAP_PAGE * PAGE_SIZE;

	for (u64 at = LAYOUT_SCRATCH; at < trap_page; at += 8)
		ram_write(ram, at, random_next(&random), 8);
	for (u64 at = trap_page; at < trap_page + PAGE_SIZE; at += 4)
		ram_write(ram, at, 0x00000073, 4);
	/* The first half of an instruction whose other half is in the next page. */
	ram_write(ram, trap_page + PAGE_SIZE - 2, 0x0013, 2);
	for (u32 root = 1; root <= ROOTS; root++)
		root_write(program, ram, &random, root);
}
