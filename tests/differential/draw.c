/*
 * Draws a group: first the state it starts from, then its items, each by one of the functions that
 * the table below weighs. The other draw_*.c files have those functions; here is what they share.
 */
#include "tests/differential/draw.h"

#include <string.h>

#include "core/bits.h"

u32 draw_below(struct draw *draw, u32 below)
{
	return random_below(&draw->random, below);
}

bool draw_once_in(struct draw *draw, u32 n)
{
	return random_once_in(&draw->random, n);
}

bool draw_with(const struct draw *draw, enum exception exception)
{
	return draw->program->with >> exception & 1;
}

u64 draw_number(struct draw *draw)
{
	static const u64 edges[] = {
		0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff,
		0x100000000, 0x7fffffffffffffff, 0x8000000000000000, 0xffffffff80000000,
		0xffffffff7fffffff, 0x5555555555555555, 0xaaaaaaaaaaaaaaaa, 0x3f, 0x40, 0x1f, 0x20,
	};
	u64 edge = edges[draw_below(draw, sizeof(edges) / sizeof(edges[0]))];

	switch (draw_below(draw, 6)) {
	case 0:
		return edge;
	case 1:
		return -edge;
	case 2:
		return edge + draw_below(draw, 5) - 2;
	case 3:
		return random_next(&draw->random) >> draw_below(draw, 64);
	case 4:
		return (u64)((s64)random_next(&draw->random) >> draw_below(draw, 64));
	default:
		return random_next(&draw->random);
	}
}

bool draw_decide(struct draw *draw, u8 number, u64 value)
{
	if (number == 0)
		return value == 0;
	if (draw->written >> number & 1)
		return false;
	if (draw->decided >> number & 1)
		return draw->group->x[number] == value;
	draw->group->x[number] = value;
	draw->decided |= 1u << number;
	return true;
}

u8 draw_source(struct draw *draw)
{
	u8 number = (u8)draw_below(draw, 32);

	/* Results are more interesting than what the group started with. */
	for (u32 tries = 0; tries < 4 && !(draw->written >> number & 1); tries++)
		number = (u8)draw_below(draw, 32);
	draw->decided |= 1u << number;
	return number;
}

void draw_wrote(struct draw *draw, u8 number)
{
	if (number)
		draw->written |= 1u << number;
}

u8 draw_target(struct draw *draw)
{
	u8 number = (u8)draw_below(draw, 32);

	/* Writing where something was written before leaves registers to decide on. */
	for (u32 tries = 0; tries < 3 && !(draw->written >> number & 1); tries++)
		number = (u8)draw_below(draw, 32);
	draw_wrote(draw, number);
	return number;
}

u8 draw_fresh(struct draw *draw, u32 mask)
{
	u8 number;

	do {
		number = (u8)(1 + draw_below(draw, 31));
	} while (mask >> number & 1);
	draw_wrote(draw, number);
	return number;
}

u8 draw_holding(struct draw *draw, u64 value)
{
	u8 number = (u8)draw_below(draw, 32);

	for (u32 i = 0; i < 32; i++, number = (number + 1) & 31)
		if (!(draw->decided >> number & 1) && draw_decide(draw, number, value))
			return number;
	for (u32 i = 0; i < 32; i++)
		if (draw_decide(draw, (u8)i, value))
			return (u8)i;
	draw->failed = true;
	return 0;
}

struct step *draw_put(struct draw *draw, struct insn insn)
{
	struct group *group = draw->group;
	struct step *step = &draw->spill;

	if (group->steps < GROUP_STEPS)
		step = &group->step[group->steps++];
	else
		draw->failed = true;
	*step = (struct step){ .insn = insn, .item = draw->item };
	return step;
}

struct step *draw_step(struct draw *draw, unsigned id, u8 rd, u8 rs1, u8 rs2, s32 imm)
{
	return draw_put(draw, (struct insn){ (u16)id, 4, rd, rs1, rs2, imm, 0 });
}

