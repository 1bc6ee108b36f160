/*
 * Making hostile guests. See program.h; called by hostile.c.
 */
#include "tests/fuzz/program.h"

#include <string.h>

#include "core/bits.h"
#include "pv/hypercall.h"

enum {
	CODE = 0, CODE_FRAMES = 16, SHARED = 16, SHARED_FRAMES = 4, BATCH = 20, BATCH_FRAMES = 4,
	RINGS = 24, RINGS_FRAMES = 8, TABLES = 32, TABLE_FRAMES = 64, DATA = 96,
	FRAMES = 1024, TREES = 4, TREE_FRAMES = TABLE_FRAMES / TREES
};

/* Frames of a tree of page tables. */
enum { TREE_ROOT, TREE_RAM, TREE_LOW, TREE_HIGH, TREE_WINDOW, TREE_LEAVES };

enum { T0 = 5, T1 = 6, T2 = 7, A0 = 10, A6 = 16, A7 = 17, T3 = 28, CSR_CYCLE = 0xc00,
	CSR_STVEC = 0x105, CSR_SATP = 0x180, CSR_MTVEC = 0x305, CSR_SIE = 0x104 };

#define WINDOW UINT64_C(0x40000000)

u64 program_roll(struct program *program, u64 sides)
{
	u64 *x = &program->dice;

	*x ^= *x << 13;
	*x ^= *x >> 7;
	*x ^= *x << 17;
	return (*x * UINT64_C(2685821657736338717) >> 11) % sides;
}

static u64 roll(struct program *program, u64 sides)
{
	return program_roll(program, sides);
}

static u64 frame(u64 number)
{
	return BOARD_ram + number * PAGE_SIZE;
}

/* What a guest with the right mapping could store: all but the sealed. */
static void put(struct program *program, u64 address, u64 value, unsigned width)
{
	if (vm_writable(cell_vm(program->cell), address, width))
		ram_write(cell_slice(program->cell), address, value, width);
}

/* Values. */

static u64 random_word(struct program *program)
{
	return roll(program, UINT64_C(1) << 32) << 32 | roll(program, UINT64_C(1) << 32);
}

static u64 random_device(struct program *program)
{
	static const u64 device[] = { BOARD_finisher + 4, BOARD_rtc, BOARD_clint, BOARD_clint + 0x4000,
		BOARD_clint + 0xbff8, BOARD_plic, BOARD_plic + 0x1000, BOARD_plic + 0x2080,
		BOARD_plic + 0x201000, BOARD_uart, BOARD_virtio, BOARD_virtio + 0x80,
		BOARD_virtio + 0x1000, BOARD_ata, BOARD_ata + 0x200 };

	return device[roll(program, sizeof(device) / sizeof(device[0]))]
		+ (roll(program, 4) ? roll(program, 16) * 4 : roll(program, 0x1100));
}

static u64 random_table(struct program *program)
{
	u64 tree = TABLES + roll(program, TREES) * TREE_FRAMES;

	return frame(tree + roll(program, roll(program, 8) ? TREE_LEAVES + 1 : TREE_FRAMES));
}

static u64 random_frame(struct program *program)
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

/* Where things are, where they would be if the guest knew the machine, and where nothing is. */
static u64 random_address(struct program *program)
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

static u64 random_value(struct program *program)
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

static u64 random_pte(struct program *program)
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

/* Page tables. */

static u64 leaf(u64 target, u64 bits)
{
	return target >> PAGE_SHIFT << 10 | bits | PTE_V;
}

static u64 entry(u64 table, u64 index)
{
	return table + index * 8;
}

