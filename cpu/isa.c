/*
 * The instruction table as data, and a `struct isa`: the part of it that one machine understands,
 * arranged for look-up. Made at start-up, then only read, by the decoder and everything behind it.
 */
#include "cpu/isa.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/bits.h"
#include "cpu/format.h"
#include "cpu/names.h"
#include "cpu/rvc.h"

#define INSN(name, picture, format, extension, meaning) \
	static const char name_##name[NAME_SIZE] = NAME_DOTTED(name);
#include "cpu/insn.def"
#undef INSN

#define HINT(name, picture, format, extension, row, words) \
	static const char hint_##name[NAME_SIZE] = NAME_DOTTED(name);
#include "cpu/hint.def"
#undef HINT

/* For the rows, a verb is only its kind. */
#define LET(...) VERB_LET
#define ALU(...) VERB_ALU
#define ALUW(...) VERB_ALUW
#define JUMP(...) VERB_JUMP
#define BRANCH(...) VERB_BRANCH
#define LOAD(...) VERB_LOAD
#define STORE(...) VERB_STORE
#define FLOAD(...) VERB_FLOAD
#define FSTORE(...) VERB_FSTORE
#define FPU(...) VERB_FPU
#define AMO(...) VERB_AMO
#define LR(...) VERB_LR
#define SC(...) VERB_SC
#define CBO(...) VERB_CBO
#define FENCE(...) VERB_FENCE
#define CALL(...) VERB_CALL

