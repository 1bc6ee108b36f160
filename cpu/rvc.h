/*
 * Compressed instructions: the rows of rvc.def, and what a 16-bit word stands for. isa_create fills
 * its table of 65536 words from here; the disassembler and the lists ask for names.
 */
#ifndef CPU_RVC_H
#define CPU_RVC_H

#include "cpu/isa.h"

enum rvc_id {
#define RVC(name, picture, written, row, rd, rs1, rs2, condition) RVC_##name,
#include "cpu/rvc.def"
#undef RVC
	RVC_COUNT,
	RVC_NONE = RVC_COUNT
};

/* How the operands are written. What a word does not draw (sp, say) is written too where it is an
 * operand of the row that it stands for. */
enum rvc_written {
	RVC_NOTHING,
	RVC_RD,
	RVC_RS1,
	RVC_RD_RS2,     /* rd, rs2 */
	RVC_RD_IMM,     /* rd, imm */
	RVC_RD_SHIFT,   /* rd, shift by 1..63 */
	RVC_RD_UPPER,   /* rd, imm >> 12 */
	RVC_RD_RS1_IMM, /* rd, rs1, imm */
	RVC_RD_AT,      /* rd, imm(rs1) */
	RVC_RS2_AT,     /* rs2, imm(rs1) */
	RVC_TARGET,     /* pc-relative */
	RVC_RS1_TARGET, /* rs1, pc-relative */
	RVC_WRITTEN_COUNT
};

struct rvc_row {
	const char *name;      /* as printed: "c.addi" */
	const char *picture;
	const char *condition; /* the last column's text; "true": none */
	u8 written;
	u16 id;                /* enum insn_id: the row it stands for */
};

extern const struct rvc_row rvc_rows[RVC_COUNT];
extern const char *const rvc_written_words[RVC_WRITTEN_COUNT]; /* "rd, imm" */

/* The row that `word` belongs to, or RVC_NONE. A search: not for each step. */
enum rvc_id rvc_find(u16 word);

/* `word` as the instruction it stands for if it belongs to row `id`, else with INSN_NONE. */
struct insn rvc_expand(enum rvc_id id, u16 word);

/* All 65536 words as the rows of these extensions (bit per enum extension) that they stand for. */
void rvc_fill(struct insn *compressed, u64 extensions);

#endif