struct insn draw_compressed(struct draw *draw, bool (*is)(const struct insn *insn))
{
	for (u32 tries = 0; tries < 1000; tries++) {
		u32 word = draw_below(draw, 1 << 16);
		struct insn insn = decode(draw->program->isa, word);

		if ((word & 3) != 3 && is(&insn))
			return insn;
	}
	draw->failed = true;
	return (struct insn){ .id = INSN_NONE, .length = 2 };
}

void draw_address_of(struct draw *draw, u8 rd, u8 target)
{
	struct step *step;

	draw_step(draw, INSN_auipc, rd, 0, 0, 0);
	step = draw_step(draw, INSN_addi, rd, rd, 0, 0);
	step->fix = FIX_LOW;
	step->back = 1;
	step->target = target;
}

/* Which items, and how often. */
static const struct weight {
	void (*item)(struct draw *draw);
	u32 weight;
} weights[] = {
	{ draw_integer, 40 }, { draw_compressed_integer, 16 }, { draw_branch, 8 }, { draw_jump, 4 },
	{ draw_loop, 2 }, { draw_patch, 1 }, { draw_fence, 1 }, { draw_float, 24 },
	{ draw_memory, 24 }, { draw_memory_compressed, 6 }, { draw_amo, 6 }, { draw_reserve, 2 },
	{ draw_conditional, 1 }, { draw_map, 2 }, { draw_wild, 1 },
	{ draw_csr, 6 }, { draw_csr_restored, 2 }, { draw_csr_timed, 1 }, { draw_csr_refused, 1 },
	{ draw_trap, 2 }, { draw_illegal, 2 }, { draw_trap_return, 3 }, { draw_redirect, 1 },
	{ draw_wait, 1 }, { draw_fence_vma, 1 },
};

static void draw_one(struct draw *draw)
{
	struct draw before = *draw;
	u32 steps = draw->group->steps, sum = 0, at;

	for (u32 i = 0; i < sizeof(weights) / sizeof(weights[0]); i++)
		sum += weights[i].weight;
	at = draw_below(draw, sum);
	for (u32 i = 0; i < sizeof(weights) / sizeof(weights[0]); i++) {
		if (at < weights[i].weight) {
			weights[i].item(draw);
			break;
		}
		at -= weights[i].weight;
	}
	/* What an item has put but could not finish is taken back. */
	if (draw->failed) {
		before.random = draw->random;
		*draw = before;
		draw->group->steps = steps;
		return;
	}
	draw->item++;
}

static u64 draw_bits(struct draw *draw, u64 mask)
{
	switch (draw_below(draw, 4)) {
	case 0:
		return 0;
	case 1:
		return mask;
	default:
		return random_next(&draw->random) & mask;
	}
}

static void draw_protection(struct draw *draw, bool lock, struct environment *environment)
{
	u64 previous = 0;

	/* Rules 0 to 3, on scratch memory. */
	environment->pmp = true;
	for (u32 i = 0; i < 4; i++) {
		u64 address = LAYOUT_SCRATCH + draw_below(draw, SCRATCH_PAGES * PAGE_SIZE / 8) * 8;
		u64 size = UINT64_C(8) << draw_below(draw, 11);
		u64 match = draw_below(draw, 4), rights = draw_below(draw, 8);

		if (draw_once_in(draw, 2))
			address &= PAGE_MASK;
		if ((rights & 3) == 2)
			rights |= 1;
		/* Or on a page table, which is then read under them, too. */
		if (draw_once_in(draw, 8)) {
			address = tables_leaf(1 + draw_below(draw, ROOTS), 0);
			size = PAGE_SIZE;
			match = 3;
		}
		environment->pmpaddr[i] = address >> 2;
		if (match == 3)
			environment->pmpaddr[i] = ((address & -size) | (size / 2 - 1)) >> 2;
		/* From the rule before to here, where that is not below scratch memory. */
		if (match == 1 && previous < LAYOUT_SCRATCH)
			match = 0;
		if (match == 1 && draw_once_in(draw, 2))
			environment->pmpaddr[i] = (previous + size) >> 2;
		previous = address;
		rights |= match << 3 | (lock ? draw_below(draw, 2) << 7 : 0);
		environment->pmpcfg |= rights << 8 * i;
	}
}