/* RAM where it is, tables read-only, devices where they are, and a window with this and that. */
static void put_tree(struct program *program, u32 tree)
{
	u64 first = TABLES + tree * TREE_FRAMES;
	u64 root = frame(first + TREE_ROOT), middle = frame(first + TREE_RAM);
	bool direct = roll(program, 4);
	bool honest = roll(program, 6);
	u64 user = direct ? PTE_U : 0;
	u64 dirty = roll(program, 2) ? PTE_A | PTE_D : 0;

	for (u64 i = 0; i < TREE_FRAMES; i++)
		for (u64 at = 0; at < PAGE_SIZE; at += 8)
			put(program, frame(first + i) + at, 0, 8);
	for (u64 i = 0; i < 512; i++) {
		u64 rights = PTE_R | PTE_W;

		if (i < CODE + CODE_FRAMES)
			rights = PTE_R | PTE_X | (roll(program, 4) ? 0 : PTE_W);
		else if (i >= TABLES && i < TABLES + TABLE_FRAMES && honest)
			rights = PTE_R;
		put(program, entry(frame(first + TREE_LOW), i), leaf(frame(i), rights | user | dirty),
			8);
		put(program, entry(frame(first + TREE_HIGH), i), leaf(frame(512 + i),
			PTE_R | PTE_W | user), 8);
	}
	put(program, entry(root, 0), leaf(0, PTE_R | PTE_W | user), 8);
	put(program, entry(root, 1), leaf(frame(first + TREE_WINDOW), 0), 8);
	put(program, entry(root, 2), leaf(middle, 0), 8);
	put(program, entry(middle, 0), leaf(frame(first + TREE_LOW), 0), 8);
	put(program, entry(middle, 1), roll(program, 2) ? leaf(frame(first + TREE_HIGH), 0)
		: leaf(BOARD_ram + (2 << 20), PTE_R | PTE_W | user), 8);
	put(program, entry(frame(first + TREE_WINDOW), 0), leaf(frame(first + TREE_LEAVES), 0), 8);
	for (u64 i = 0; i < 8; i++)
		put(program, entry(frame(first + TREE_LEAVES), roll(program, 512)),
			leaf(frame(DATA + roll(program, 32)), PTE_R | PTE_W | user), 8);
	for (u64 n = roll(program, 4) ? 0 : roll(program, 8); n; n--)
		put(program, entry(frame(first + roll(program, TREE_LEAVES + 1)), roll(program, 512)),
			random_pte(program), 8);
}

/* Batches and rings. */

static u32 random_row(struct program *program)
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

static u64 random_root(struct program *program)
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

static u64 known_table(struct program *program)
{
	u64 table = roll(program, 8) ? known_frame(program, FRAME_TABLE0, FRAME_TABLE2) : 0;

	return table ? table : random_table(program);
}

static void random_arguments(struct program *program, u32 row, u64 *argument)
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
		argument[0] = roll(program, 2) ? random_root(program) : known_table(program);
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

static void put_multicalls(struct program *program)
{
	for (u64 i = 0; i < 128; i++) {
		u64 at = frame(BATCH) + i * 64;
		u32 row = random_row(program);
		u64 argument[6];

		random_arguments(program, row, argument);
		put(program, at, hypercall_rows[row].eid, 8);
		put(program, at + 8, hypercall_rows[row].fid, 8);
		for (u32 a = 0; a < 4; a++)
			put(program, at + 16 + a * 8, argument[a], 8);
	}
}

/* An entry as it would stand in a table of this type. */
static u64 fitting_pte(struct program *program, u32 type)
{
	u64 tree = TABLES + roll(program, TREES) * TREE_FRAMES;
	u64 rights = roll(program, 2) ? PTE_R | PTE_W : PTE_R;

	if (roll(program, 12) == 0)
		rights |= roll(program, 2) ? PTE_G : UINT64_C(1) << (54 + roll(program, 10));
	switch (roll(program, 8) ? type : FRAME_FREE) {
	case FRAME_TABLE0:
		return leaf(roll(program, 4) ? frame(DATA + roll(program, FRAMES - DATA))
			: random_frame(program), rights | PTE_U);
	case FRAME_TABLE1:
		if (roll(program, 3) == 0)
			return leaf(BOARD_ram + (2 << 20), rights | PTE_U);
		return leaf(frame(tree + (roll(program, 2) ? TREE_LEAVES : TREE_HIGH)), 0);
	case FRAME_TABLE2:
		return leaf(frame(tree + (roll(program, 2) ? TREE_WINDOW : TREE_RAM)), 0);
	default:
		return roll(program, 2) ? random_pte(program) : 0;
	}
}

