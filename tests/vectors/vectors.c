/*
 * Arithmetic on its edges, as a program that runs anywhere: every row of insn.def of the verbs FPU,
 * ALU and ALUW is built from its picture, executed on tables of operands (for floating point in
 * every rounding mode, named and dynamic), and what came out, flags included, is printed as one sum
 * for each row and mode. Two processors that agree print the same. vectors.py compares ours with
 * QEMU's; VECTORS_ROW, if not "", names the one row that is run and printed operand by operand.
 */
#include "cpu/isa.h"
#include "guests/lib/print.h"
#include "guests/lib/string.h"

enum kind { KIND_OTHER, KIND_INTEGER, KIND_FLOAT };

static const struct row {
	const char *name, *picture;
	u8 format, extension, kind;
} rows[] = {
#define LET(...) KIND_OTHER
#define ALU(...) KIND_INTEGER
#define ALUW(...) KIND_INTEGER
#define JUMP(...) KIND_OTHER
#define BRANCH(...) KIND_OTHER
#define LOAD(...) KIND_OTHER
#define STORE(...) KIND_OTHER
#define FLOAD(...) KIND_OTHER
#define FSTORE(...) KIND_OTHER
#define FPU(...) KIND_FLOAT
#define AMO(...) KIND_OTHER
#define LR(...) KIND_OTHER
#define SC(...) KIND_OTHER
#define CBO(...) KIND_OTHER
#define FENCE(...) KIND_OTHER
#define CALL(...) KIND_OTHER
#define INSN(name, picture, format, extension, meaning) \
	{ #name, picture, FORMAT_##format, EXTENSION_##extension, meaning },
#include "cpu/insn.def"
#undef INSN
};

/* 64 bits, read as a double, a boxed single (or a badly boxed one), or an integer. */
static const u64 edges[] = {
	0, 0x8000000000000000, 1, 0x8000000000000001, 0x000fffffffffffff, 0x0010000000000000,
	0x8010000000000000, 0x0010000000000001, 0x001fffffffffffff, 0x3ff0000000000000,
	0xbff0000000000000, 0x3ff0000000000001, 0x3fefffffffffffff, 0x3fe0000000000000,
	0x3ff8000000000000, 0x4004000000000000, 0xbfe0000000000000, 0xbff8000000000000,
	0x3fd5555555555555, 0x400921fb54442d18, 0x41dfffffffc00000, 0x41dfffffffe00000,
	0x41e0000000000000, 0xc1e0000000000000, 0xc1e0000000200000, 0x41efffffffe00000,
	0x41effffffff00000, 0x43dfffffffffffff, 0x43e0000000000000, 0xc3e0000000000000,
	0x43efffffffffffff, 0x43f0000000000000, 0x4340000000000001, 0x432fffffffffffff,
	0x7fefffffffffffff, 0xffefffffffffffff, 0x7ff0000000000000, 0xfff0000000000000,
	0x7ff8000000000000, 0xfff8000000000123, 0x7ff0000000000001, 0xfff7ffffffffffff,
	0x3810000000000000, 0x380fffffffffffff, 0x380ffffff0000000, 0x36a0000000000000,
	0x3690000000000000, 0x3690000000000001, 0x47efffffe0000000, 0x47effffff0000000,
	0x47efffffefffffff, 0x3ff0000010000000, 0x3ff0000030000000, 0x3ff0000010000001,
	0x3ca0000000000000, 0x3cb0000000000000, 0x1ff0000000000000, 0x2000000000000001,
	0xffffffff00000000, 0xffffffff80000000, 0xffffffff00000001, 0xffffffff807fffff,
	0xffffffff00800000, 0xffffffff00ffffff, 0xffffffff3f800000, 0xffffffffbf800000,
	0xffffffff3f800001, 0xffffffff3f7fffff, 0xffffffff3f000000, 0xffffffff3fc00000,
	0xffffffff40200000, 0xffffffffbf000000, 0xffffffff3eaaaaab, 0xffffffff40490fdb,
	0xffffffff4effffff, 0xffffffff4f000000, 0xffffffffcf000000, 0xffffffffcf000001,
	0xffffffff4f7fffff, 0xffffffff4f800000, 0xffffffff5effffff, 0xffffffff5f000000,
	0xffffffffdf000000, 0xffffffff5f7fffff, 0xffffffff5f800000, 0xffffffff7f7fffff,
	0xffffffffff7fffff, 0xffffffff7f800000, 0xffffffffff800000, 0xffffffff7fc00000,
	0xffffffffffc00abc, 0xffffffff7f800001, 0xffffffffffbfffff, 0xffffffff33800000,
	0xffffffff34000000, 0xffffffff20000000, 0xffffffff1fffffff, 0xfffffffe3f800000,
	0x000000003f800000, 0x7fffffff3f800000, 0x7fffffffffffffff, 0xffffffffffffffff, 2, 63, 31,
	0x00ffffff, 0x01000001, 0x001fffffffffffff, 0x0020000000000001, 0xfffffffffffffc01,
	0x0123456789abcdef, 0x000000007fffffff, 0x0000000080000000
};
enum { EDGES = sizeof(edges) / sizeof(edges[0]), DRAWN = 24, OPERANDS = EDGES + DRAWN };

static u64 operand[OPERANDS];

/* Besides the edges, numbers not far from one another, so that sums cancel. */
static void draw_operands(void)
{
	u64 seed = 88172645463325252;

	memcpy(operand, edges, sizeof(edges));
	for (u32 i = 0; i < DRAWN; i++) {
		u64 exponent;

		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		exponent = seed >> 11 & 31;
		if (i & 1)
			operand[EDGES + i] = (seed & 0x800fffffffffffff) | (1007 + exponent) << 52;
		else
			operand[EDGES + i] = ~(u64)0 << 32 | (seed >> 32 & 0x807fffff)
				| (111 + exponent) << 23;
	}
}

/* rd, fd: 10; rs1, fs1: 11; rs2, fs2: 12; fs3: 13 */
static u32 row_word(const struct row *row, u32 rm, u32 shift)
{
	u32 word = 0;

	for (const char *c = row->picture; *c; c++)
		if (*c != ' ')
			word = word << 1 | (*c == '1');
	word |= 10 << 7 | 11 << 15;
	switch ((enum format)row->format) {
	case FORMAT_F4:
		return word | 13u << 27 | 12 << 20 | rm << 12;
	case FORMAT_FR:
		return word | 12 << 20 | rm << 12;
	case FORMAT_F1:
	case FORMAT_FX:
	case FORMAT_XF:
		return word | rm << 12;
	case FORMAT_R:
	case FORMAT_FN:
	case FORMAT_FC:
		return word | 12 << 20;
	case FORMAT_H:
		return word | (shift & 63) << 20;
	case FORMAT_W:
		return word | (shift & 31) << 20;
	case FORMAT_I:
		return word | (shift & 4095) << 20;
	default:
		return word;
	}
}

static _Alignas(8) u32 snippet[2];

static void build(u32 word)
{
	snippet[0] = word;
	snippet[1] = 0x00008067; /* ret */
	asm volatile("fence.i" : : : "memory");
}

struct result {
	u64 x, f, fcsr;
};

static struct result run(u64 a, u64 b, u64 c, u64 fcsr)
{
	register u64 a0 asm("a0") = 77;
	register u64 a1 asm("a1") = a;
	register u64 a2 asm("a2") = b;
	register u64 a3 asm("a3") = c;
	register u64 a4 asm("a4") = fcsr;
	register const void *a5 asm("a5") = snippet;

	asm volatile(".option push\n\t.option arch, +f, +d\n\tfscsr a4\n\tfmv.d.x fa0, zero\n\t"
		"fmv.d.x fa1, a1\n\tfmv.d.x fa2, a2\n\tfmv.d.x fa3, a3\n\tjalr a5\n\t"
		"fmv.x.d a1, fa0\n\tfrcsr a2\n\tfscsr zero\n\t.option pop"
		: "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(a4), "+r"(a5) : : "ra", "memory");
	return (struct result){ a0, a1, a2 };
}

static char *put_hex(char *at, u64 value)
{
	for (int shift = 60; shift >= 0; shift -= 4)
		*at++ = "0123456789abcdef"[value >> shift & 15];
	*at++ = ' ';
	return at;
}

static void print_line(const struct row *row, const u64 *value, u32 count)
{
	char line[200];
	char *at = line;

	for (const char *c = row->name; *c; c++)
		*at++ = *c == '_' ? '.' : *c;
	*at++ = ' ';
	for (u32 i = 0; i < count; i++)
		at = put_hex(at, value[i]);
	at[-1] = '\n';
	print_bytes(line, (size_t)(at - line));
}

static u64 mix(u64 sum, u64 value)
{
	return (sum ^ value) * 0x9e3779b97f4a7c15 >> 7 ^ (sum ^ value) * 0xd6e8feb86659fd93;
}

static u64 try_one(const struct row *row, u64 sum, u64 a, u64 b, u64 c, u64 fcsr)
{
	struct result result = run(a, b, c, fcsr);

	const u64 all[] = { fcsr, a, b, c, result.x, result.f, result.fcsr };

	if (VECTORS_ROW[0])
		print_line(row, all, sizeof(all) / sizeof(all[0]));
	return mix(mix(mix(sum, result.x), result.f), result.fcsr);
}

/* All operands, all pairs, or many triples, as the format has sources. */
static u64 try_operands(const struct row *row, u64 fcsr)
{
	bool two = row->format == FORMAT_R || row->format == FORMAT_FR || row->format == FORMAT_FN
		|| row->format == FORMAT_FC;
	u64 sum = 0;

	for (u32 i = 0; i < OPERANDS; i++) {
		if (row->format == FORMAT_F4) {
			for (u32 j = i % 3; j < OPERANDS; j += 3)
				for (u32 k = (i + j) % 5; k < OPERANDS; k += 5)
					sum = try_one(row, sum, operand[i], operand[j], operand[k], fcsr);
			continue;
		}
		for (u32 j = 0; j < (two ? OPERANDS : 1); j++)
			sum = try_one(row, sum, operand[i], operand[j], 0, fcsr);
	}
	return sum;
}

static bool rounds(const struct row *row)
{
	return row->format == FORMAT_F4 || row->format == FORMAT_FR || row->format == FORMAT_F1
		|| row->format == FORMAT_FX || row->format == FORMAT_XF;
}

static void try_row(const struct row *row)
{
	u64 value[2];

	/* Integers: one constant after the other where there is one. */
	for (u32 mode = 0; mode < 20; mode++) {
		bool constant = row->format == FORMAT_H || row->format == FORMAT_W
			|| row->format == FORMAT_I;

		if (mode && !rounds(row) && !constant)
			return;
		/* Modes 0 to 4 named, with another in frm; then the same from frm; and all this with
		 * inexact raised before. */
		build(row_word(row, mode % 10 < 5 ? mode % 5 : 7, mode * 0x1b9));
		value[0] = mode;
		value[1] = try_operands(row, (mode % 10 < 5 ? (mode + 1) % 5 : mode % 5) << 5
			| mode / 10);
		print_line(row, value, 2);
	}
}

int main(void)
{
	draw_operands();
	for (u32 i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].kind == KIND_OTHER)
			continue;
		if (rows[i].extension == EXTENSION_Zicond)
			continue; /* QEMU 7.2 does not have it */
		if (VECTORS_ROW[0] && strcmp(rows[i].name, VECTORS_ROW) != 0)
			continue;
		try_row(&rows[i]);
	}
	return 0;
}
