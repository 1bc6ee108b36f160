/*
 * `ringside bench`: how fast we are, beside QEMU where that is installed. Each guest runs several
 * times in both, by turns, and the median of the CPU times counts; what a run without iterations
 * takes (starting the program, building the machine, preparing the work) is taken off.
 */
#include "emu/bench_run.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "emu/guest.h"
#include "emu/verb.h"
#include "emu/view/json.h"
#include "emu/view/text.h"

struct bench_row {
	const char *name, *operation;
	double ratio, nanoseconds; /* aims */
	const char *words;
};

static const struct bench_row bench_rows[] = {
#define BENCH(name, operation, ratio, nanoseconds, words) \
	{ name, operation, ratio, nanoseconds, words },
#include "emu/bench.def"
#undef BENCH
};

enum { BENCHES = sizeof(bench_rows) / sizeof(bench_rows[0]), MOST_REPEATS = 99 };

/* CPU times of one guest in one emulator, from run to run. */
struct series {
	u64 whole[MOST_REPEATS], start[MOST_REPEATS];
};

struct result {
	const struct bench_row *row;
	bool skipped;               /* the hart lacks what it needs */
	u64 instructions, operations;
	double here, qemu;          /* nanoseconds; qemu 0: not measured */
};

static const struct bench_row *row_named(const char *name)
{
	for (u32 i = 0; i < BENCHES; i++)
		if (!strcmp(bench_rows[i].name, name))
			return &bench_rows[i];
	return NULL;
}

static int list(void)
{
	for (u32 i = 0; i < BENCHES; i++)
		printf("%-14s %s\n", bench_rows[i].name, bench_rows[i].words);
	return STATUS_GOOD;
}

/* Measuring. */

static int compare_times(const void *one, const void *other)
{
	u64 a = *(const u64 *)one, b = *(const u64 *)other;

	return (a > b) - (a < b);
}

static double median(u64 *times, u32 count)
{
	qsort(times, count, sizeof(*times), compare_times);
	return ((double)times[(count - 1) / 2] + (double)times[count / 2]) / 2;
}

static double series_time(struct series *series, u32 count)
{
	double time = median(series->whole, count) - median(series->start, count);

	return time > 1 ? time : 1;
}

/* Both emulators' guests must have seen the same. */
static bool agree(const struct bench_row *row, const struct bench_run *here,
	const struct bench_run *there, struct fault *fault)
{
	return !strcmp(here->line, there->line) || fault_set(fault,
		"bench %s: here it says '%s', under QEMU '%s'", row->name, here->line, there->line);
}

static bool measure(const struct bench_row *row, u32 repeat, bool with_qemu, struct result *result,
	struct fault *fault)
{
	static const char summary[] = "bench %*[^:]: checksum %*[^,], %" SCNu64;
	char name[64], guest[PATH_MAX];
	struct series here, there;
	struct bench_run run, start, other;

	*result = (struct result){ .row = row };
	snprintf(name, sizeof(name), "bench/%s.elf", row->name);
	if (!guest_file(name, guest, fault))
		return false;
	for (u32 i = 0; i < repeat; i++) {
		if (!bench_run_here(guest, BENCH_OWN_ITERATIONS, &run, fault)
		    || !bench_run_here(guest, 0, &start, fault))
			return false;
		here.whole[i] = run.nanoseconds;
		here.start[i] = start.nanoseconds;
		if (sscanf(run.line, summary, &result->operations) != 1) {
			result->skipped = true;
			return true;
		}
		if (!with_qemu)
			continue;
		if (!bench_run_qemu(guest, BENCH_OWN_ITERATIONS, &other, fault)
		    || !agree(row, &run, &other, fault)
		    || !bench_run_qemu(guest, 0, &start, fault))
			return false;
		there.whole[i] = other.nanoseconds;
		there.start[i] = start.nanoseconds;
	}
	if (!bench_run_here(guest, 0, &start, fault))
		return false;
	result->instructions = run.instructions - start.instructions;
	result->here = series_time(&here, repeat);
	if (with_qemu)
		result->qemu = series_time(&there, repeat);
	return true;
}

/* Showing. */

static double mips(const struct result *result)
{
	return (double)result->instructions * 1e3 / result->here;
}

