/*
 * Makes a program that differs short: fewer groups, fewer items, a simpler state to start from, as
 * long as the two sides still differ; then prints what is left, with disassembly. Every try is a
 * run on both sides.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/format.h"
#include "tests/differential/runner.h"

enum { TRIES = 1000 };

struct reducer {
	struct runner *runner;
	struct program *program;   /* the shortest that differs */
	struct program trial;      /* what is tried next; room for as many groups */
	struct difference difference;
	u64 causes;                /* of the difference to begin with */
	u64 tries;
};

static void copy(struct program *to, const struct program *from)
{
	struct group *group = to->group;

	memcpy(group, from->group, from->groups * sizeof(*group));
	*to = *from;
	to->group = group;
}

/* What both sides trapped for in the records that differ, mixed; 0 for other differences. */
static u64 causes(const struct runner *runner, const struct difference *difference)
{
	u64 mixed = 0;

	for (unsigned side = 0; side < 2; side++) {
		u64 at = difference->address[side];

		for (u32 csr = 0; at >= LAYOUT_LOG && csr <= RECORD_SCAUSE; csr += RECORD_SCAUSE)
			mixed = mixed * 64 + runner_word(runner, side,
				at + 8 * (RECORD_CSRS + csr)) % 64;
	}
	return mixed;
}

/* Does the trial differ in the same way? Then it is the new program. */
static bool attempt(struct reducer *reducer)
{
	struct difference difference;
	struct fault fault;

	if (reducer->tries++ >= TRIES || !runner_run(reducer->runner, &reducer->trial, &fault))
		return false;
	difference = compare(reducer->runner, &reducer->trial);
	if (difference.kind != reducer->difference.kind
	    || causes(reducer->runner, &difference) != reducer->causes)
		return false;
	reducer->difference = difference;
	copy(reducer->program, &reducer->trial);
	return true;
}

/* The trial: the program with groups [from, to) only. */
static bool attempt_range(struct reducer *reducer, u32 from, u32 to)
{
	copy(&reducer->trial, reducer->program);
	memmove(reducer->trial.group, reducer->trial.group + from,
		(to - from) * sizeof(struct group));
	reducer->trial.groups = to - from;
	return attempt(reducer);
}

static bool attempt_without(struct reducer *reducer, u32 from, u32 to)
{
	copy(&reducer->trial, reducer->program);
	memmove(reducer->trial.group + from, reducer->trial.group + to,
		(reducer->trial.groups - to) * sizeof(struct group));
	reducer->trial.groups -= to - from;
	return attempt(reducer);
}

static void reduce_groups(struct reducer *reducer)
{
	u32 group = reducer->difference.group, groups = reducer->program->groups;

	/* Most often the group that differs is enough. */
	if (group < groups && attempt_range(reducer, group, group + 1))
		return;
	if (group < groups)
		attempt_range(reducer, 0, group + 1);
	for (u32 size = reducer->program->groups / 2; size > 0; size /= 2)
		for (u32 from = 0; from + size <= reducer->program->groups;)
			if (!attempt_without(reducer, from, from + size))
				from += size;
}

/* Leaves out the items of steps [from, to) of a group. */
static bool attempt_items(struct reducer *reducer, u32 number, u32 from, u32 to)
{
	const struct group *group = &reducer->program->group[number];
	struct group *trial;
	u32 first = group->step[from].item, last = group->step[to - 1].item, kept = 0;

	copy(&reducer->trial, reducer->program);
	trial = &reducer->trial.group[number];
	for (u32 i = 0; i < group->steps; i++)
		if (group->step[i].item < first || group->step[i].item > last)
			trial->step[kept++] = group->step[i];
	trial->steps = kept;
	return attempt(reducer);
}

static void reduce_items(struct reducer *reducer, u32 number)
{
	const struct group *group = &reducer->program->group[number];

	for (u32 size = (group->steps + 1) / 2; size > 0; size /= 2)
		for (u32 from = 0; from < group->steps;) {
			u32 to = from + size < group->steps ? from + size : group->steps;

			if (!attempt_items(reducer, number, from, to))
				from += size;
		}
}

/* Sets bytes of a group to zero, if they are not yet. */
static void attempt_zero(struct reducer *reducer, u32 number, size_t offset, size_t size)
{
	u8 *bytes;
	bool zero = true;

	copy(&reducer->trial, reducer->program);
	bytes = (u8 *)&reducer->trial.group[number] + offset;
	for (size_t i = 0; i < size; i++)
		zero &= bytes[i] == 0;
	if (zero)
		return;
	memset(bytes, 0, size);
	attempt(reducer);
}

