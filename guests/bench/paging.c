/*
 * Page tables for a window of small pages. Accessed and dirty are set from the start, so that no
 * walk has anything to write.
 */
#include "guests/bench/paging.h"

#include "guests/bench/level.h"
#include "guests/lib/csr.h"

enum {
	PTE_V = 1, PTE_R = 2, PTE_W = 4, PTE_X = 8, PTE_A = 64, PTE_D = 128,
	ENTRIES = PAGE_SIZE / 8,
	LEAVES = 32 /* tables of the lowest level */
};

#define GIGABYTE (UINT64_C(1) << 30)
#define MEGABYTE (UINT64_C(1) << 20)
#define RAM_BASE UINT64_C(0x80000000)
#define SATP_SV39 (UINT64_C(8) << 60)

static u64 root[ENTRIES] __attribute__((aligned(PAGE_SIZE)));
static u64 middle[ENTRIES] __attribute__((aligned(PAGE_SIZE)));
static u64 leaf[LEAVES][ENTRIES] __attribute__((aligned(PAGE_SIZE)));

extern u8 guest_end[];

u8 *paging_pool(void)
{
	return (u8 *)(((uintptr_t)guest_end + MEGABYTE - 1) & ~(MEGABYTE - 1));
}

static u64 entry(const void *page, u64 rights)
{
	return (u64)(uintptr_t)page >> 12 << 10 | PTE_V | rights;
}

void paging_create(u64 pages)
{
	u8 *pool = paging_pool();

	root[0] = entry(NULL, PTE_R | PTE_W | PTE_A | PTE_D);
	root[RAM_BASE / GIGABYTE] = entry((void *)RAM_BASE,
		PTE_R | PTE_W | PTE_X | PTE_A | PTE_D);
	root[PAGING_WINDOW / GIGABYTE] = entry(middle, 0);
	for (u64 i = 0; i < pages; i++) {
		middle[i / ENTRIES] = entry(leaf[i / ENTRIES], 0);
		leaf[i / ENTRIES][i % ENTRIES] = entry(pool + i * PAGE_SIZE,
			PTE_R | PTE_W | PTE_A | PTE_D);
	}
	level_open_memory();
	csr_write(satp, SATP_SV39 | (u64)(uintptr_t)root >> 12);
	asm volatile("sfence.vma" : : : "memory");
}