static void draw_environment(struct draw *draw, bool final, struct environment *environment)
{
	static const enum level levels[] = { LEVEL_M, LEVEL_M, LEVEL_S, LEVEL_S, LEVEL_U };
	static const enum irq singles[] = {
		IRQ_supervisor_software, IRQ_supervisor_timer, IRQ_supervisor_external
	};
	const u64 supervisor = 1u << IRQ_supervisor_software | 1u << IRQ_supervisor_timer
		| 1u << IRQ_supervisor_external;

	*environment = (struct environment){ .pmp = false };
	environment->level = levels[draw_below(draw, 5)];
	environment->root = (u8)draw_below(draw, ROOTS + 1);
	environment->high = draw_once_in(draw, 3);
	environment->mprv = draw_once_in(draw, 6);
	environment->mstatus = draw_bits(draw, STATUS_SIE | STATUS_SPIE | STATUS_MPIE | STATUS_SPP
		| STATUS_SUM | STATUS_MXR);
	/* Floating-point state: mostly dirty, at times off, initial or clean. */
	environment->mstatus |= field_put(0, STATUS_FS, draw_once_in(draw, 3) ? draw_below(draw, 4)
		: 3);
	if (draw_once_in(draw, 3))
		environment->mstatus |= draw_bits(draw, STATUS_TVM | STATUS_TW | STATUS_TSR);
	/* An ecall from s_vector must reach machine level. */
	environment->medeleg = draw_bits(draw, 0xb1ff);
	environment->mideleg = draw_bits(draw, supervisor);
	environment->mcounteren = draw_bits(draw, 0xffffffff);
	environment->scounteren = draw_bits(draw, 0xffffffff);
	environment->stvec_mode = draw_below(draw, 2);
	if (draw_once_in(draw, 4)) {
		draw->interrupts = true;
		/* Enabled: just one, so that no order is asked for. */
		environment->mie = draw_with(draw, EXCEPTION_interrupt_order) ? supervisor
			: UINT64_C(1) << singles[draw_below(draw, 3)];
		environment->mip = draw_bits(draw, supervisor);
	} else if (draw_once_in(draw, 2)) {
		environment->mie = draw_bits(draw, supervisor | 0x888);
	}
	if (final || draw_once_in(draw, 8))
		draw_protection(draw, final, environment);
}

void draw_group(const struct program *program, u64 *random, bool final, struct group *group,
	struct coverage *coverage)
{
	struct draw draw = { .program = program, .coverage = coverage, .group = group };
	u32 items;

	memset(group, 0, sizeof(*group));
	draw.random = random_next(random);
	draw.decided = 1;
	draw_environment(&draw, final, &group->environment);
	draw.level = group->environment.level;
	draw.data = draw.level;
	if (draw.level == LEVEL_M && group->environment.mprv)
		draw.data = LEVEL_U;
	draw.translated = draw.data != LEVEL_M && group->environment.root != 0;
	for (u32 i = 0; i < 32; i++)
		group->f[i] = draw_float_number(&draw);
	group->fcsr = draw_below(&draw, 256);
	if (!draw_once_in(&draw, 8))
		group->fcsr = draw_below(&draw, 5) << 5;
	draw.alias = environment_alias(&group->environment);
	for (u32 i = 1; i < 32; i++)
		group->x[i] = draw_number(&draw);
	items = 6 + draw_below(&draw, 14);
	while (draw.item < items && !draw.last && group->steps < GROUP_STEPS - 16)
		draw_one(&draw);
	for (u32 i = 0; i < group->steps; i++) {
		const struct insn *insn = &group->step[i].insn;

		if (insn->id == INSN_NONE)
			coverage->illegal++;
		else
			coverage->rows[insn->id]++;
		coverage->compressed += insn->length == 2;
	}
}
