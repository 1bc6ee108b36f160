/*
 * Random values that are worth something to an attacker. See material.h.
 */
#include "tests/fuzz/material.h"

u64 random_word(struct program *program)
{
	return roll(program, UINT64_C(1) << 32) << 32 | roll(program, UINT64_C(1) << 32);
}

u64 random_device(struct program *program)
{
	static const u64 device[] = { BOARD_finisher + 4, BOARD_rtc, BOARD_clint, BOARD_clint + 0x4000,
		BOARD_clint + 0xbff8, BOARD_plic, BOARD_plic + 0x1000, BOARD_plic + 0x2080,
		BOARD_plic + 0x201000, BOARD_uart, BOARD_virtio, BOARD_virtio + 0x80,
		BOARD_virtio + 0x1000, BOARD_ata, BOARD_ata + 0x200 };

	return device[roll(program, sizeof(device) / sizeof(device[0]))]
		+ (roll(program, 4) ? roll(program, 16) * 4 : roll(program, 0x1100));
}

u64 random_table(struct program *program)
{
	u64 tree = TABLES + roll(program, TREES) * TREE_FRAMES;

	return frame(tree + roll(program, roll(program, 8) ? TREE_LEAVES + 1 : TREE_FRAMES));
}

u64 random_frame(struct program *program)
{
	switch (roll(program, 8)) {
	case 0:
		return frame(CODE + roll(program, CODE_FRAMES));
	case 1:
		return frame(SHARED + roll(program, SHARED_FRAMES));
	case 2:
		return frame(BATCH + roll(program, BATCH_FRAMES));
	case 3:
		return frame(RINGS + roll(program, RINGS_FRAMES));
	case 4:
	case 5:
		return random_table(program);
	case 6:
		return frame(roll(program, FRAMES));
	default:
		return frame(DATA + roll(program, 64));
	}
}

u64 random_address(struct program *program)
{
	struct cell *cell = program->cell;
	u64 address = random_frame(program);

	if (roll(program, 3) == 0)
		address += roll(program, 512) * 8;
	switch (roll(program, 24)) {
	case 0:
		return address + cell_vm(cell)->offset;
	case 1:
		return BOARD_ram + CELL_CANARY + roll(program, 64) * PAGE_SIZE;
	case 2:
		return cell->canary[roll(program, cell->canaries)] + roll(program, 8);
	case 3:
		return frame(FRAMES) - roll(program, 16);
	case 4:
		return random_device(program);
	case 5:
	case 6:
		return WINDOW + roll(program, 512) * PAGE_SIZE + roll(program, PAGE_SIZE);
	case 7:
		return NEVER - roll(program, PAGE_SIZE);
	case 8:
		return address + roll(program, PAGE_SIZE);
	case 9:
		return UINT64_C(1) << roll(program, 64);
	default:
		return address;
	}
}

u64 random_value(struct program *program)
{
	switch (roll(program, 4)) {
	case 0:
		return roll(program, 64);
	case 1:
		return random_word(program);
	default:
		return random_address(program);
	}
}

u64 random_pte(struct program *program)
{
	static const u8 right[] = { 0, PTE_R, PTE_R | PTE_W, PTE_R | PTE_X, PTE_R | PTE_W | PTE_X,
		PTE_X, PTE_W };
	u64 target = roll(program, 6) ? random_frame(program) : random_address(program);
	u64 bits = right[roll(program, roll(program, 8) ? 5 : 7)];

	if (roll(program, 12) == 0)
		target = BOARD_ram + (roll(program, 2) << 21);
	if (roll(program, 10))
		bits |= PTE_V;
	if (roll(program, 8))
		bits |= bits & (PTE_R | PTE_X) ? PTE_U : 0;
	bits |= roll(program, 3) ? 0 : PTE_A;
	bits |= roll(program, 3) ? 0 : PTE_D;
	bits |= roll(program, 40) ? 0 : PTE_G;
	bits |= roll(program, 40) ? 0 : UINT64_C(1) << (54 + roll(program, 10));
	return ((target >> PAGE_SHIFT << 10) & PTE_PPN) | bits;
}