/* Mostly for the tables that there are; the low ones, which hold the code, are left alone a bit. */
static void put_records(struct program *program)
{
	const struct frames *frames = &cell_vm(program->cell)->frames;

	for (u64 i = 0; i < 512; i++) {
		u64 at = frame(BATCH + 2) + i * 16;
		u64 table = roll(program, 16) ? known_table(program) : random_address(program);
		u64 number = (table - BOARD_ram) >> PAGE_SHIFT;
		u32 type = frames->frame && number < FRAMES ? frames->frame[number].type : FRAME_FREE;
		u64 index = roll(program, 4) ? CODE_FRAMES + roll(program, 512 - CODE_FRAMES)
			: roll(program, 512);

		put(program, at, entry(table & PAGE_MASK, index), 8);
		put(program, at + 8, roll(program, 6) ? fitting_pte(program, type) : 0, 8);
	}
}

/* Where a device is told to read or write. */
static u64 random_buffer(struct program *program)
{
	switch (roll(program, 4)) {
	case 0:
		return random_address(program);
	case 1:
		return known_table(program) + roll(program, PAGE_SIZE);
	default:
		return frame(RINGS + 4) + roll(program, 64) * 16;
	}
}

/* A queue of eight: descriptors in the first page, the two rings behind. The old transport wants
 * the first ring in the same page. */
static void put_rings(struct program *program)
{
	u64 base = frame(RINGS), count = roll(program, 4) ? roll(program, 9) : roll(program, 65536);

	for (u64 i = 0; i < 8; i++) {
		u64 at = base + i * 16;
		u64 flags = roll(program, 4) ? roll(program, 4) : roll(program, 8);

		put(program, at, random_buffer(program), 8);
		put(program, at + 8, roll(program, 3) ? 16 : roll(program, 3) ? 512
			: random_value(program), 4);
		put(program, at + 12, flags, 2);
		put(program, at + 14, roll(program, 9), 2);
	}
	for (u64 ring = base + 128; ring <= base + PAGE_SIZE; ring += PAGE_SIZE - 128) {
		put(program, ring, 0, 2);
		put(program, ring + 2, count, 2);
		for (u64 i = 0; i < 8; i++)
			put(program, ring + 4 + i * 2, roll(program, 9), 2);
	}
	for (u64 i = 0; i < 64; i++) {
		put(program, frame(RINGS + 4) + i * 16, roll(program, 2) ? roll(program, 2)
			: roll(program, 12), 4);
		put(program, frame(RINGS + 4) + i * 16 + 8, roll(program, 70), 8);
	}
}

struct register_value {
	u32 offset, value;
};

enum { DRIVER_STEPS = 24 };

/* A virtio driver's stores, as they should be but for what is rolled. Returns how many. */
static u32 driver_steps(struct program *program, struct register_value *step)
{
	u64 base = frame(RINGS);
	u64 used = roll(program, 3) ? base + 2 * PAGE_SIZE : known_table(program);
	u32 queue = (u32)roll(program, 3);
	const struct register_value steps[DRIVER_STEPS] = {
		{ 0x70, 0 }, { 0x70, 1 }, { 0x70, 3 }, { 0x24, 0 },
		{ 0x20, (u32)(roll(program, 4) << 28) }, { 0x24, 1 }, { 0x20, 1 }, { 0x70, 11 },
		{ 0x28, PAGE_SIZE }, { 0x30, queue }, { 0x38, 8 }, { 0x3c, PAGE_SIZE },
		{ 0x40, (u32)((roll(program, 3) ? base : used) >> PAGE_SHIFT) },
		{ 0x80, (u32)base }, { 0x84, 0 }, { 0x90, (u32)(base + PAGE_SIZE) }, { 0x94, 0 },
		{ 0xa0, (u32)used }, { 0xa4, 0 }, { 0x44, 1 }, { 0x70, 15 }, { 0x50, queue },
		{ 0x50, queue }, { 0x64, 1 },
	};

	memcpy(step, steps, sizeof(steps));
	if (roll(program, 3) == 0)
		step[roll(program, DRIVER_STEPS)].value = (u32)random_value(program);
	return DRIVER_STEPS;
}