const struct insn_row insn_rows[INSN_COUNT] = {
#define INSN(name, picture, format, extension, meaning) \
	{ name_##name, picture, #meaning, FORMAT_##format, EXTENSION_##extension, meaning },
#include "cpu/insn.def"
#undef INSN
};

const struct hint_row hint_rows[HINT_COUNT] = {
#define HINT(name, picture, format, extension, row, words) \
	{ hint_##name, picture, words, FORMAT_##format, EXTENSION_##extension, INSN_##row },
#include "cpu/hint.def"
#undef HINT
};

const char *const extension_names[EXTENSION_COUNT] = {
#define EXTENSION(name, words) #name,
#include "cpu/isa.def"
#undef EXTENSION
};

const char *const extension_words[EXTENSION_COUNT] = {
#define EXTENSION(name, words) words,
#include "cpu/isa.def"
#undef EXTENSION
};

const struct format_row format_rows[FORMAT_COUNT] = {
	/*                                      rd rs1 rs2 sign  pieces of imm: at, from, bits */
	[FORMAT_R] = { "R", "rd, rs1, rs2",      1, 1, 1,  0, { { 0 } } },
	[FORMAT_I] = { "I", "rd, rs1, imm",      1, 1, 0, 12, { { 20, 0, 12 } } },
	[FORMAT_M] = { "M", "rd, imm(rs1)",      1, 1, 0, 12, { { 20, 0, 12 } } },
	[FORMAT_S] = { "S", "rs2, imm(rs1)",     0, 1, 1, 12, { { 25, 5, 7 }, { 7, 0, 5 } } },
	[FORMAT_B] = { "B", "rs1, rs2, target",  0, 1, 1, 13,
		{ { 31, 12, 1 }, { 25, 5, 6 }, { 8, 1, 4 }, { 7, 11, 1 } } },
	[FORMAT_U] = { "U", "rd, imm >> 12",     1, 0, 0, 32, { { 12, 12, 20 } } },
	[FORMAT_J] = { "J", "rd, target",        1, 0, 0, 21,
		{ { 31, 20, 1 }, { 21, 1, 10 }, { 20, 11, 1 }, { 12, 12, 8 } } },
	[FORMAT_H] = { "H", "rd, rs1, shift",    1, 1, 0,  0, { { 20, 0, 6 } } },
	[FORMAT_W] = { "W", "rd, rs1, shift",    1, 1, 0,  0, { { 20, 0, 5 } } },
	[FORMAT_A] = { "A", "rd, rs2, (rs1)",    1, 1, 1,  0, { { 25, 0, 2 } } },
	[FORMAT_L] = { "L", "rd, (rs1)",         1, 1, 0,  0, { { 25, 0, 2 } } },
	[FORMAT_C] = { "C", "rd, csr, rs1",      1, 1, 0,  0, { { 20, 0, 12 } } },
	[FORMAT_Z] = { "Z", "rd, csr, uimm",     1, 1, 0,  0, { { 20, 0, 12 } } },
	[FORMAT_V] = { "V", "rs1, rs2",          0, 1, 1,  0, { { 0 } } },
	[FORMAT_F] = { "F", "pred, succ",        0, 0, 0,  0, { { 20, 0, 12 } } },
	[FORMAT_X] = { "X", "rd, rs1",           1, 1, 0,  0, { { 0 } } },
	[FORMAT_K] = { "K", "(rs1)",             0, 1, 0,  0, { { 0 } } },
	[FORMAT_P] = { "P", "imm(rs1)",          0, 1, 0, 12, { { 25, 5, 7 } } },
	[FORMAT_F4] = { "F4", "fd, fs1, fs2, fs3, rm", 1, 1, 1, 0, { { 12, 0, 3 }, { 27, 3, 5 } },
		FLOAT_RD | FLOAT_RS1 | FLOAT_RS2, true },
	[FORMAT_FR] = { "FR", "fd, fs1, fs2, rm", 1, 1, 1, 0, { { 12, 0, 3 } },
		FLOAT_RD | FLOAT_RS1 | FLOAT_RS2, true },
	[FORMAT_F1] = { "F1", "fd, fs1, rm",     1, 1, 0,  0, { { 12, 0, 3 } },
		FLOAT_RD | FLOAT_RS1, true },
	[FORMAT_FN] = { "FN", "fd, fs1, fs2",    1, 1, 1,  0, { { 0 } },
		FLOAT_RD | FLOAT_RS1 | FLOAT_RS2, false },
	[FORMAT_FC] = { "FC", "rd, fs1, fs2",    1, 1, 1,  0, { { 0 } }, FLOAT_RS1 | FLOAT_RS2, false },
	[FORMAT_FX] = { "FX", "fd, rs1, rm",     1, 1, 0,  0, { { 12, 0, 3 } }, FLOAT_RD, true },
	[FORMAT_XF] = { "XF", "rd, fs1, rm",     1, 1, 0,  0, { { 12, 0, 3 } }, FLOAT_RS1, true },
	[FORMAT_MX] = { "MX", "fd, rs1",         1, 1, 0,  0, { { 0 } }, FLOAT_RD, false },
	[FORMAT_XM] = { "XM", "rd, fs1",         1, 1, 0,  0, { { 0 } }, FLOAT_RS1, false },
	[FORMAT_LF] = { "LF", "fd, imm(rs1)",    1, 1, 0, 12, { { 20, 0, 12 } }, FLOAT_RD, false },
	[FORMAT_SF] = { "SF", "fs2, imm(rs1)",   0, 1, 1, 12, { { 25, 5, 7 }, { 7, 0, 5 } },
		FLOAT_RS2, false },
	[FORMAT_N] = { "N", "",                  0, 0, 0,  0, { { 0 } } },
};

enum {
	MULTI_LETTER_MAX = 32,
	BUCKETS = 32 * 8
};

/* The extension of that name in whatever case, or EXTENSION_COUNT. */
static enum extension extension_find(const char *name, size_t length)
{
	for (unsigned i = 0; i < EXTENSION_COUNT; i++) {
		size_t at = 0;

		while (at < length && tolower((u8)name[at]) == tolower((u8)extension_names[i][at]))
			at++;
		if (at == length && extension_names[i][at] == '\0')
			return i;
	}
	return EXTENSION_COUNT;
}

static bool refuse(const char *isa, const char *part, size_t length, struct fault *fault)
{
	char known[512] = "";

	for (unsigned i = 0; i < EXTENSION_COUNT; i++) {
		size_t used = strlen(known);

		snprintf(known + used, sizeof(known) - used, " %s", extension_names[i]);
	}
	return fault_set(fault, "ISA '%.80s': there is no extension '%.*s' here (there are%s)", isa,
		(int)(length < MULTI_LETTER_MAX ? length : MULTI_LETTER_MAX), part, known);
}

/* One letter is one extension; from z, s or x on, a name reaches to the next underscore. */
static bool parse_extensions(const char *isa, const char *part, u64 *extensions,
	struct fault *fault)
{
	while (*part != '\0') {
		size_t length = 1;
		enum extension found;

		if (strchr("zsxZSX", *part) != NULL)
			length = strcspn(part, "_");
		found = extension_find(part, length);
		if (found == EXTENSION_COUNT)
			return refuse(isa, part, length, fault);
		*extensions |= UINT64_C(1) << found;
		part += length;
		if (*part == '_' && part[1] != '\0' && part[1] != '_')
			part++;
	}
	return true;
}

void isa_picture(const char *picture, u32 *match, u32 *mask)
{
	unsigned bits = 0;

	*match = 0;
	*mask = 0;
	for (; *picture != '\0'; picture++) {
		if (*picture == ' ')
			continue;
		*match = *match << 1 | (*picture == '1');
		*mask = *mask << 1 | (*picture != '.');
		bits++;
	}
	assert(bits == 32);
}

static void fill_buckets(struct isa *isa)
{
	for (u32 b = 0; b < BUCKETS; b++) {
		u32 key = (b >> 3) << 2 | (b & 7) << 12, key_mask = 31 << 2 | 7 << 12;

		isa->bucket[b] = isa->order_count;
		for (u16 id = 0; id < INSN_COUNT; id++) {
			if ((isa->extensions >> insn_rows[id].extension & 1) == 0)
				continue;
			if (((isa->match[id] ^ key) & isa->mask[id] & key_mask) != 0)
				continue;
			assert(isa->order_count < INSN_COUNT * 8);
			isa->order[isa->order_count++] = id;
		}
	}
	isa->bucket[BUCKETS] = isa->order_count;
}

/* The tables for the extensions that are set. */
static bool isa_fill(struct isa *isa, struct fault *fault)
{
	isa->compressed = malloc(65536 * sizeof(*isa->compressed));
	if (isa->compressed == NULL)
		return fault_set(fault, "out of memory for the tables of an ISA");
	for (unsigned id = 0; id < INSN_COUNT; id++)
		isa_picture(insn_rows[id].picture, &isa->match[id], &isa->mask[id]);
	fill_buckets(isa);
	rvc_fill(isa->compressed, isa->extensions);
	return true;
}

bool isa_create(struct isa *isa, const char *name, struct fault *fault)
{
	const u64 f = UINT64_C(1) << EXTENSION_F, d = UINT64_C(1) << EXTENSION_D;
	const u64 zicntr = UINT64_C(1) << EXTENSION_Zicntr;
	const u64 zicsr = UINT64_C(1) << EXTENSION_Zicsr;

	memset(isa, 0, sizeof(*isa));
	if (name == NULL) {
		isa->extensions = ((UINT64_C(1) << EXTENSION_COUNT) - 1) & ~(UINT64_C(1) << EXTENSION_Svade);
		return isa_fill(isa, fault);
	}
	if (strncmp(name, "rv64i", 5) != 0 && strncmp(name, "RV64I", 5) != 0)
		return fault_set(fault, "ISA '%.80s': a name begins with rv64i", name);
	if (!parse_extensions(name, name + 4, &isa->extensions, fault))
		return false;
	/* Counters are CSRs; supervisor mode has no letter of its own and comes with them. */
	if ((isa->extensions & d) != 0)
		isa->extensions |= f;
	if (isa->extensions >> EXTENSION_Sv57 & 1)
		isa->extensions |= UINT64_C(1) << EXTENSION_Sv48;
	if ((isa->extensions & (zicntr | f)) != 0)
		isa->extensions |= zicsr;
	if ((isa->extensions & zicsr) != 0)
		isa->extensions |= UINT64_C(1) << EXTENSION_S;

	return isa_fill(isa, fault);
}

void isa_destroy(struct isa *isa)
{
	free(isa->compressed);
	isa->compressed = NULL;
}

void isa_name(const struct isa *isa, char *text, size_t size)
{
	char name[512] = "rv64";
	size_t used = strlen(name);

	for (unsigned i = 0; i < EXTENSION_COUNT; i++) {
		const char *part = extension_names[i];

		if ((isa->extensions >> i & 1) == 0 || i == EXTENSION_S)
			continue;
		if (part[1] != '\0')
			name[used++] = '_';
		for (; *part != '\0'; part++) {
			assert(used < sizeof(name) - 2);
			name[used++] = (char)tolower((u8)*part);
		}
	}
	name[used] = '\0';
	snprintf(text, size, "%s", name);
}

void isa_list(const struct isa *isa, char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < EXTENSION_COUNT; i++) {
		if ((isa->extensions >> i & 1) == 0 || i == EXTENSION_S)
			continue;
		for (const char *part = used ? " " : ""; *part && used + 1 < size; part++)
			text[used++] = *part;
		for (const char *part = extension_names[i]; *part && used + 1 < size; part++)
			text[used++] = (char)tolower((u8)*part);
		text[used] = '\0';
	}
}

u32 isa_encode(const struct isa *isa, const struct insn *insn)
{
	const struct format_row *format;
	u32 word;

	if (insn->id >= INSN_COUNT)
		return insn->word;
	format = &format_rows[insn_rows[insn->id].format];
	word = isa->match[insn->id];
	if (format->rd)
		word |= (insn->rd & 31u) << 7;
	if (format->rs1)
		word |= (insn->rs1 & 31u) << 15;
	if (format->rs2)
		word |= (insn->rs2 & 31u) << 20;
	for (const struct format_piece *p = format->imm;
	     p < format->imm + FORMAT_PIECES && p->bits != 0; p++)
		word |= (u32)bits_get((u32)insn->imm, p->from, p->bits) << p->at;
	return word;
}

enum insn_id isa_find(const char *name)
{
	for (unsigned id = 0; id < INSN_COUNT; id++)
		if (strcmp(insn_rows[id].name, name) == 0)
			return id;
	return INSN_NONE;
}
