/*
 * Where each operand format keeps its registers and the pieces of its immediate. decode.c gathers
 * by this table, isa_encode scatters by it, lists print it: a format is described once.
 */
#ifndef CPU_FORMAT_H
#define CPU_FORMAT_H

#include "cpu/isa.h"

enum { FORMAT_COUNT = FORMAT_N + 1, FORMAT_PIECES = 4 };

struct format_row {
	const char *name;     /* "R" */
	const char *operands; /* as written: "rd, rs1, rs2" */
	/* Register fields are always at the same place: rd 11:7, rs1 19:15, rs2 24:20. */
	bool rd, rs1, rs2;
	u8 sign; /* the immediate is sign-extended from this many bits; 0: it is unsigned */
	/* Bits `from` and up of the immediate lie at bits `at` and up of the word. */
	struct format_piece {
		u8 at, from, bits;
	} imm[FORMAT_PIECES];
	u8 floats;   /* enum format_float: which of the registers are floating-point ones */
	bool rounds; /* the low three bits of imm are a rounding mode */
};

enum format_float { FLOAT_RD = 1, FLOAT_RS1 = 2, FLOAT_RS2 = 4 };

extern const struct format_row format_rows[FORMAT_COUNT];

#endif