/* The same stores, made at once: by a guest whose mapping of the device is in order. */
static void drive_device(struct program *program)
{
	struct cell *cell = program->cell;
	struct register_value step[DRIVER_STEPS];
	u64 slot = BOARD_virtio + roll(program, CELL_SLOTS) * VIRTIO_WINDOW;
	u32 count = driver_steps(program, step);

	cell->clock.state.now = hart_now(&cell->hart[cell->monitor.state.turn]);
	put_rings(program);
	for (u32 i = 0; i < count; i++)
		bus_write(&cell_vm(cell)->board.bus, slot + step[i].offset, step[i].value, 4);
}

/* Code. */

struct writer {
	struct program *program;
	u64 at, end;
};

static void emit(struct writer *writer, u32 word)
{
	put(writer->program, writer->at, word, 4);
	writer->at += 4;
}

static void emit_insn(struct writer *writer, enum insn_id id, u8 rd, u8 rs1, u8 rs2, s32 imm)
{
	struct insn insn = { .id = (u16)id, .length = 4, .rd = rd, .rs1 = rs1, .rs2 = rs2, .imm = imm };

	emit(writer, isa_encode(writer->program->cell->config.isa, &insn));
}

/* Any value into a register: loaded from behind the load. */
static void emit_load(struct writer *writer, u8 rd, u64 value)
{
	if (value < 2048) {
		emit_insn(writer, INSN_addi, rd, 0, 0, (s32)value);
		return;
	}
	emit_insn(writer, INSN_auipc, rd, 0, 0, 0);
	emit_insn(writer, INSN_ld, rd, rd, 0, 12);
	emit_insn(writer, INSN_jal, 0, 0, 0, 12);
	emit(writer, (u32)value);
	emit(writer, (u32)(value >> 32));
}

static u8 random_register(struct program *program)
{
	return (u8)roll(program, 32);
}

static void gadget_instruction(struct writer *writer)
{
	struct program *program = writer->program;
	enum insn_id id = (enum insn_id)roll(program, INSN_COUNT);
	s32 imm = (s32)roll(program, 4096) - 2048;

	if (roll(program, 6) == 0) {
		emit(writer, (u32)random_word(program));
		return;
	}
	switch (insn_rows[id].format) {
	case FORMAT_B:
	case FORMAT_J:
	case FORMAT_U:
		imm *= 4;
		break;
	case FORMAT_C:
	case FORMAT_Z:
		imm = (s32)roll(program, 4096);
		break;
	case FORMAT_H:
		imm &= 63;
		break;
	case FORMAT_W:
	case FORMAT_A:
	case FORMAT_L:
		imm &= insn_rows[id].format == FORMAT_W ? 31 : 3;
		break;
	case FORMAT_F:
		imm &= 255;
		break;
	}
	if (insn_rows[id].format == FORMAT_B && imm > 4092)
		imm = 4092;
	if (insn_rows[id].format == FORMAT_U)
		imm = (s32)((u32)imm << 12);
	emit_insn(writer, id, random_register(program), random_register(program),
		random_register(program), imm);
}

static void emit_csr(struct writer *writer, u32 number, u64 value, enum insn_id id)
{
	emit_load(writer, T0, value);
	emit_insn(writer, id, T1, T0, 0, (s32)number);
}

static void gadget_csr(struct writer *writer)
{
	static const enum insn_id id[] = { INSN_csrrw, INSN_csrrs, INSN_csrrc };
	struct program *program = writer->program;
	const struct csr_info *info = &csr_infos[roll(program, CSR_ROWS)];
	u64 value = random_value(program);

	if (info->number == CSR_STVEC || info->number == CSR_MTVEC)
		value = roll(program, 8) ? frame(CODE) : value;
	emit_csr(writer, info->number + (u32)roll(program, info->count), value,
		id[roll(program, 3)]);
}

static void gadget_call(struct writer *writer)
{
	struct program *program = writer->program;
	u32 row = random_row(program);
	u64 argument[6];

	random_arguments(program, row, argument);
	emit_load(writer, A7, hypercall_rows[row].extension_id == HYPERCALL_EXTENSION_legacy
		? hypercall_rows[row].fid : hypercall_rows[row].eid);
	emit_load(writer, A6, hypercall_rows[row].fid);
	for (u8 i = 0; i < 6; i++)
		emit_load(writer, (u8)(A0 + i), argument[i]);
	emit_insn(writer, INSN_ecall, 0, 0, 0, 0);
}

