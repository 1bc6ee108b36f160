/*
 * The decoder. A 16-bit word is one look-up; a 32-bit word is compared with the few rows of its
 * bucket, and its operands are gathered by the row's format.
 */
#include "cpu/decode.h"

#include "core/bits.h"
#include "cpu/format.h"

struct insn decode(const struct isa *isa, u32 word)
{
	struct insn insn = { .id = INSN_NONE, .length = 4, .word = word };
	const struct format_row *format;
	unsigned bucket, at;

	if ((word & 3) != 3)
		return isa->compressed[word & 0xffff];

	bucket = (word >> 2 & 31) << 3 | (word >> 12 & 7);
	for (at = isa->bucket[bucket]; at < isa->bucket[bucket + 1]; at++)
		if (((word ^ isa->match[isa->order[at]]) & isa->mask[isa->order[at]]) == 0)
			break;
	if (at == isa->bucket[bucket + 1])
		return insn;

	insn.id = isa->order[at];
	format = &format_rows[insn_rows[insn.id].format];
	if (format->rd)
		insn.rd = word >> 7 & 31;
	if (format->rs1)
		insn.rs1 = word >> 15 & 31;
	if (format->rs2)
		insn.rs2 = word >> 20 & 31;
	for (const struct format_piece *p = format->imm;
	     p < format->imm + FORMAT_PIECES && p->bits != 0; p++)
		insn.imm |= (s32)((u32)bits_get(word, p->at, p->bits) << p->from);
	if (format->sign != 0)
		insn.imm = (s32)sign_extend((u32)insn.imm, format->sign);
	return insn;
}
