/*
 * Items that touch data memory: loads, stores, atomics, changes of page tables; and jumps to where
 * no code is.
 */
#include "tests/differential/draw.h"

#include <stdlib.h>
#include <string.h>

/* Beyond RAM, and no device there on either side. */
#define NOWHERE UINT64_C(0x90000000)

static bool has_verb(const struct insn *insn, u8 verb)
{
	return insn->id != INSN_NONE && insn_rows[insn->id].verb == verb;
}

static bool is_load_or_store(const struct insn *insn)
{
	return has_verb(insn, VERB_LOAD) || has_verb(insn, VERB_STORE)
		|| has_verb(insn, VERB_FLOAD) || has_verb(insn, VERB_FSTORE);
}

/* Bytes that a memory row accesses, from its type: "AMO(add, s32)". */
static unsigned row_width(unsigned id)
{
	return (unsigned)atoi(strpbrk(insn_rows[id].meaning, "0123456789")) / 8;
}

/* A row of one of two verbs. */
static unsigned draw_row(struct draw *draw, u8 verb, u8 other)
{
	unsigned id;

	do {
		id = draw_below(draw, INSN_COUNT);
	} while (!isa_has(draw->program->isa, id)
		|| (insn_rows[id].verb != verb && insn_rows[id].verb != other));
	return id;
}

/* Where in a page: mostly aligned, at times not, at times into the next page. */
static u64 draw_offset(struct draw *draw, unsigned width, enum place place)
{
	u64 aligned = draw_below(draw, PAGE_SIZE / width) * width;

	if (place == PLACE_GOOD || !draw_once_in(draw, 6))
		return aligned;
	if (draw->group->environment.pmp && !draw_with(draw, EXCEPTION_pmp_misaligned))
		return aligned;
	return draw_once_in(draw, 2) ? PAGE_SIZE - 1 - draw_below(draw, width)
		: draw_below(draw, PAGE_SIZE - 8);
}

/* May an access at such an offset of a window page be drawn? What the names say are exceptions. */
static bool page_serves(const struct draw *draw, u32 page, bool misaligned, enum place place)
{
	bool user_code = window_user_code(page) || (misaligned && window_user_code(page + 1));

	if (user_code && draw->data != LEVEL_U && !draw_with(draw, EXCEPTION_sum_fetch))
		return false;
	if (draw_with(draw, EXCEPTION_misaligned_nowhere))
		return true;
	if (window_nowhere(page) && (place == PLACE_RAM || misaligned))
		return false;
	return !(window_nowhere(page + 1) && place == PLACE_STORE && misaligned);
}

static u64 draw_place_translated(struct draw *draw, u64 offset, unsigned width, enum place place)
{
	u64 window = draw_once_in(draw, 4) ? WINDOW_HIGH : WINDOW;
	/* Not the page before the one that must keep its ecalls: an access may reach into the next. */
	u64 scratch = LAYOUT_SCRATCH - 0x80000000 + draw_below(draw, TRAP_PAGE - 1) * PAGE_SIZE;
	/* Exception pmp_dirty: only pages whose entries need no change. */
	bool settled = draw->group->environment.pmp && !draw_with(draw, EXCEPTION_pmp_dirty);
	u32 dice = place == PLACE_GOOD || settled ? 0 : draw_below(draw, 20);
	u32 page;

	if (dice < 11) /* odd ones are user pages */
		return window + (draw_below(draw, GOOD_PAGES / 2) * 2 + (draw->data == LEVEL_U))
			* PAGE_SIZE + offset;
	if (dice < 15) {
		do {
			page = draw_below(draw, WINDOW_PAGES);
		} while (!page_serves(draw, page, offset % width, place));
		return window + page * PAGE_SIZE + offset;
	}
	if (dice < 17)
		return window + ((1 + draw_below(draw, MEGAPAGES)) << 21) + scratch + offset;
	if (dice < 18)
		return GIGAPAGE + scratch + offset;
	switch (draw_below(draw, 4)) {
	case 0: /* no sign extension of bit 38 */
		return window ^ UINT64_C(1) << (38 + draw_below(draw, 26));
	case 1: /* no entry */
		return window + (WINDOW_PAGES + draw_below(draw, 512 - WINDOW_PAGES)) * PAGE_SIZE;
	case 2: /* bad entries in the root table */
		return ((5 + draw_below(draw, 4)) * UINT64_C(0x40000000)) + scratch + offset;
	default:
		return ALIAS_U - UINT64_C(0x40000000) + scratch + offset;
	}
}