static void emit_store(struct writer *writer, u64 address, u64 value, enum insn_id id)
{
	emit_load(writer, T0, address);
	emit_load(writer, T1, value);
	emit_insn(writer, id, 0, T0, T1, 0);
}

static void gadget_store(struct writer *writer)
{
	static const enum insn_id id[] = { INSN_sb, INSN_sh, INSN_sw, INSN_sd, INSN_sd };
	struct program *program = writer->program;

	emit_store(writer, random_address(program), random_value(program), id[roll(program, 5)]);
}

static void gadget_load(struct writer *writer)
{
	static const enum insn_id id[] = { INSN_lb, INSN_lhu, INSN_lw, INSN_ld };
	struct program *program = writer->program;

	emit_load(writer, T0, random_address(program));
	emit_insn(writer, id[roll(program, 4)], random_register(program), T0, 0, 0);
}

static void gadget_atomic(struct writer *writer)
{
	struct program *program = writer->program;
	u32 count = INSN_amomaxu_d - INSN_lr_w + 1;

	emit_load(writer, T0, random_address(program) & ~(u64)7);
	for (u32 i = 0; i < 3; i++)
		emit_insn(writer, (enum insn_id)(INSN_lr_w + roll(program, count)),
			random_register(program), T0, T2, 0);
}

static void gadget_table(struct writer *writer)
{
	struct program *program = writer->program;

	emit_store(writer, entry(random_table(program), roll(program, 512)), random_pte(program),
		INSN_sd);
	if (roll(program, 2))
		emit_insn(writer, INSN_sfence_vma, 0, roll(program, 2) ? T0 : 0,
			roll(program, 2) ? T1 : 0, 0);
}

static void gadget_satp(struct writer *writer)
{
	struct program *program = writer->program;
	u64 root = roll(program, 8) ? random_root(program) : random_address(program);
	u64 satp = UINT64_C(8) << 60 | roll(program, 4) << 44 | root >> PAGE_SHIFT;

	emit_csr(writer, CSR_SATP, roll(program, 4) ? satp : 0, INSN_csrrw);
}

static void gadget_device(struct writer *writer)
{
	static const enum insn_id id[] = { INSN_sb, INSN_sh, INSN_sw, INSN_sd, INSN_lbu, INSN_lh,
		INSN_lw, INSN_ld };
	struct program *program = writer->program;
	u64 address = random_device(program);

	emit_load(writer, T0, address);
	emit_load(writer, T1, random_value(program));
	emit_insn(writer, id[roll(program, 8)], T1, T0, T1, (s32)roll(program, 32));
}

static void gadget_driver(struct writer *writer)
{
	struct program *program = writer->program;
	struct register_value step[DRIVER_STEPS];
	u32 count = driver_steps(program, step);

	emit_load(writer, T0, BOARD_virtio + roll(program, CELL_SLOTS) * VIRTIO_WINDOW);
	for (u32 i = 0; i < count; i++) {
		emit_load(writer, T1, step[i].value);
		emit_insn(writer, INSN_sw, 0, T0, T1, (s32)step[i].offset);
	}
}

static void gadget_notify(struct writer *writer)
{
	struct program *program = writer->program;

	emit_store(writer, frame(RINGS + 1) + 2, roll(program, 12), INSN_sh);
	emit_store(writer, BOARD_virtio + roll(program, CELL_SLOTS) * VIRTIO_WINDOW + 0x50,
		roll(program, 3), INSN_sw);
}

/* An ATA command, with words after it. */
static void gadget_ata(struct writer *writer)
{
	static const u8 command[] = { 0x20, 0x24, 0x30, 0x34, 0xec, 0xc4, 0xc5, 0xc6, 0xe7, 0x90 };
	struct program *program = writer->program;

	emit_load(writer, T0, BOARD_ata);
	for (s32 i = 1; i < 8; i++) {
		emit_load(writer, T1, i == 7 && roll(program, 4) ? command[roll(program,
			sizeof(command))] : i == 6 ? 0xe0 : roll(program, 256));
		emit_insn(writer, INSN_sb, 0, T0, T1, i);
	}
	for (u64 n = roll(program, 6); n; n--)
		emit_insn(writer, roll(program, 2) ? INSN_lhu : INSN_sh, T1, T0, T1, 0);
}

