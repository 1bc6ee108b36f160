/*
 * The instruction table as data: rows of insn.def and rvc.def, look-up by word, encoding of
 * operands. A `struct isa` is what one machine understands: made once, then read only.
 */
#ifndef CPU_ISA_H
#define CPU_ISA_H

#include "core/fault.h"
#include "core/types.h"

enum insn_id {
#define INSN(name, picture, format, extension, meaning) INSN_##name,
#include "cpu/insn.def"
#undef INSN
	INSN_COUNT,
	INSN_NONE = INSN_COUNT /* no such instruction */
};

/* How operands lie in the word, and how an assembler writes them. */
enum format {
	FORMAT_R, /* rd, rs1, rs2 */
	FORMAT_I, /* rd, rs1, imm12 */
	FORMAT_M, /* rd, imm12(rs1): loads and jalr */
	FORMAT_S, /* rs2, imm12(rs1) */
	FORMAT_B, /* rs1, rs2, pc-relative */
	FORMAT_U, /* rd, imm20 << 12 */
	FORMAT_J, /* rd, pc-relative */
	FORMAT_H, /* rd, rs1, shift by 0..63 */
	FORMAT_W, /* rd, rs1, shift by 0..31 */
	FORMAT_A, /* rd, rs2, (rs1), with aq and rl bits */
	FORMAT_L, /* rd, (rs1), with aq and rl bits */
	FORMAT_C, /* rd, csr, rs1 */
	FORMAT_Z, /* rd, csr, uimm5 (in the place of rs1) */
	FORMAT_V, /* rs1, rs2: sfence.vma */
	FORMAT_F, /* fence pred, succ (kept in imm) */
	FORMAT_X, /* rd, rs1 */
	FORMAT_K, /* (rs1): a cache block */
	FORMAT_P, /* imm(rs1), imm a multiple of 32: a prefetch */
	/* Floating point: fd, fs1 ... are registers f0 to f31. Where rm can be given, imm is rm, for F4
	 * rm + 8 * fs3. */
	FORMAT_F4, /* fd, fs1, fs2, fs3, rm */
	FORMAT_FR, /* fd, fs1, fs2, rm */
	FORMAT_F1, /* fd, fs1, rm */
	FORMAT_FN, /* fd, fs1, fs2 */
	FORMAT_FC, /* rd, fs1, fs2 */
	FORMAT_FX, /* fd, rs1, rm */
	FORMAT_XF, /* rd, fs1, rm */
	FORMAT_MX, /* fd, rs1 */
	FORMAT_XM, /* rd, fs1 */
	FORMAT_LF, /* fd, imm12(rs1) */
	FORMAT_SF, /* fs2, imm12(rs1) */
	FORMAT_N   /* nothing */
};

enum extension {
#define EXTENSION(name, words) EXTENSION_##name,
#include "cpu/isa.def"
#undef EXTENSION
	EXTENSION_COUNT
};

/* The verbs of insn.def, for analyses that ask what kind of thing an instruction is. */
enum verb {
	VERB_LET, VERB_ALU, VERB_ALUW, VERB_JUMP, VERB_BRANCH, VERB_LOAD, VERB_STORE,
	VERB_FLOAD, VERB_FSTORE, VERB_FPU, VERB_AMO,
	VERB_LR, VERB_SC, VERB_CBO, VERB_FENCE, VERB_CALL
};

struct insn_row {
	const char *name;    /* as printed: "lr.w" */
	const char *picture;
	const char *meaning; /* the last column's text */
	u8 format, extension, verb;
};

extern const struct insn_row insn_rows[INSN_COUNT];
extern const char *const extension_names[EXTENSION_COUNT];
extern const char *const extension_words[EXTENSION_COUNT];

/* hint.def: words of a row that have a name of their own. */
struct hint_row {
	const char *name, *picture, *words;
	u8 format, extension;
	u16 id; /* enum insn_id: the row it belongs to */
};
enum hint_id {
#define HINT(name, picture, format, extension, row, words) HINT_##name,
#include "cpu/hint.def"
#undef HINT
	HINT_COUNT
};
extern const struct hint_row hint_rows[HINT_COUNT];

/* A decoded instruction: the row and its operands. */
struct insn {
	u16 id;          /* enum insn_id; INSN_NONE: illegal */
	u8 length;       /* bytes: 2 or 4 */
	u8 rd, rs1, rs2; /* register numbers; 0 where the format has none; rs1 = uimm for FORMAT_Z */
	s32 imm;         /* sign-extended; the CSR number for FORMAT_C and FORMAT_Z; aq/rl as 2*aq+rl
	                  * for FORMAT_A and FORMAT_L; fm, pred and succ for FORMAT_F */
	u32 word;        /* the bits as fetched: 16 or 32 of them */
};

struct isa {
	u64 extensions; /* bit per enum extension */
	u32 match[INSN_COUNT], mask[INSN_COUNT];
	/* Rows by bits 6:2 and 14:12 of the word: bucket[b] to bucket[b + 1] in `order`. */
	u16 bucket[32 * 8 + 1];
	u16 order[INSN_COUNT * 8];
	u16 order_count;
	/* Each 16-bit word as the instruction it stands for; id INSN_NONE where it is none. */
	struct insn *compressed;
};

/* From "rv64imac_zicsr_zifencei" and the like; refuses what the tables do not have. Null: everything
 * there is (with Svadu, so without Svade). */
bool isa_create(struct isa *isa, const char *name, struct fault *fault);
void isa_destroy(struct isa *isa);

/* The canonical name: "rv64imac_zicntr_zicsr_zifencei". */
void isa_name(const struct isa *isa, char *text, size_t size);

/* The extensions' names separated by blanks: "i m a c zicntr zicsr zifencei". */
void isa_list(const struct isa *isa, char *text, size_t size);

/* The pictured word with these operands in their places: the inverse of decode. */
u32 isa_encode(const struct isa *isa, const struct insn *insn);

/* What a picture of 32 bits fixes: word & mask == match. */
void isa_picture(const char *picture, u32 *match, u32 *mask);

/* The row of that printed name, or INSN_NONE. */
enum insn_id isa_find(const char *name);

#endif