static void reduce_state(struct reducer *reducer, u32 number)
{
	enum level level;

#define ZERO(field) \
	attempt_zero(reducer, number, offsetof(struct group, field), \
		sizeof(((struct group *)NULL)->field))
	ZERO(environment.pmp);
	ZERO(environment.mip);
	ZERO(environment.mie);
	ZERO(environment.medeleg);
	ZERO(environment.mideleg);
	ZERO(environment.mstatus);
	ZERO(environment.mcounteren);
	ZERO(environment.scounteren);
	ZERO(environment.stvec_mode);
	ZERO(environment.high);
	ZERO(environment.mprv);
	ZERO(environment.root);
	ZERO(fcsr);
	for (u32 i = 1; i < 32; i++)
		ZERO(x[i]);
	for (u32 i = 0; i < 32; i++)
		ZERO(f[i]);
#undef ZERO
	level = reducer->program->group[number].environment.level;
	if (level != LEVEL_M) {
		copy(&reducer->trial, reducer->program);
		reducer->trial.group[number].environment.level = LEVEL_M;
		attempt(reducer);
	}
}

static void print_environment(const struct environment *e)
{
	static const char *const levels[LEVELS] = { "user", "supervisor", "?", "machine" };

	printf("  level %s, satp 0x%" PRIx64 "%s", levels[e->level], tables_satp(e->root),
		e->high && e->level == LEVEL_S ? ", upper alias" : "");
	printf(", mstatus 0x%" PRIx64 "%s", e->mstatus, e->mprv && e->level == LEVEL_M
		? " with MPRV" : "");
	if (e->medeleg || e->mideleg)
		printf(", medeleg 0x%" PRIx64 ", mideleg 0x%" PRIx64, e->medeleg, e->mideleg);
	if (e->mie || e->mip)
		printf(", mie 0x%" PRIx64 ", mip 0x%" PRIx64, e->mie, e->mip);
	if (e->mcounteren || e->scounteren)
		printf(", mcounteren 0x%" PRIx64 ", scounteren 0x%" PRIx64, e->mcounteren,
			e->scounteren);
	if (e->pmp)
		printf("\n  pmpcfg0 0x%" PRIx64 ", pmpaddr 0x%" PRIx64 " 0x%" PRIx64 " 0x%" PRIx64
			" 0x%" PRIx64, e->pmpcfg, e->pmpaddr[0], e->pmpaddr[1], e->pmpaddr[2],
			e->pmpaddr[3]);
	printf("\n");
}

/* Integer registers that an instruction reads, as bits. */
static u32 registers_read(const struct insn *insn)
{
	const struct format_row *format = &format_rows[insn_rows[insn->id].format];
	u32 read = 0;

	if (!(format->floats & FLOAT_RS1) && insn_rows[insn->id].format != FORMAT_Z)
		read |= 1u << insn->rs1;
	if (!(format->floats & FLOAT_RS2))
		read |= 1u << insn->rs2;
	return read;
}

static void print_group(const struct program *program, const struct group *group, u32 number)
{
	u64 address[GROUP_STEPS + 1];
	u64 alias = environment_alias(&group->environment);
	u32 used = 0;
	char text[80];

	group_addresses(group, address);
	printf("group %u:\n", number);
	print_environment(&group->environment);
	for (u32 i = 0; i < group->steps; i++) {
		struct insn insn = decode(program->isa, step_word(program, group, i, address));

		if (insn.id != INSN_NONE)
			used |= registers_read(&insn);
	}
	for (u32 i = 1; i < 32; i++)
		if (used >> i & 1 || group->x[i])
			printf("  %-4s = 0x%" PRIx64 "\n", register_names[i], group->x[i]);
	for (u32 i = 0; i < 32; i++)
		if (group->f[i])
			printf("  %-4s = 0x%" PRIx64 "\n", float_register_names[i], group->f[i]);
	if (group->fcsr)
		printf("  fcsr = 0x%" PRIx64 "\n", group->fcsr);
	for (u32 i = 0; i < group->steps; i++) {
		u32 word = step_word(program, group, i, address);
		struct insn insn = decode(program->isa, word);

		disasm(&insn, address[i] + alias, text, sizeof(text));
		printf("  %8" PRIx64 ":  %0*x%*s  %s\n", address[i] + alias, insn.length * 2, word,
			(4 - insn.length) * 2, "", text);
	}
}

void reduce(struct runner *runner, struct program *program, struct difference difference)
{
	struct reducer reducer = { .runner = runner, .program = program, .difference = difference };
	struct fault fault;

	reducer.causes = causes(runner, &difference);
	runner->seconds = 5;
	reducer.trial.group = calloc(program->groups, sizeof(*program->group));
	if (!reducer.trial.group)
		return;
	reduce_groups(&reducer);
	for (u32 i = program->groups; i > 0; i--)
		reduce_items(&reducer, i - 1);
	for (u32 i = program->groups; i > 0; i--)
		reduce_state(&reducer, i - 1);
	printf("reduced in %" PRIu64 " tries to:\n", reducer.tries);
	for (u32 i = 0; i < program->groups; i++)
		print_group(program, &program->group[i], i);
	if (runner_run(runner, program, &fault)) {
		difference = compare(runner, program);
		compare_print(runner, &difference);
	}
	free(reducer.trial.group);
}