static void gadget_jump(struct writer *writer)
{
	struct program *program = writer->program;

	emit_load(writer, T0, roll(program, 4) ? frame(CODE) + roll(program, CODE_FRAMES * PAGE_SIZE)
		: random_address(program));
	emit_insn(writer, INSN_jalr, random_register(program), T0, 0, 0);
}

static void gadget_level(struct writer *writer)
{
	static const enum insn_id id[] = { INSN_sret, INSN_mret, INSN_wfi, INSN_ebreak,
		INSN_fence_i, INSN_sret };
	struct program *program = writer->program;

	emit_csr(writer, 0x141, frame(CODE) + roll(program, CODE_FRAMES * PAGE_SIZE), INSN_csrrw);
	emit_insn(writer, id[roll(program, 6)], 0, 0, 0, 0);
}

/* A return with a forged shared page. */
static void gadget_return(struct writer *writer)
{
	struct program *program = writer->program;
	u64 page = frame(SHARED + roll(program, 2));

	emit_store(writer, page + 16, frame(CODE) + roll(program, CODE_FRAMES * PAGE_SIZE), INSN_sd);
	emit_store(writer, page + 32, random_value(program), INSN_sd);
	emit_store(writer, page, roll(program, 3), INSN_sw);
	emit_load(writer, A7, hypercall_rows[HYPERCALL_para_trap_return].eid);
	emit_load(writer, A6, hypercall_rows[HYPERCALL_para_trap_return].fid);
	emit_insn(writer, INSN_ecall, 0, 0, 0, 0);
}

static void emit_call(struct writer *writer, u32 row, u64 a0, u64 a1, u64 a2)
{
	emit_load(writer, A7, hypercall_rows[row].eid);
	emit_load(writer, A6, hypercall_rows[row].fid);
	emit_load(writer, A0, a0);
	emit_load(writer, A0 + 1, a1);
	emit_load(writer, A0 + 2, a2);
	emit_insn(writer, INSN_ecall, 0, 0, 0, 0);
}

/* One entry of a table, by a batch of one. */
static void emit_update(struct writer *writer, u64 place, u64 value)
{
	u64 record = frame(BATCH + 1);

	emit_store(writer, record, place, INSN_sd);
	emit_store(writer, record + 8, value, INSN_sd);
	emit_call(writer, HYPERCALL_para_table_update, record, 1, 0);
}

/* A page that was writable becomes a table: what remembers that it was writable? */
static void gadget_retire(struct writer *writer)
{
	struct program *program = writer->program;
	u64 tree = TABLES + roll(program, TREES) * TREE_FRAMES, index = roll(program, 64);
	u64 place = entry(frame(tree + TREE_LEAVES), index);
	u64 page = frame(TABLES + roll(program, TREES) * TREE_FRAMES + TREE_LEAVES + 1
		+ roll(program, TREE_FRAMES - TREE_LEAVES - 3));

	emit_update(writer, place, leaf(page, PTE_R | PTE_W | PTE_U));
	emit_store(writer, WINDOW + index * PAGE_SIZE + 8, 0, INSN_sd);
	emit_update(writer, place, roll(program, 2) ? 0 : leaf(page, PTE_R | PTE_U));
	emit_call(writer, HYPERCALL_para_table_pin, 0, page, 0);
	emit_store(writer, WINDOW + index * PAGE_SIZE + 8, random_value(program), INSN_sd);
	emit_call(writer, HYPERCALL_para_table_unpin, page, 0, 0);
}

/* The results of the second and third call go to a page that the first has made a table. */
static void put_suicide(struct program *program, u64 tree)
{
	u64 page = frame(TABLES + tree * TREE_FRAMES + TREE_FRAMES - 1);

	for (u64 i = 0; i < 3; i++) {
		u64 at = page - 64 + i * 64;

		put(program, at, hypercall_rows[HYPERCALL_para_version].eid, 8);
		put(program, at + 8, i ? hypercall_rows[HYPERCALL_para_version].fid
			: hypercall_rows[HYPERCALL_para_table_pin].fid, 8);
		put(program, at + 16, 0, 8);
		put(program, at + 24, i ? 0 : page, 8);
		put(program, at + 48, 0, 8);
		put(program, at + 56, 0, 8);
	}
}

