/*
 * Differential test: draws programs from the instruction and CSR tables, runs each on our machine
 * and on qemu-system-riscv64, and compares all registers at every trap and all memory at the end.
 *
 *	differential --harness FILE [--seed N] [--count N] [--with NAME]... [--qemu FILE] [--list]
 *
 * Exit status: 0 both agree; 1 they do not (the seed and a reduced program are printed); 2 the test
 * could not be made; 77 there is no QEMU here.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/differential/random.h"
#include "tests/differential/runner.h"

enum { GROUPS = 1000, STATUS_DIFFERS = 1, STATUS_USAGE = 2, STATUS_SKIP = 77 };

static const struct {
	const char *name, *section, *words;
} exceptions[EXCEPTIONS] = {
#define EXCEPTION(name, section, words) { #name, section, words },
#define CSR_ABSENT(name, first, last, section, words) { #name, section, words },
#define CSR_EXCEPTION(name, first, last, unwritten, unread, section, words) { #name, section, words },
#include "tests/differential/exceptions.def"
#undef EXCEPTION
#undef CSR_ABSENT
#undef CSR_EXCEPTION
};

/* CSRs that are not on both sides. */
static const struct {
	u32 first, last;
} absents[] = {
#define EXCEPTION(name, section, words)
#define CSR_ABSENT(name, first, last, section, words) { first, last },
#define CSR_EXCEPTION(name, first, last, unwritten, unread, section, words)
#include "tests/differential/exceptions.def"
#undef EXCEPTION
#undef CSR_ABSENT
#undef CSR_EXCEPTION
};

struct options {
	const char *harness, *qemu;
	u64 seed, count, with;
};

static int list_exceptions(void)
{
	for (u32 i = 0; i < EXCEPTIONS; i++)
		printf("%-20s %-14s %s\n", exceptions[i].name, exceptions[i].section,
			exceptions[i].words);
	return 0;
}

static bool parse_number(const char *text, u64 *number)
{
	char *end;

	*number = strtoull(text, &end, 0);
	return *text && !*end;
}

static bool parse_exception(const char *text, u64 *with)
{
	for (u32 i = 0; i < EXCEPTIONS; i++) {
		if (!strcmp(exceptions[i].name, text)) {
			*with |= UINT64_C(1) << i;
			return true;
		}
	}
	return false;
}

static bool parse(int count, char **words, struct options *options)
{
	for (int i = 1; i < count; i++) {
		const char *option = words[i], *value = i + 1 < count ? words[++i] : "";
		bool good = false;

		if (!strcmp(option, "--seed"))
			good = parse_number(value, &options->seed);
		else if (!strcmp(option, "--count"))
			good = parse_number(value, &options->count);
		else if (!strcmp(option, "--with"))
			good = parse_exception(value, &options->with);
		else if (!strcmp(option, "--harness"))
			good = *(options->harness = value) != '\0';
		else if (!strcmp(option, "--qemu"))
			good = *(options->qemu = value) != '\0';
		if (!good) {
			fprintf(stderr, "differential: '%s %s' is no option\n", option, value);
			return false;
		}
	}
	if (!options->harness)
		fprintf(stderr, "differential: --harness FILE is missing\n");
	return options->harness != NULL;
}

/* Rows that were never drawn; all of them should be, when there is time for it. */
static u32 print_coverage(const struct isa *isa, const struct coverage *coverage, bool enough)
{
	u32 missing = 0;

	for (u32 i = 0; i < INSN_COUNT; i++) {
		if (isa_has(isa, i) && !coverage->rows[i]) {
			missing++;
			if (enough)
				printf("never drawn: %s\n", insn_rows[i].name);
		}
	}
	for (u32 i = 0; i < CSR_ROWS; i++) {
		bool here = true;

		for (u32 j = 0; j < sizeof(absents) / sizeof(absents[0]); j++)
			here &= csr_infos[i].number < absents[j].first
				|| csr_infos[i].number > absents[j].last;
		if (here && !coverage->csrs[i]) {
			missing++;
			if (enough)
				printf("never drawn: %s\n", csr_infos[i].name);
		}
	}
	return missing;
}

static int test(const struct options *options, struct runner *runner, const struct isa *isa)
{
	struct program program = { .isa = isa, .with = options->with, .groups = GROUPS };
	struct coverage coverage = { .compressed = 0 };
	u64 random = options->seed, executed = 0, groups = 0;
	struct fault fault;
	int status = 0;
	u32 missing;

	program.group = calloc(GROUPS, sizeof(*program.group));
	if (!program.group)
		return STATUS_USAGE;
	while (status == 0 && executed < options->count) {
		struct difference difference;

		program.seed = random_next(&random);
		for (u32 i = 0; i < GROUPS; i++)
			draw_group(&program, &random, i == GROUPS - 1, &program.group[i],
				&coverage);
		place_groups(&program);
		if (!runner_run(runner, &program, &fault)) {
			fprintf(stderr, "differential: %s\n", fault.text);
			status = STATUS_USAGE;
			break;
		}
		difference = compare(runner, &program);
		if (difference.kind != DIFFERENCE_NONE) {
			printf("they differ (--seed 0x%" PRIx64 "), in program %" PRIu64 ":\n",
				options->seed, runner->runs);
			compare_print(runner, &difference);
			reduce(runner, &program, difference);
			status = STATUS_DIFFERS;
			break;
		}
		/* What retired, and what trapped: all records but the one at each group's end. */
		executed += runner_word(runner, 0, runner->state + STATE_RETIRED)
			+ compare_records(runner) - GROUPS;
		groups += GROUPS;
	}
	missing = print_coverage(isa, &coverage, executed >= 100000);
	printf("%" PRIu64 " instructions agree, in %" PRIu64 " groups of %" PRIu64 " programs "
		"(%" PRIu64 " drawn compressed, %" PRIu64 " illegal); %u rows never drawn\n",
		executed, groups, runner->runs, coverage.compressed, coverage.illegal, missing);
	if (status == 0 && executed >= 100000 && missing)
		status = STATUS_DIFFERS;
	free(program.group);
	return status;
}

int main(int count, char **words)
{
	struct options options = { .qemu = "qemu-system-riscv64", .seed = 1, .count = 200000 };
	struct runner runner = { .seconds = 20, .steps = 20000000 };
	struct fault fault;
	char version[128];
	struct isa isa;
	int status;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (count == 2 && !strcmp(words[1], "--list"))
		return list_exceptions();
	if (!parse(count, words, &options))
		return STATUS_USAGE;
	if (!runner_qemu_version(options.qemu, version, sizeof(version))) {
		printf("skipped: '%s' does not run here\n", options.qemu);
		return STATUS_SKIP;
	}
	printf("%s; seed 0x%" PRIx64 "\n", version, options.seed);
	runner.harness = options.harness;
	runner.qemu = options.qemu;
	if (!isa_create(&isa, DIFFERENTIAL_ISA, &fault)
	    || !runner_create(&runner, &fault)) {
		fprintf(stderr, "differential: %s\n", fault.text);
		return STATUS_USAGE;
	}
	status = test(&options, &runner, &isa);
	runner_destroy(&runner);
	isa_destroy(&isa);
	return status;
}