u32 random_row(struct program *program)
{
	u32 row;

	if (roll(program, 3))
		return HYPERCALL_para_version + (u32)roll(program,
			HYPERCALL_para_idle - HYPERCALL_para_version + 1);
	row = (u32)roll(program, HYPERCALLS);
	/* What ends the run is rare. */
	if ((row == HYPERCALL_srst_system_reset || row == HYPERCALL_legacy_shutdown)
	    && roll(program, 30))
		row = HYPERCALL_dbcn_console_write;
	return row;
}

u64 random_root(struct program *program)
{
	return frame(TABLES + roll(program, TREES) * TREE_FRAMES);
}

/* Some frame that is used so at present, as a guest that kept books would know; 0: none. */
static u64 known_frame(struct program *program, enum frame_type least, enum frame_type most)
{
	const struct frames *frames = &cell_vm(program->cell)->frames;
	u64 start = roll(program, FRAMES);

	for (u64 i = 0; frames->frame && i < FRAMES; i++) {
		u64 number = (start + i) % FRAMES;

		if (frames->frame[number].type >= least && frames->frame[number].type <= most)
			return frame(number);
	}
	return 0;
}

u64 random_known_table(struct program *program)
{
	u64 table = roll(program, 8) ? known_frame(program, FRAME_TABLE0, FRAME_TABLE2) : 0;

	return table ? table : random_table(program);
}

void random_arguments(struct program *program, u32 row, u64 *argument)
{
	u64 table, records = frame(BATCH + 2) + roll(program, 256) * 16;

	for (u32 i = 0; i < 6; i++)
		argument[i] = random_value(program);
	/* One in eight stays nonsense. */
	if (roll(program, 8) == 0)
		return;
	switch (row) {
	case HYPERCALL_para_enable:
		argument[0] = roll(program, 4) ? 15 : roll(program, 17);
		argument[1] = frame(SHARED + roll(program, SHARED_FRAMES));
		argument[2] = frame(CODE);
		break;
	case HYPERCALL_para_table_pin:
		table = random_table(program);
		argument[0] = roll(program, 3);
		argument[1] = table;
		if (roll(program, 2)) {
			argument[0] = 2;
			argument[1] = random_root(program);
		}
		break;
	case HYPERCALL_para_table_unpin:
		argument[0] = roll(program, 2) ? random_root(program) : random_known_table(program);
		break;
	case HYPERCALL_para_table_update:
		argument[0] = records;
		argument[1] = roll(program, 10) ? roll(program, 20) : roll(program, 520);
		break;
	case HYPERCALL_para_table_switch:
		argument[0] = random_root(program);
		argument[1] = roll(program, 2) ? random_root(program) : 0;
		break;
	case HYPERCALL_para_tlb_flush:
		argument[1] = roll(program, 70) * PAGE_SIZE;
		break;
	case HYPERCALL_para_multicall:
		argument[0] = frame(BATCH) + roll(program, 64) * 64;
		argument[1] = roll(program, 10) ? 1 + roll(program, 8) : roll(program, 66);
		break;
	case HYPERCALL_dbcn_console_write:
	case HYPERCALL_dbcn_console_read:
		argument[0] = roll(program, 2) ? roll(program, 200) : random_value(program);
		argument[1] = random_address(program);
		argument[2] = 0;
		break;
	case HYPERCALL_hsm_hart_start:
		argument[0] = roll(program, CELL_HARTS + 1);
		argument[1] = frame(CODE) + (roll(program, 2) ? 0
			: roll(program, CODE_FRAMES * PAGE_SIZE) & ~UINT64_C(3));
		break;
	case HYPERCALL_ipi_send_ipi:
	case HYPERCALL_rfence_remote_sfence_vma:
	case HYPERCALL_rfence_remote_sfence_vma_asid:
		argument[0] = roll(program, 8);
		argument[1] = 0;
		argument[3] = roll(program, 80) * PAGE_SIZE;
		break;
	case HYPERCALL_time_set_timer:
	case HYPERCALL_legacy_set_timer:
		argument[0] = program->cell->hart[0].cycle / CYCLES_PER_TICK + roll(program, 2000);
		break;
	}
}