static void gadget_suicide(struct writer *writer)
{
	u64 page = frame(TABLES + roll(writer->program, TREES) * TREE_FRAMES + TREE_FRAMES - 1);

	emit_call(writer, HYPERCALL_para_multicall, page - 64, 3, 0);
}

static void gadget_code(struct writer *writer)
{
	struct program *program = writer->program;

	emit_store(writer, frame(CODE) + 64 + roll(program, CODE_FRAMES * PAGE_SIZE - 64),
		random_word(program), INSN_sw);
}

static const struct gadget {
	void (*emit)(struct writer *writer);
	u32 weight;
} gadgets[] = {
	{ gadget_instruction, 30 }, { gadget_csr, 6 }, { gadget_call, 24 }, { gadget_store, 6 },
	{ gadget_load, 6 }, { gadget_atomic, 2 }, { gadget_table, 5 }, { gadget_satp, 3 },
	{ gadget_device, 5 }, { gadget_driver, 2 }, { gadget_notify, 2 }, { gadget_ata, 2 },
	{ gadget_jump, 4 }, { gadget_level, 2 }, { gadget_return, 3 }, { gadget_code, 2 },
	{ gadget_retire, 3 }, { gadget_suicide, 1 },
};

enum { GADGET_MOST = 1200 }; /* bytes */

static void emit_gadgets(struct writer *writer)
{
	u32 weights = 0;

	for (u32 i = 0; i < sizeof(gadgets) / sizeof(gadgets[0]); i++)
		weights += gadgets[i].weight;
	while (writer->at + GADGET_MOST < writer->end) {
		u64 dice = roll(writer->program, weights);
		u32 i = 0;

		while (dice >= gadgets[i].weight)
			dice -= gadgets[i++].weight;
		gadgets[i].emit(writer);
	}
	while (writer->at < writer->end)
		gadget_instruction(writer);
}

/* Goes on somewhere in the code, depending on the time. */
static void emit_handler(struct writer *writer)
{
	emit_insn(writer, INSN_auipc, T0, 0, 0, 0);
	emit_insn(writer, INSN_csrrs, T1, 0, 0, CSR_CYCLE);
	emit_insn(writer, INSN_lui, T3, 0, 0, (s32)0x9e377000);
	emit_insn(writer, INSN_addi, T3, T3, 0, 0x1b1);
	emit_insn(writer, INSN_mul, T1, T1, T3, 0);
	emit_insn(writer, INSN_srli, T1, T1, 0, 13);
	emit_insn(writer, INSN_lui, T2, 0, 0, CODE_FRAMES << PAGE_SHIFT);
	emit_insn(writer, INSN_addi, T2, T2, 0, -4);
	emit_insn(writer, INSN_and, T1, T1, T2, 0);
	emit_insn(writer, INSN_add, T0, T0, T1, 0);
	emit_insn(writer, INSN_jalr, 0, T0, 0, 0);
}

static void put_code(struct program *program, u64 page)
{
	struct writer writer = { program, frame(CODE + page), frame(CODE + page + 1) };

	if (page == 0)
		emit_handler(&writer);
	emit_gadgets(&writer);
}

/* How a guest begins: handler, interrupts, and for most of them the paravirtual extension. */
static void emit_begin(struct writer *writer)
{
	struct program *program = writer->program;
	u64 kernel = random_root(program), user = random_root(program);

	emit_csr(writer, CSR_STVEC, frame(CODE), INSN_csrrw);
	if (program->cell->config.bare)
		emit_csr(writer, CSR_MTVEC, frame(CODE), INSN_csrrw);
	emit_csr(writer, CSR_SIE, 0x222, INSN_csrrw);
	for (u64 hart = 1; hart < program->cell->config.harts; hart++)
		emit_call(writer, HYPERCALL_hsm_hart_start, hart, frame(DATA + 1), 0);
	if (roll(program, 4)) {
		emit_call(writer, HYPERCALL_para_enable, 15, frame(SHARED), frame(CODE));
		emit_call(writer, HYPERCALL_para_table_pin, 2, kernel, 0);
		emit_call(writer, HYPERCALL_para_table_pin, 2, user, 0);
		if (roll(program, 4))
			emit_call(writer, HYPERCALL_para_table_switch, kernel,
				roll(program, 2) ? user : 0, 0);
	} else if (roll(program, 2)) {
		emit_csr(writer, CSR_SATP, UINT64_C(8) << 60 | kernel >> PAGE_SHIFT, INSN_csrrw);
	}
}

