/*
 * Items that any level may run and that touch no data memory: arithmetic, branches, jumps, loops,
 * code that patches itself.
 */
#include "tests/differential/draw.h"

static bool is_arithmetic(const struct insn *insn)
{
	u8 verb;

	if (insn->id == INSN_NONE)
		return false;
	verb = insn_rows[insn->id].verb;
	return verb == VERB_LET || verb == VERB_ALU || verb == VERB_ALUW;
}

static s32 draw_immediate(struct draw *draw, enum format format)
{
	static const s32 edges[] = { 0, 1, -1, 2047, -2048, 32, 31, 63 };

	switch (format) {
	case FORMAT_I:
		if (draw_once_in(draw, 3))
			return edges[draw_below(draw, sizeof(edges) / sizeof(edges[0]))];
		return (s32)draw_below(draw, 4096) - 2048;
	case FORMAT_U:
		return (s32)(draw_below(draw, 1 << 20) << 12);
	case FORMAT_H:
		return (s32)draw_below(draw, 64);
	case FORMAT_W:
		return (s32)draw_below(draw, 32);
	default:
		return 0;
	}
}

struct insn draw_arithmetic(struct draw *draw)
{
	struct insn insn = { .length = 4 };
	enum format format;

	do {
		insn.id = (u16)draw_below(draw, INSN_COUNT);
	} while (!isa_has(draw->program->isa, insn.id) || !is_arithmetic(&insn)
		|| (insn.id == INSN_ctzw && !draw_with(draw, EXCEPTION_ctzw)));
	format = (enum format)insn_rows[insn.id].format;
	if (format != FORMAT_U)
		insn.rs1 = draw_source(draw);
	if (format == FORMAT_R)
		insn.rs2 = draw_source(draw);
	insn.imm = draw_immediate(draw, format);
	return insn;
}

void draw_integer(struct draw *draw)
{
	struct insn insn = draw_arithmetic(draw);

	if (draw_once_in(draw, 64)) {
		/* What exception ctzw leaves: of a word with nothing above it. */
		u8 word = draw_fresh(draw, 0);

		draw_step(draw, INSN_add_uw, word, draw_source(draw), 0, 0);
		draw_step(draw, INSN_ctzw, draw_target(draw), word, 0, 0);
		return;
	}
	insn.rd = draw_target(draw);
	draw_put(draw, insn);
}

void draw_compressed_integer(struct draw *draw)
{
	struct insn insn = draw_compressed(draw, is_arithmetic);

	draw->decided |= 1u << insn.rs1 | 1u << insn.rs2;
	draw_wrote(draw, insn.rd);
	draw_put(draw, insn);
}

u8 draw_item_ahead(struct draw *draw)
{
	u8 target = (u8)(draw->item + 1 + draw_below(draw, 3));

	if (target > draw->skipped_to)
		draw->skipped_to = target;
	return target;
}

void draw_branch(struct draw *draw)
{
	static const enum insn_id rows[] = {
		INSN_beq, INSN_bne, INSN_blt, INSN_bge, INSN_bltu, INSN_bgeu
	};
	struct step *step;

	if (draw_once_in(draw, 3)) {
		/* c.beqz, c.bnez: x8 to x15 */
		u8 rs1 = (u8)(8 + draw_below(draw, 8));

		draw->decided |= 1u << rs1;
		step = draw_step(draw, rows[draw_below(draw, 2)], 0, rs1, 0, 0);
		step->insn.length = 2;
	} else {
		u8 rs1 = draw_source(draw);
		u8 rs2 = draw_once_in(draw, 4) ? rs1 : draw_source(draw);

		step = draw_step(draw, rows[draw_below(draw, 6)], 0, rs1, rs2, 0);
	}
	step->fix = FIX_TARGET;
	step->target = draw_item_ahead(draw);
}

void draw_jump(struct draw *draw)
{
	u8 target = draw_item_ahead(draw), rd;
	struct step *step;

	switch (draw_below(draw, 4)) {
	case 0:
		step = draw_step(draw, INSN_jal, draw_target(draw), 0, 0, 0);
		step->fix = FIX_TARGET;
		step->target = target;
		break;
	case 1: /* c.j */
		step = draw_step(draw, INSN_jal, 0, 0, 0, 0);
		step->insn.length = 2;
		step->fix = FIX_TARGET;
		step->target = target;
		break;
	case 2:
		rd = draw_fresh(draw, 0);
		draw_step(draw, INSN_auipc, rd, 0, 0, 0);
		/* Bit 0 of a target is cleared. */
		step = draw_step(draw, INSN_jalr, draw_target(draw), rd, 0,
			(s32)draw_below(draw, 2));
		step->fix = FIX_LOW;
		step->back = 1;
		step->target = target;
		break;
	default: /* c.jr, c.jalr */
		rd = draw_fresh(draw, 0);
		draw_address_of(draw, rd, target);
		draw_put(draw, decode(draw->program->isa,
			(draw_once_in(draw, 2) ? 0x8002u : 0x9002u) | (u32)rd << 7));
		draw_wrote(draw, 1);
		break;
	}
}

/* A few rounds of a few instructions: the only way back. */
void draw_loop(struct draw *draw)
{
	u8 counter = draw_holding(draw, 1 + draw_below(draw, 5));
	u32 length = 1 + draw_below(draw, 3);

	draw_wrote(draw, counter);
	for (u32 i = 0; i < length; i++) {
		struct insn insn = draw_arithmetic(draw);

		insn.rd = draw_fresh(draw, 1u << counter);
		draw_put(draw, insn);
	}
	draw_step(draw, INSN_addi, counter, counter, 0, -1);
	draw_step(draw, INSN_bne, 0, counter, 0, -4 * (s32)(length + 1));
}

/* Code that changes what lies ahead of it: a store, fence.i, and what was a nop. */
void draw_patch(struct draw *draw)
{
	struct insn insn = draw_arithmetic(draw);
	u8 word, address;

	if (draw->data != draw->level && !draw_with(draw, EXCEPTION_mprv_code))
		draw->failed = true;
	insn.rd = draw_fresh(draw, 0);
	word = draw_holding(draw, isa_encode(draw->program->isa, &insn));
	address = draw_fresh(draw, 1u << word | 1u << insn.rs1 | 1u << insn.rs2);
	draw_step(draw, INSN_auipc, address, 0, 0, 0);
	draw_step(draw, INSN_sw, 0, address, word, 12);
	draw_step(draw, INSN_fence_i, 0, 0, 0, 0);
	draw_step(draw, INSN_addi, 0, 0, 0, 0);
}

void draw_fence(struct draw *draw)
{
	if (draw_once_in(draw, 3))
		draw_step(draw, INSN_fence_i, 0, 0, 0, 0);
	else
		draw_step(draw, INSN_fence, 0, 0, 0, (s32)draw_below(draw, 4096));
}
