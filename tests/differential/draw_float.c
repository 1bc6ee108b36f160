/*
 * Floating-point items. Their registers need no book-keeping: nothing but arithmetic depends on what
 * they hold.
 */
#include "core/bits.h"
#include "cpu/format.h"
#include "tests/differential/draw.h"

u64 draw_float_number(struct draw *draw)
{
	static const u32 singles[] = {
		0x00000000, 0x00000001, 0x007fffff, 0x00800000, 0x3f7fffff, 0x3f800000, 0x3f800001,
		0x4b800000, 0x4effffff, 0x4f000000, 0x4f800000, 0x5f000000, 0x5f800000, 0x7f7fffff,
		0x7f800000, 0x7f800001, 0x7fbfffff, 0x7fc00000, 0x7fffffff,
	};
	static const u64 doubles[] = {
		0x0000000000000000, 0x0000000000000001, 0x000fffffffffffff, 0x0010000000000000,
		0x36a0000000000000, 0x3810000000000000, 0x3fefffffffffffff, 0x3ff0000000000000,
		0x3ff0000000000001, 0x3fe0000000000000, 0x41dfffffffc00000, 0x41e0000000000000,
		0x41efffffffe00000, 0x41f0000000000000, 0x43e0000000000000, 0x43f0000000000000,
		0x47efffffe0000000, 0x47effffff0000000, 0x7fefffffffffffff, 0x7ff0000000000000,
		0x7ff0000000000001, 0x7ff8000000000000, 0x7fffffffffffffff,
	};
	const u64 boxed = UINT64_C(0xffffffff00000000), sign = random_next(&draw->random) & 1;

	switch (draw_below(draw, 6)) {
	case 0:
	case 1:
		return boxed | sign << 31
			| singles[draw_below(draw, sizeof(singles) / sizeof(singles[0]))];
	case 2:
		return boxed | (u32)random_next(&draw->random);
	case 3:
		return sign << 63 | doubles[draw_below(draw, sizeof(doubles) / sizeof(doubles[0]))];
	case 4: /* near 1, so that sums cancel */
		return bits_put(random_next(&draw->random), 53, 10, 0x1ff);
	default:
		return random_next(&draw->random);
	}
}

/* The rounding mode: mostly one of the five, or that of frm; at times one that is reserved. */
static s32 draw_rounding(struct draw *draw)
{
	static const u8 modes[] = { 0, 1, 2, 3, 4, 7, 7, 7 };

	return (s32)(draw_once_in(draw, 24) ? draw_below(draw, 8)
		: modes[draw_below(draw, sizeof(modes))]);
}

bool draw_float_dirty(const struct draw *draw)
{
	return field_get(draw->group->environment.mstatus, STATUS_FS) == 3
		|| draw_with(draw, EXCEPTION_fs_flags);
}

void draw_float(struct draw *draw)
{
	struct insn insn = { .length = 4 };
	const struct format_row *format;

	do {
		insn.id = (u16)draw_below(draw, INSN_COUNT);
		format = &format_rows[insn_rows[insn.id].format];
	} while (insn_rows[insn.id].verb != VERB_FPU || !isa_has(draw->program->isa, insn.id)
		|| (!(format->floats & FLOAT_RD) && !draw_float_dirty(draw)));
	insn.rs1 = format->floats & FLOAT_RS1 ? (u8)draw_below(draw, 32) : draw_source(draw);
	if (format->rs2)
		insn.rs2 = (u8)draw_below(draw, 32);
	insn.rd = format->floats & FLOAT_RD ? (u8)draw_below(draw, 32) : draw_target(draw);
	if (format->rounds)
		insn.imm = draw_rounding(draw);
	if (insn_rows[insn.id].format == FORMAT_F4)
		insn.imm |= (s32)draw_below(draw, 32) << 3;
	draw_put(draw, insn);
}
