/*
 * Compressed instructions, read from the pictures of rvc.def. A picture is first turned into a
 * struct reader (which bits are fixed, where each field lies), then words are read by it. All this
 * happens when a machine is made; afterwards a compressed word is one look-up in isa->compressed.
 */
#include "cpu/rvc.h"

#include <assert.h>
#include <string.h>

#include "cpu/names.h"

#define RVC(name, picture, written, row, rd, rs1, rs2, condition) \
	static const char name_##name[NAME_SIZE] = NAME_DOTTED(name);
#include "cpu/rvc.def"
#undef RVC

const struct rvc_row rvc_rows[RVC_COUNT] = {
#define RVC(name, picture, written, row, rd, rs1, rs2, condition) \
	{ name_##name, picture, #condition, RVC_##written, INSN_##row },
#include "cpu/rvc.def"
#undef RVC
};

const char *const rvc_written_words[RVC_WRITTEN_COUNT] = {
	[RVC_NOTHING] = "",
	[RVC_RD] = "rd",
	[RVC_RS1] = "rs1",
	[RVC_RD_RS2] = "rd, rs2",
	[RVC_RD_IMM] = "rd, imm",
	[RVC_RD_SHIFT] = "rd, shift",
	[RVC_RD_UPPER] = "rd, imm >> 12",
	[RVC_RD_RS1_IMM] = "rd, rs1, imm",
	[RVC_RD_AT] = "rd, imm(rs1)",
	[RVC_RS2_AT] = "rs2, imm(rs1)",
	[RVC_TARGET] = "target",
	[RVC_RS1_TARGET] = "rs1, target",
};

/* A picture, ready to read words by. */
struct reader {
	u16 match, mask;
	struct {
		u8 at, bits;
	} field[3];       /* d, s, t; no bits: not drawn */
	u8 pieces;
	struct {
		u8 at, to;
	} piece[16];      /* bit `at` of the word is bit `to` of imm */
	u8 sign_at, sign; /* bit `sign_at` of the word is the sign, bit `sign` of imm; 0: none */
};

static struct reader reader_make(const char *picture)
{
	static const char registers[] = "dst", digits[] = "ol23456789ABCDEFG";
	struct reader r = { 0 };
	u8 at = 16;

	for (; *picture != '\0'; picture++) {
		const char *letter = strchr(registers, *picture), *digit = strchr(digits, *picture);

		if (*picture == ' ')
			continue;
		assert(at > 0);
		at--;
		if (*picture == '0' || *picture == '1') {
			r.mask |= (u16)(1 << at);
			r.match |= (u16)((*picture - '0') << at);
		} else if (letter != NULL) {
			r.field[letter - registers].at = at;
			r.field[letter - registers].bits++;
		} else if (digit != NULL) {
			u8 to = (u8)(digit - digits);

			r.piece[r.pieces].at = at;
			r.piece[r.pieces++].to = to;
			if (r.sign <= to)
				r.sign = to + 1;
		} else {
			assert(*picture == '-');
			r.sign_at = at;
		}
	}
	assert(at == 0);
	return r;
}

/* The number of the register drawn as d (0), s (1) or t (2); 0 where it is not drawn. */
static u8 read_register(const struct reader *r, unsigned which, u16 word)
{
	unsigned bits = r->field[which].bits, number = word >> r->field[which].at;

	return (u8)(bits == 0 ? 0 : bits == 3 ? (number & 7) + 8 : number & 31);
}

static s32 read_imm(const struct reader *r, u16 word)
{
	s32 imm = 0;

	for (unsigned i = 0; i < r->pieces; i++)
		imm |= (word >> r->piece[i].at & 1) << r->piece[i].to;
	if (r->sign_at != 0 && (word >> r->sign_at & 1) != 0)
		imm -= 1 << r->sign;
	return imm;
}

/* `word` has the fixed bits of row `id`, whose reader is `r`. */
static struct insn expand(enum rvc_id id, const struct reader *r, u16 word)
{
	enum { ra = 1, sp = 2 };
	struct insn none = { .id = INSN_NONE, .length = 2, .word = word };
	const u8 d = read_register(r, 0, word);
	const u8 s = read_register(r, 1, word);
	const u8 t = read_register(r, 2, word);
	const s32 imm = read_imm(r, word);

	switch (id) {
#define RVC(name, picture, written, row, rd, rs1, rs2, condition) \
	case RVC_##name: \
		return (condition) ? \
			(struct insn){ INSN_##row, 2, rd, rs1, rs2, imm, word } : none;
#include "cpu/rvc.def"
#undef RVC
	case RVC_NONE:
		break;
	}
	return none;
}

struct insn rvc_expand(enum rvc_id id, u16 word)
{
	struct reader r;

	if (id < RVC_COUNT) {
		r = reader_make(rvc_rows[id].picture);
		if ((word & r.mask) == r.match)
			return expand(id, &r, word);
	}
	return (struct insn){ .id = INSN_NONE, .length = 2, .word = word };
}

enum rvc_id rvc_find(u16 word)
{
	for (unsigned id = 0; id < RVC_COUNT; id++)
		if (rvc_expand(id, word).id != INSN_NONE)
			return id;
	return RVC_NONE;
}

void rvc_fill(struct insn *compressed, u64 extensions)
{
	for (u32 word = 0; word < 65536; word++)
		compressed[word] = (struct insn){ .id = INSN_NONE, .length = 2, .word = word };
	if ((extensions >> EXTENSION_C & 1) == 0)
		return;

	for (unsigned id = 0; id < RVC_COUNT; id++) {
		struct reader r = reader_make(rvc_rows[id].picture);
		u16 free_bits = (u16)~r.mask, filling = 0;

		if ((extensions >> insn_rows[rvc_rows[id].id].extension & 1) == 0)
			continue;
		/* Subtracting carries through the fixed bits: every filling of the free ones. */
		do {
			struct insn insn = expand(id, &r, r.match | filling);

			if (insn.id != INSN_NONE)
				compressed[insn.word] = insn;
			filling = (u16)(filling - free_bits) & free_bits;
		} while (filling != 0);
	}
}
