/*
 * The stress guest with direct page tables: batches that are accepted and refused, mappings that
 * come and go with and without flushes, multicalls, pins.
 */
#include "guests/lib/csr.h"
#include "guests/lib/sbi.h"
#include "tests/invariance/stress.h"

static struct page para_root, para_user_root, para_ram, para_low, para_window, para_leaves,
	spare_table;

static void para_leaf(u64 *word, u64 target, u64 bits)
{
	*word = target >> 12 << 10 | bits | PTE_V | PTE_U;
}

/* RAM as it is, but for the tables, which can only be read; devices below. */
static void para_build(void)
{
	const struct page *tables[] = { &para_root, &para_user_root, &para_ram, &para_low,
		&para_window, &para_leaves, &spare_table };

	for (u64 i = 0; i < ENTRIES; i++)
		para_leaf(&para_low.word[i], UINT64_C(0x80200000) + (i << 12), PTE_R | PTE_W | PTE_X);
	for (u64 i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		para_leaf(&para_low.word[((u64)tables[i] - UINT64_C(0x80200000)) >> 12],
			(u64)tables[i], PTE_R);
	for (u64 i = 0; i < 4; i++)
		para_leaf(&para_ram.word[i], UINT64_C(0x80000000) + (i << 21),
			PTE_R | PTE_W | PTE_X);
	para_ram.word[1] = stress_entry(&para_low, PTE_V);
	para_window.word[0] = stress_entry(&para_leaves, PTE_V);
	para_leaf(&para_root.word[0], 0, PTE_R | PTE_W);
	para_root.word[1] = stress_entry(&para_window, PTE_V);
	para_root.word[2] = stress_entry(&para_ram, PTE_V);
	para_user_root.word[1] = para_root.word[1];
	para_leaf(&para_leaves.word[FRAMES], (u64)stress_program, PTE_R | PTE_X);
	para_leaf(&para_leaves.word[FRAMES + 1], (u64)stress_user_stack, PTE_R | PTE_W);
}

static void para_change(void)
{
	static struct { u64 address, value; } record[8];
	u64 count = 1 + stress_roll(8);
	struct sbi_result result;

	for (u64 i = 0; i < count; i++) {
		u64 target = (u64)&stress_frames[stress_roll(FRAMES)];

		record[i].address = (u64)&para_leaves.word[stress_roll(FRAMES)];
		record[i].value = stress_entry((void *)target, stress_roll(256) & (u64)~PTE_G) | PTE_U;
		if (stress_roll(12) == 0)
			record[i].value = stress_entry(&para_leaves, PTE_V | PTE_R | PTE_W | PTE_U);
		if (stress_roll(12) == 0) {
			record[i].address = (u64)&para_window.word[1];
			record[i].value = stress_roll(2) ? stress_entry((void *)SPARE, PTE_V | PTE_R | PTE_W | PTE_U)
				: stress_roll(2) ? stress_entry(&para_leaves, PTE_V) : 0;
		}
		if (stress_roll(20) == 0)
			record[i].value = stress_roll(NEVER);
	}
	result = sbi_para_table_update((u64)record, count);
	stress_mix((u64)result.error);
	stress_mix(result.value);
}

static void para_calls(void)
{
	static struct call batch[4];

	batch[0] = (struct call){ .eid = SBI_DBCN, .fid = SBI_DBCN_CONSOLE_WRITE_BYTE,
		.argument = { '.' } };
	batch[1] = (struct call){ .eid = SBI_TIME, .fid = SBI_TIME_SET_TIMER,
		.argument = { csr_read(time) + stress_roll(40) } };
	batch[2] = (struct call){ .eid = SBI_PARA, .fid = SBI_PARA_TLB_FLUSH,
		.argument = { WINDOW, stress_roll(4) * PAGE_SIZE } };
	batch[3] = (struct call){ .eid = SBI_PARA, .fid = SBI_PARA_TABLE_UNPIN,
		.argument = { stress_roll(2) ? (u64)&spare_table : (u64)&para_root } };
	stress_mix((u64)sbi_para_multicall((u64)batch, 4).error);
	stress_mix((u64)batch[3].error);
	stress_mix((u64)sbi_para_table_pin(stress_roll(3), (u64)&spare_table).error);
	/* Into a table nobody writes. */
	stress_mix((u64)sbi_dbcn_console_read(8, (u64)&para_leaves, 0).error);
	stress_mix((u64)sbi_para_multicall((u64)&para_leaves, 1).error);
}

void stress_para_phase(void)
{
	for (u32 i = 0; i < 80; i++) {
		para_change();
		stress_mix(stress_touch(WINDOW + stress_roll(FRAMES) * PAGE_SIZE + stress_roll(500) * 8));
		if (stress_roll(3) == 0)
			sbi_para_tlb_flush(WINDOW + stress_roll(FRAMES) * PAGE_SIZE, stress_roll(2) * PAGE_SIZE);
		if (stress_roll(6) == 0)
			stress_mix(stress_touch(BIG + stress_roll(64) * PAGE_SIZE));
		if (stress_roll(6) == 0)
			stress_mix(stress_touch((u64)&para_leaves));
		if (stress_roll(8) == 0)
			para_calls();
		if (stress_roll(30) == 0)
			csr_write(satp, 0);
		stress_mix(para_leaves.word[stress_roll(FRAMES)]);
	}
	stress_mix((u64)sbi_para_table_switch((u64)&para_root, (u64)&para_user_root).error);
	stress_mix(stress_user(WINDOW + FRAMES * PAGE_SIZE, stress_roll(1000),
		WINDOW + (FRAMES + 2) * PAGE_SIZE));
}

void stress_para_begin(void)
{
	para_build();
	stress_mix((u64)sbi_para_table_pin(2, (u64)&para_root).error);
	stress_mix((u64)sbi_para_table_pin(2, (u64)&para_user_root).error);
	stress_mix((u64)sbi_para_table_switch((u64)&para_root, 0).error);
}