static double each(const struct result *result, double time)
{
	return time / (double)result->operations;
}

static void show_head(const char *version, u32 repeat, const struct style *style)
{
	printf("Medians of %u runs, start-up taken off, beside %s\n\n", repeat,
		version ? version : "nothing: QEMU is not installed");
	printf("%s%-14s %7s", style->bold, "benchmark", "MIPS");
	if (version)
		printf(" %9s", "x QEMU");
	printf(" %9s", "ns each");
	if (version)
		printf(" %9s", "in QEMU");
	printf("%s\n", style->off);
}

static void show_row(const struct result *result)
{
	const struct bench_row *row = result->row;

	printf("%-14s", row->name);
	if (result->skipped) {
		printf(" skipped: this hart lacks F and D\n");
		return;
	}
	printf(" %7.0f", mips(result));
	if (result->qemu > 0)
		printf(" %9.2f", result->here / result->qemu);
	if (*row->operation) {
		printf(" %9.1f", each(result, result->here));
		if (result->qemu > 0)
			printf(" %9.1f", each(result, result->qemu));
		printf("  %s", row->operation);
	}
	printf("\n");
	fflush(stdout);
}

static void json_row(cJSON *rows, const struct result *result)
{
	cJSON *object = cJSON_CreateObject();
	const struct bench_row *row = result->row;

	cJSON_AddStringToObject(object, "name", row->name);
	cJSON_AddBoolToObject(object, "skipped", result->skipped);
	cJSON_AddNumberToObject(object, "aim_ratio", row->ratio);
	if (row->nanoseconds > 0)
		cJSON_AddNumberToObject(object, "aim_nanoseconds", row->nanoseconds);
	if (!result->skipped) {
		json_number(object, "instructions", result->instructions);
		json_number(object, "operations", result->operations);
		json_number(object, "cpu_nanoseconds", (u64)result->here);
		cJSON_AddNumberToObject(object, "mips", mips(result));
		if (*row->operation)
			cJSON_AddNumberToObject(object, "nanoseconds", each(result, result->here));
	}
	if (result->qemu > 0) {
		json_number(object, "qemu_cpu_nanoseconds", (u64)result->qemu);
		cJSON_AddNumberToObject(object, "ratio", result->here / result->qemu);
	}
	cJSON_AddItemToArray(rows, object);
}

static bool check(const struct options *options, struct fault *fault)
{
	if (options->repeat > MOST_REPEATS)
		return fault_set(fault, "--repeat: %d times are enough", MOST_REPEATS);
	for (int i = 0; i < options->arguments; i++)
		if (!row_named(options->argument[i]))
			return fault_set(fault, "there is no benchmark '%.60s'; ringside bench --list names "
				"those there are", options->argument[i]);
	return true;
}

static bool wanted(const struct options *options, const struct bench_row *row)
{
	for (int i = 0; i < options->arguments; i++)
		if (!strcmp(options->argument[i], row->name))
			return true;
	return options->arguments == 0;
}

int verb_bench(const struct options *options)
{
	struct style style = style_of(stdout, options->plain);
	u32 repeat = (u32)options->repeat;
	char version[BENCH_LINE];
	struct fault fault;
	cJSON *json, *rows;
	bool with_qemu;

	if (options->list)
		return list();
	if (!check(options, &fault))
		return refuse(&fault);
	with_qemu = bench_qemu_version(version);
	json = cJSON_CreateObject();
	json_number(json, "repeat", repeat);
	if (with_qemu)
		cJSON_AddStringToObject(json, "qemu", version);
	rows = cJSON_AddArrayToObject(json, "benchmarks");
	if (!options->json)
		show_head(with_qemu ? version : NULL, repeat, &style);
	for (u32 i = 0; i < BENCHES; i++) {
		struct result result;

		if (!wanted(options, &bench_rows[i]))
			continue;
		if (!measure(&bench_rows[i], repeat, with_qemu, &result, &fault)) {
			cJSON_Delete(json);
			refuse(&fault);
			return STATUS_FAILED;
		}
		if (options->json)
			json_row(rows, &result);
		else
			show_row(&result);
	}
	if (options->json)
		json_print(json, stdout);
	else
		cJSON_Delete(json);
	return STATUS_GOOD;
}