u64 draw_place(struct draw *draw, unsigned width, enum place place)
{
	u64 offset = draw_offset(draw, width, place);

	/* Protection rules make no place good, nor does MPRV, which a trap may end. */
	if (place == PLACE_GOOD && (draw->group->environment.pmp || draw->data != draw->level))
		draw->failed = true;
	if (draw->translated)
		return draw_place_translated(draw, offset, width, place);
	if (place != PLACE_GOOD && place != PLACE_RAM && draw_once_in(draw, 20))
		return NOWHERE + (draw_below(draw, 1 << 20) & ~7u);
	return LAYOUT_SCRATCH + draw_below(draw, TRAP_PAGE - 1) * PAGE_SIZE + offset;
}

/* A base register and an immediate for this address. */
static u8 draw_base(struct draw *draw, u64 address, s32 *imm)
{
	u8 number = (u8)draw_below(draw, 32);

	if (draw_once_in(draw, 2)) {
		for (u32 i = 0; i < 32; i++, number = (number + 1) & 31) {
			u64 distance = address - draw->group->x[number];

			if ((draw->decided & ~draw->written) >> number & 1
			    && distance + 2048 < 4096) {
				*imm = (s32)distance;
				return number;
			}
		}
	}
	*imm = draw_once_in(draw, 3) ? 0 : (s32)draw_below(draw, 4096) - 2048;
	return draw_holding(draw, address - (u64)(s64)*imm);
}

static enum place draw_direction(const struct insn *insn)
{
	return has_verb(insn, VERB_STORE) || has_verb(insn, VERB_FSTORE) ? PLACE_STORE : PLACE_LOAD;
}

void draw_memory(struct draw *draw)
{
	struct insn insn = { .length = 4 };
	u64 place;

	insn.id = (u16)(draw_once_in(draw, 4) ? draw_row(draw, VERB_FLOAD, VERB_FSTORE)
		: draw_row(draw, VERB_LOAD, VERB_STORE));
	place = draw_place(draw, row_width(insn.id), draw_direction(&insn));
	insn.rs1 = draw_base(draw, place, &insn.imm);
	switch (insn_rows[insn.id].verb) {
	case VERB_STORE:
		insn.rs2 = draw_source(draw);
		break;
	case VERB_LOAD:
		insn.rd = draw_target(draw);
		break;
	case VERB_FSTORE:
		insn.rs2 = (u8)draw_below(draw, 32);
		break;
	default:
		insn.rd = (u8)draw_below(draw, 32);
		break;
	}
	draw_put(draw, insn);
}

void draw_memory_compressed(struct draw *draw)
{
	struct insn insn = draw_compressed(draw, is_load_or_store);
	u64 place;

	if (draw->failed)
		return;
	place = draw_place(draw, row_width(insn.id), draw_direction(&insn));
	if (!draw_decide(draw, insn.rs1, place - (u64)(s64)insn.imm))
		draw->failed = true;
	draw->decided |= 1u << insn.rs2;
	if (has_verb(&insn, VERB_LOAD))
		draw_wrote(draw, insn.rd);
	draw_put(draw, insn);
}

void draw_amo(struct draw *draw)
{
	unsigned id = draw_row(draw, VERB_AMO, VERB_AMO);
	u8 rs1 = draw_holding(draw, draw_place(draw, row_width(id),
		draw_with(draw, EXCEPTION_amo_nowhere) ? PLACE_STORE : PLACE_RAM));
	u8 rs2 = draw_source(draw);

	draw_step(draw, id, draw_target(draw), rs1, rs2, (s32)draw_below(draw, 4));
}

/*
 * Load-reserved, a little arithmetic, store-conditional: to the same place, to another, or after a
 * load-reserved that trapped.
 */
void draw_reserve(struct draw *draw)
{
	bool wide = draw_once_in(draw, 2), good = !draw_once_in(draw, 4);
	u64 place = draw_place(draw, wide ? 8 : 4, good ? PLACE_GOOD : PLACE_LOAD);
	u8 from = draw_holding(draw, place), to = from, rs2;

	if (!good || draw_once_in(draw, 3)) {
		u64 other = draw_place(draw, wide ? 8 : 4, PLACE_GOOD);

		/* It could be the same place under another name. */
		if (draw_with(draw, EXCEPTION_reserved_alias) && good && draw->translated)
			other = place ^ WINDOW ^ WINDOW_HIGH;
		else if ((place ^ other) % PAGE_SIZE == 0)
			draw->failed = true;
		to = draw_holding(draw, other);
	}
	draw_step(draw, wide ? INSN_lr_d : INSN_lr_w, draw_fresh(draw, 1u << to), from, 0,
		(s32)draw_below(draw, 4));
	for (u32 i = draw_below(draw, 3); i > 0; i--) {
		struct insn insn = draw_arithmetic(draw);

		insn.rd = draw_fresh(draw, 1u << to);
		draw_put(draw, insn);
	}
	rs2 = draw_source(draw);
	draw_step(draw, wide ? INSN_sc_d : INSN_sc_w, draw_target(draw), to, rs2,
		(s32)draw_below(draw, 4));
}

