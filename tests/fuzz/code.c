/*
 * A hostile guest's code: half random instructions, half gadgets, which are little pieces with a
 * purpose. See material.h.
 */
#include "tests/fuzz/material.h"

enum { T0 = 5, T1 = 6, T2 = 7, A0 = 10, A6 = 16, A7 = 17, T3 = 28, CSR_CYCLE = 0xc00,
	CSR_STVEC = 0x105, CSR_SATP = 0x180, CSR_MTVEC = 0x305, CSR_SIE = 0x104 };

struct writer {
	struct program *program;
	u64 at, end;
};

static void emit(struct writer *writer, u32 word)
{
	memory_put(writer->program, writer->at, word, 4);
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

	memory_driver(program, step);
	emit_load(writer, T0, BOARD_virtio + roll(program, CELL_SLOTS) * VIRTIO_WINDOW);
	for (u32 i = 0; i < DRIVER_STEPS; i++) {
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

void code_page(struct program *program, u64 page)
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

void code_begin(struct program *program, u64 number)
{
	struct writer writer = { program, frame(number), frame(number + 1) };

	emit_begin(&writer);
	emit_gadgets(&writer);
}