static void put_all(struct program *program)
{
	for (u32 tree = 0; tree < TREES; tree++)
		put_tree(program, tree);
	for (u64 tree = 0; tree < TREES; tree++)
		put_suicide(program, tree);
	put_multicalls(program);
	put_records(program);
	put_rings(program);
}

u64 program_create(struct program *program, struct cell *cell, u64 seed)
{
	struct writer writer = { program, frame(DATA), frame(DATA + 1) };

	*program = (struct program){ .cell = cell, .dice = seed * 2 + 1 };
	for (u32 i = 0; i < 16; i++)
		roll(program, 2);
	for (u64 page = 0; page < CODE_FRAMES; page++)
		put_code(program, page);
	put_all(program);
	emit_begin(&writer);
	emit_gadgets(&writer);
	writer = (struct writer){ program, frame(DATA + 1), frame(DATA + 2) };
	emit_begin(&writer);
	emit_gadgets(&writer);
	return frame(DATA);
}

/* Can the code be executed at S under this root, directly? */
static bool root_reaches(struct cell *cell, u64 root)
{
	struct mmu_view view = { .satp = UINT64_C(8) << 60 | (root + cell_vm(cell)->offset) >> PAGE_SHIFT,
		.level = LEVEL_U, .adue = true };
	struct walk walk = mmu_walk(&view, &cell->ram, frame(CODE), ACCESS_FETCH);

	return walk.result == WALK_OK && walk.physical == frame(CODE) + cell_vm(cell)->offset;
}

/* Puts a hart back to its handler, as any of its own calls could have done in better times. */
static bool revive(struct program *program, struct vcpu *vcpu)
{
	struct cell *cell = program->cell;

	vcpu->hart->waiting = false;
	vcpu->state.waiting = false;
	vcpu->hart->pc = frame(CODE);
	if (!vcpu->state.direct) {
		vcpu->priv->satp = 0;
		return true;
	}
	for (u64 i = 0; i < FRAMES; i++) {
		const struct frame *table = &cell_vm(cell)->frames.frame[i];

		if (table->type != FRAME_TABLE2 || !table->pinned
		    || !root_reaches(cell, frame(i)))
			continue;
		vcpu->priv->level = LEVEL_S;
		vcpu->state.root[LEVEL_S] = frame(i);
		return true;
	}
	return false;
}

/* Few instructions for many steps: it only traps. */
static bool looks_dead(struct program *program)
{
	const struct cell *cell = program->cell;
	u64 retired = cell_retired(cell) - program->begin;
	u64 steps = cell_steps(cell) - program->steps;

	program->begin = cell_retired(cell);
	program->steps = cell_steps(cell);
	return retired * 3 < steps || steps < 2;
}

bool program_disturb(struct program *program)
{
	struct cell *cell = program->cell;
	struct vcpu *vcpu = &cell_vm(cell)->vcpu[roll(program, cell->config.harts)];
	struct hart *hart = vcpu->hart;
	bool alive = true;

	if (vcpu->state.stopped)
		return true;
	if (looks_dead(program) || vcpu->state.waiting || hart->waiting)
		alive = revive(program, vcpu);
	switch (roll(program, 7)) {
	case 6:
		drive_device(program);
		break;
	case 0:
		for (u32 i = 1; i < 32; i++)
			hart->x[i] = random_value(program);
		break;
	case 1:
		put_code(program, 1 + roll(program, CODE_FRAMES - 1));
		break;
	case 2:
		put_tree(program, (u32)roll(program, TREES));
		put_suicide(program, roll(program, TREES));
		break;
	case 3:
		put_multicalls(program);
		put_records(program);
		break;
	case 4:
		hart->pc = frame(CODE) + (roll(program, CODE_FRAMES * PAGE_SIZE) & ~UINT64_C(3));
		break;
	}
	cell_vm(cell)->mode->enter(vcpu);
	return alive;
}