/* A store-conditional without a reservation. */
void draw_conditional(struct draw *draw)
{
	bool wide = draw_once_in(draw, 2);
	bool strict = draw_with(draw, EXCEPTION_sc_unreserved);
	u8 rs1 = draw_holding(draw, draw_place(draw, wide ? 8 : 4, strict ? PLACE_STORE : PLACE_GOOD));
	u8 rs2 = draw_source(draw);

	draw_step(draw, wide ? INSN_sc_d : INSN_sc_w, draw_target(draw), rs1, rs2,
		(s32)draw_below(draw, 4));
}

/* Another entry for a page of the window, and the fence that makes it hold. */
void draw_map(struct draw *draw)
{
	u32 root = 1 + draw_below(draw, ROOTS), page = draw_below(draw, WINDOW_PAGES);
	u64 entry = tables_entry(draw->program, &draw->random, page);
	u8 at, value, asid = 0, first = 0, second = 0;

	/* Entries lie where supervisor level finds RAM; it must be allowed the fence. */
	if (draw->data != draw->level || draw->level == LEVEL_U || (draw->level == LEVEL_S
	    && (draw->group->environment.mstatus & STATUS_TVM)))
		draw->failed = true;
	at = draw_holding(draw, tables_leaf(root, page));
	value = draw_holding(draw, entry);
	if (draw_once_in(draw, 2))
		asid = draw_holding(draw, (tables_satp(root) & SATP_ASID) >> 44);
	if (draw_once_in(draw, 2)) {
		first = draw_holding(draw, WINDOW + page * PAGE_SIZE);
		second = draw_holding(draw, WINDOW_HIGH + page * PAGE_SIZE);
	}
	draw_step(draw, INSN_sd, 0, at, value, 0);
	draw_step(draw, INSN_sfence_vma, 0, first, asid, 0);
	if (second)
		draw_step(draw, INSN_sfence_vma, 0, second, asid, 0);
}

/* A jump to where nothing is, where nothing may run, or where only ecalls are. */
void draw_wild(struct draw *draw)
{
	u64 trap_page = LAYOUT_SCRATCH + TRAP_PAGE * PAGE_SIZE;
	u64 offset = draw_once_in(draw, 3) ? PAGE_SIZE - 2 : draw_below(draw, PAGE_SIZE / 2) * 2;
	u64 window = draw_once_in(draw, 4) ? WINDOW_HIGH : WINDOW;
	/* Not into the next page: QEMU cannot fetch half an instruction from no memory. */
	u64 nowhere = NOWHERE + (offset & 0xff8);
	u64 address;
	s32 imm = (s32)draw_below(draw, 4096) - 2048;

	if (draw->level == LEVEL_M || draw->group->environment.root == 0) {
		address = draw_once_in(draw, 2) ? nowhere : trap_page + offset;
	} else if (draw->group->environment.pmp && !draw_with(draw, EXCEPTION_pmp_dirty)) {
		address = window + draw_below(draw, GOOD_PAGES) * PAGE_SIZE + offset;
	} else {
		switch (draw_below(draw, 8)) {
		case 0:
			address = window ^ UINT64_C(1) << (38 + draw_below(draw, 26));
			break;
		case 1:
			address = window + ((1 + draw_below(draw, MEGAPAGES)) << 21)
				+ (trap_page - 0x80000000) + offset;
			break;
		case 2:
			address = GIGAPAGE - 0x80000000
				+ (draw_once_in(draw, 2) ? nowhere : trap_page + offset);
			break;
		default:
			address = window + draw_below(draw, WINDOW_PAGES) * PAGE_SIZE + offset;
			break;
		}
	}
	draw_step(draw, INSN_jalr, draw_target(draw),
		draw_holding(draw, address - (u64)(s64)imm), 0, imm);
	draw->last = true;
}
