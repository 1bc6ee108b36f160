/*
 * From an instruction to assembler text, as binutils writes it without aliases. Operands are
 * written by the row's format; a compressed word has its own name and way of writing (rvc.def).
 */
#include "cpu/decode.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "cpu/format.h"
#include "cpu/priv.h"
#include "cpu/rvc.h"

const char *const register_names[32] = {
	"zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4",
	"a5", "a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4",
	"t5", "t6"
};

const char *const float_register_names[32] = {
	"ft0", "ft1", "ft2", "ft3", "ft4", "ft5", "ft6", "ft7", "fs0", "fs1", "fa0", "fa1", "fa2", "fa3",
	"fa4", "fa5", "fa6", "fa7", "fs2", "fs3", "fs4", "fs5", "fs6", "fs7", "fs8", "fs9", "fs10", "fs11",
	"ft8", "ft9", "ft10", "ft11"
};

/* The operands of one instruction, by name, for the two ways of writing below. */
struct operands {
	const char *rd, *rs1, *rs2;
	s32 imm;
	u64 target;
};

static const char *register_name(u8 number, bool is_float)
{
	return is_float ? float_register_names[number & 31] : register_names[number & 31];
}

/* ",rtz", or nothing where the mode is fcsr's; what never rounds is usually encoded with rne. */
static const char *rounding_name(const struct insn *insn)
{
	static const char *const names[8] = { ",rne", ",rtz", ",rdn", ",rup", ",rmm", ",unknown",
		",unknown", ",dyn" };
	bool exact = insn->id == INSN_fcvt_d_s || insn->id == INSN_fcvt_d_w
		|| insn->id == INSN_fcvt_d_wu;
	s32 mode = insn->imm & 7;

	return mode == (exact ? 0 : 7) ? "" : names[mode];
}

static void disasm_compressed(const struct insn *insn, const struct operands *o, char *text,
	size_t size)
{
	enum rvc_id id = rvc_find((u16)insn->word);
	const struct rvc_row *row = &rvc_rows[id];

	assert(id != RVC_NONE);
	switch ((enum rvc_written)row->written) {
	case RVC_NOTHING:
		snprintf(text, size, "%s", row->name);
		break;
	case RVC_RD:
		snprintf(text, size, "%s %s", row->name, o->rd);
		break;
	case RVC_RS1:
		snprintf(text, size, "%s %s", row->name, o->rs1);
		break;
	case RVC_RD_RS2:
		snprintf(text, size, "%s %s,%s", row->name, o->rd, o->rs2);
		break;
	case RVC_RD_IMM:
		snprintf(text, size, "%s %s,%d", row->name, o->rd, o->imm);
		break;
	case RVC_RD_SHIFT:
		snprintf(text, size, "%s %s,0x%x", row->name, o->rd, o->imm);
		break;
	case RVC_RD_UPPER:
		snprintf(text, size, "%s %s,0x%x", row->name, o->rd, (u32)o->imm >> 12);
		break;
	case RVC_RD_RS1_IMM:
		snprintf(text, size, "%s %s,%s,%d", row->name, o->rd, o->rs1, o->imm);
		break;
	case RVC_RD_AT:
		snprintf(text, size, "%s %s,%d(%s)", row->name, o->rd, o->imm, o->rs1);
		break;
	case RVC_RS2_AT:
		snprintf(text, size, "%s %s,%d(%s)", row->name, o->rs2, o->imm, o->rs1);
		break;
	case RVC_TARGET:
		snprintf(text, size, "%s 0x%" PRIx64, row->name, o->target);
		break;
	case RVC_RS1_TARGET:
		snprintf(text, size, "%s %s,0x%" PRIx64, row->name, o->rs1, o->target);
		break;
	case RVC_WRITTEN_COUNT:
		break;
	}
}

/* Four bits of a fence as letters: input, output, read, write. */
static const char *fence_set(u32 bits)
{
	static const char *const sets[16] = {
		"unknown", "w", "r", "rw", "o", "ow", "or", "orw",
		"i", "iw", "ir", "irw", "io", "iow", "ior", "iorw"
	};

	return sets[bits & 15];
}

static void disasm_fence(const char *name, u32 imm, char *text, size_t size)
{
	enum { TSO = 0x833 }; /* fm 8, pred rw, succ rw */

	if (imm == TSO)
		snprintf(text, size, "%s.tso", name);
	else
		snprintf(text, size, "%s %s,%s", name, fence_set(imm >> 4), fence_set(imm));
}

static const struct hint_row *find_hint(const struct insn *insn)
{
	for (unsigned i = 0; i < HINT_COUNT; i++) {
		u32 match, mask;

		isa_picture(hint_rows[i].picture, &match, &mask);
		if (insn->id == hint_rows[i].id && ((insn->word ^ match) & mask) == 0)
			return &hint_rows[i];
	}
	return NULL;
}

