/*
 * From drawn groups to bytes in RAM: code with its targets resolved, headers, and the harness's
 * variables. Any subset of a program's groups and items assembles.
 */
#include "core/ram.h"
#include "tests/differential/program.h"

u64 group_addresses(const struct group *group, u64 *address)
{
	u64 start = group->at;

	for (u32 i = 0; i < group->steps; i++) {
		address[i] = start;
		start += group->step[i].insn.length;
	}
	return address[group->steps] = start;
}

void place_groups(struct program *program)
{
	u64 address[GROUP_STEPS + 1], at = LAYOUT_CODE;

	for (u32 i = 0; i < program->groups; i++) {
		program->group[i].at = at;
		/* Behind the ecall at the end. */
		at = group_addresses(&program->group[i], address) + 4;
	}
}

u64 code_end(const struct program *program)
{
	const struct group *last = &program->group[program->groups - 1];

	return last->at + (GROUP_STEPS + 1) * 4;
}

/* A compressed word for this row and registers with that immediate; 0 when there is none. */
static u32 compressed_word(const struct isa *isa, const struct insn *insn)
{
	/* Of what has targets there are c.j, c.beqz and c.bnez, all in quadrant 1. */
	for (u32 word = 0xa001; word < 0x10000; word += 4) {
		const struct insn *other = &isa->compressed[word];

		if (other->id == insn->id && other->rd == insn->rd && other->rs1 == insn->rs1
		    && other->rs2 == insn->rs2 && other->imm == insn->imm)
			return word;
	}
	return 0;
}

u32 step_word(const struct program *program, const struct group *group, u32 step,
	const u64 *address)
{
	const struct step *s = &group->step[step];
	struct insn insn = s->insn;
	u32 target = step;

	if (s->fix == FIX_NONE)
		return insn.length == 2 ? insn.word : isa_encode(program->isa, &insn);
	while (target < group->steps && group->step[target].item < s->target)
		target++;
	insn.imm += (s32)(address[target] - address[step - s->back]);
	return insn.length == 2 ? compressed_word(program->isa, &insn)
		: isa_encode(program->isa, &insn);
}

u64 environment_alias(const struct environment *environment)
{
	if (environment->level == LEVEL_M || environment->root == 0)
		return 0;
	if (environment->level == LEVEL_U)
		return ALIAS_U - UINT64_C(0x80000000);
	return environment->high ? ALIAS_HIGH - UINT64_C(0x80000000) : 0;
}

/* The width of user level: fixed on our side, and to be kept so on the other. */
#define UXL_64 (UINT64_C(2) << 32)

static void header_write(const struct group *group, const struct symbols *symbols, struct ram *ram,
	u32 number, u64 end)
{
	const struct environment *e = &group->environment;
	u64 header = LAYOUT_HEADERS + (u64)number * HEADER_SIZE;
	const u64 words[HEADER_X / 8] = {
		[HEADER_PC / 8] = group->at + environment_alias(e),
		[HEADER_START / 8] = group->at,
		[HEADER_END / 8] = end,
		[HEADER_MSTATUS / 8] = e->mstatus | UXL_64
			| (u64)e->level * (STATUS_MPP & -STATUS_MPP),
		[HEADER_SATP / 8] = tables_satp(e->root),
		[HEADER_MEDELEG / 8] = e->medeleg,
		[HEADER_MIDELEG / 8] = e->mideleg,
		[HEADER_MIE / 8] = e->mie,
		[HEADER_MIP / 8] = e->mip,
		[HEADER_STVEC / 8] = symbols->s_vector | e->stvec_mode,
		[HEADER_MCOUNTEREN / 8] = e->mcounteren,
		[HEADER_SCOUNTEREN / 8] = e->scounteren,
		[HEADER_NUMBER / 8] = number,
		[HEADER_PMP / 8] = e->pmp ? number + 2 : 1,
		/* Rule 7 opens what no other rule is about. */
		[HEADER_PMPCFG / 8] = UINT64_C(0x1f) << 56 | (e->pmp ? e->pmpcfg : 0),
		[HEADER_PMPADDR / 8] = e->pmpaddr[0], e->pmpaddr[1], e->pmpaddr[2], e->pmpaddr[3],
	};

	for (u32 i = 0; i < HEADER_X / 8; i++)
		ram_write(ram, header + i * 8, words[i], 8);
	for (u32 i = 1; i < 32; i++)
		ram_write(ram, header + HEADER_X + i * 8, group->x[i], 8);
	for (u32 i = 0; i < 32; i++)
		ram_write(ram, header + HEADER_F + i * 8, group->f[i], 8);
	ram_write(ram, header + HEADER_FCSR, group->fcsr, 8);
	if (e->mprv && e->level == LEVEL_M)
		ram_write(ram, header + HEADER_X, STATUS_MPRV, 8);
}

void assemble(const struct program *program, const struct symbols *symbols, struct ram *ram)
{
	for (u32 i = 0; i < program->groups; i++) {
		const struct group *group = &program->group[i];
		u64 address[GROUP_STEPS + 1], end = group_addresses(group, address);

		for (u32 step = 0; step < group->steps; step++)
			ram_write(ram, address[step], step_word(program, group, step, address),
				group->step[step].insn.length);
		ram_write(ram, end, 0x00000073, 4); /* ecall */
		header_write(group, symbols, ram, i, end);
	}
	ram_write(ram, symbols->state + STATE_RECORD, LAYOUT_LOG, 8);
	ram_write(ram, symbols->state + STATE_GROUP, LAYOUT_HEADERS, 8);
	ram_write(ram, symbols->state + STATE_GROUPS_END,
		LAYOUT_HEADERS + (u64)program->groups * HEADER_SIZE, 8);
	tables_write(program, ram);
}