static void disasm_full(const struct insn *insn, const struct operands *o, char *text, size_t size)
{
	static const char *const orderings[4] = { "", ".rl", ".aq", ".aqrl" };
	const struct hint_row *hint = find_hint(insn);
	const char *name = hint ? hint->name : insn_rows[insn->id].name;
	const char *ordering = orderings[o->imm & 3];
	char csr[32];

	switch ((enum format)(hint ? hint->format : insn_rows[insn->id].format)) {
	case FORMAT_R:
		snprintf(text, size, "%s %s,%s,%s", name, o->rd, o->rs1, o->rs2);
		break;
	case FORMAT_I:
		snprintf(text, size, "%s %s,%s,%d", name, o->rd, o->rs1, o->imm);
		break;
	case FORMAT_M:
		snprintf(text, size, "%s %s,%d(%s)", name, o->rd, o->imm, o->rs1);
		break;
	case FORMAT_S:
		snprintf(text, size, "%s %s,%d(%s)", name, o->rs2, o->imm, o->rs1);
		break;
	case FORMAT_B:
		snprintf(text, size, "%s %s,%s,0x%" PRIx64, name, o->rs1, o->rs2, o->target);
		break;
	case FORMAT_U:
		snprintf(text, size, "%s %s,0x%x", name, o->rd, (u32)o->imm >> 12);
		break;
	case FORMAT_J:
		snprintf(text, size, "%s %s,0x%" PRIx64, name, o->rd, o->target);
		break;
	case FORMAT_H:
	case FORMAT_W:
		snprintf(text, size, "%s %s,%s,0x%x", name, o->rd, o->rs1, o->imm);
		break;
	case FORMAT_A:
		snprintf(text, size, "%s%s %s,%s,(%s)", name, ordering, o->rd, o->rs2, o->rs1);
		break;
	case FORMAT_L:
		snprintf(text, size, "%s%s %s,(%s)", name, ordering, o->rd, o->rs1);
		break;
	case FORMAT_C:
		csr_name((u32)o->imm, csr, sizeof(csr));
		snprintf(text, size, "%s %s,%s,%s", name, o->rd, csr, o->rs1);
		break;
	case FORMAT_Z:
		csr_name((u32)o->imm, csr, sizeof(csr));
		snprintf(text, size, "%s %s,%s,%u", name, o->rd, csr, insn->rs1);
		break;
	case FORMAT_V:
		snprintf(text, size, "%s %s,%s", name, o->rs1, o->rs2);
		break;
	case FORMAT_F:
		disasm_fence(name, (u32)o->imm, text, size);
		break;
	case FORMAT_X:
		snprintf(text, size, "%s %s,%s", name, o->rd, o->rs1);
		break;
	case FORMAT_K:
		snprintf(text, size, "%s (%s)", name, o->rs1);
		break;
	case FORMAT_P:
		snprintf(text, size, "%s %d(%s)", name, o->imm & ~31, o->rs1);
		break;
	case FORMAT_F4:
		snprintf(text, size, "%s %s,%s,%s,%s%s", name, o->rd, o->rs1, o->rs2,
			register_name((u8)(o->imm >> 3), true), rounding_name(insn));
		break;
	case FORMAT_FR:
		snprintf(text, size, "%s %s,%s,%s%s", name, o->rd, o->rs1, o->rs2,
			rounding_name(insn));
		break;
	case FORMAT_F1:
	case FORMAT_FX:
	case FORMAT_XF:
		snprintf(text, size, "%s %s,%s%s", name, o->rd, o->rs1, rounding_name(insn));
		break;
	case FORMAT_FN:
	case FORMAT_FC:
		snprintf(text, size, "%s %s,%s,%s", name, o->rd, o->rs1, o->rs2);
		break;
	case FORMAT_MX:
	case FORMAT_XM:
		snprintf(text, size, "%s %s,%s", name, o->rd, o->rs1);
		break;
	case FORMAT_LF:
		snprintf(text, size, "%s %s,%d(%s)", name, o->rd, o->imm, o->rs1);
		break;
	case FORMAT_SF:
		snprintf(text, size, "%s %s,%d(%s)", name, o->rs2, o->imm, o->rs1);
		break;
	case FORMAT_N:
		snprintf(text, size, "%s", name);
		break;
	}
}

void disasm(const struct insn *insn, u64 pc, char *text, size_t size)
{
	u8 floats = insn->id < INSN_COUNT ? format_rows[insn_rows[insn->id].format].floats : 0;
	struct operands o = {
		register_name(insn->rd, floats & FLOAT_RD), register_name(insn->rs1, floats & FLOAT_RS1),
		register_name(insn->rs2, floats & FLOAT_RS2), insn->imm, pc + (u64)(s64)insn->imm
	};

	if (insn->id >= INSN_COUNT && insn->length == 2 && insn->word == 0)
		snprintf(text, size, "c.unimp");
	else if (insn->id >= INSN_COUNT)
		snprintf(text, size, ".%ubyte 0x%x", insn->length, insn->word);
	else if (insn->length == 2)
		disasm_compressed(insn, &o, text, size);
	else
		disasm_full(insn, &o, text, size);
}
