/*
 * `ringside compare`: one guest, run once in each mode, side by side. The machines take turns,
 * workload by workload, so that a row can be shown as soon as all of them have it.
 */
#include "emu/compare.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "emu/guest.h"
#include "emu/stage.h"
#include "emu/verb.h"

/* What the first screen shows; everything else is in --all. */
#define COMPARE_SCREEN "null-call,fault,fork,switch,write,compute"
#define LINES_SYMBOL "ringside_lines_changed"

enum { COMPARE_MEMORY = 64 << 20 };

struct run {
	struct stage stage[REPORT_MODES];
	u32 stages;
	struct comparison comparison;
	struct tally calibration[REPORT_MODES];
	bool calibrated[REPORT_MODES];
};

static const struct virt_mode *mode_named(const char *name)
{
	static const struct virt_mode *const modes[] = { &mode_native, &mode_trap, &mode_pv };

	for (u32 i = 0; i < REPORT_MODES; i++)
		if (!strcmp(modes[i]->name, name))
			return modes[i];
	return NULL;
}

static bool set_up(struct run *run, const struct options *options, struct fault *fault)
{
	struct report *report = &run->comparison.report;
	struct stage_config config = { .memory = COMPARE_MEMORY, .chaos = options->chaos.given,
		.chaos_seed = options->chaos.value };
	const char *name = options->arguments > 0 ? options->argument[0] : "twin";
	struct guest guest;
	char image[PATH_MAX], bootargs[512];
	const struct image_symbol *lines;

	if (!prices_load(&config.prices, options->prices, fault))
		return false;
	if (!guest_find(name, &guest, fault))
		return false;
	config.guest = guest.path;
	if (!strcmp(name, "twin")) {
		if (!guest_file("twin/twin.img", image, fault))
			return false;
		config.image = image;
	}
	if (options->operations && strlen(options->operations) > sizeof(bootargs) - 64)
		return fault_set(fault, "--ops: the list is too long");
	snprintf(bootargs, sizeof(bootargs), "bench=%s poweroff",
		options->operations ? options->operations
		: options->all || options->json || options->csv ? "all" : COMPARE_SCREEN);
	config.bootargs = bootargs;
	for (u32 i = 0; i < options->modes.count && i < REPORT_MODES; i++) {
		config.mode = mode_named(options->modes.name[i]);
		report->mode[report->modes++] = config.mode;
		if (!stage_create(&run->stage[i], &config, fault))
			return false;
		run->stages++;
	}
	run->comparison.guest = name;
	run->comparison.prices = options->prices;
	lines = image_symbol_named(&run->stage[0].machine->image, LINES_SYMBOL);
	run->comparison.lines_known = lines != NULL;
	run->comparison.lines_changed = lines ? lines->address : 0;
	return true;
}

/* One more workload in every mode; false when any guest has none any more. */
static bool advance(struct run *run, struct report_row **row, bool progress)
{
	struct report *report = &run->comparison.report;

	for (u32 i = 0; i < run->stages; i++) {
		const struct workload *workload;

		if (progress)
			fprintf(stderr, "\r%-12s running ...", report->mode[i]->name);
		workload = stage_next(&run->stage[i]);
		if (progress)
			fprintf(stderr, "\r%-28s\r", "");
		if (!workload)
			return false;
		if (!strcmp(workload->name, REPORT_CALIBRATION)) {
			run->calibration[i] = workload->tally;
			run->calibrated[i] = true;
			*row = NULL;
			continue;
		}
		*row = report_enter(report, i, workload,
			run->calibrated[i] ? &run->calibration[i] : NULL);
	}
	return true;
}

/* How a guest may end a comparison: it powers off with status 0, and nothing else. */
static bool ended_well(const struct run *run, struct fault *fault)
{
	static const char *const ends[] = {
		[MACHINE_LIMIT] = "does not come to an end",
		[MACHINE_REBOOT] = "asks for a reboot",
		[MACHINE_STUCK] = "waits, and nothing can wake it",
	};

	for (u32 i = 0; i < run->stages; i++) {
		const struct stage *stage = &run->stage[i];
		const char *mode = run->comparison.report.mode[i]->name;

		if (stage->ended && stage->end == MACHINE_POWEROFF) {
			u32 status = machine_stop(stage->machine)->status;

			if (status)
				return fault_set(fault, "'%s' ends with status %u in mode %s",
					run->comparison.guest, status, mode);
		} else if (stage->ended) {
			return fault_set(fault, "'%s' %s in mode %s", run->comparison.guest,
				ends[stage->end], mode);
		}
	}
	if (run->comparison.report.rows == 0)
		return fault_set(fault, "'%s' has marked no workloads: there is nothing to compare",
			run->comparison.guest);
	return true;
}

/* The most memory that the monitor's tables took during any workload. */
static u64 table_bytes(const struct report *report, u32 column)
{
	u64 most = 0;

	for (u32 i = 0; i < report->rows; i++) {
		u64 pages = report->row[i].cell[column].tally.count[VM_COUNT_shadow_pages];

		if (pages > most)
			most = pages;
	}
	return most * PAGE_SIZE;
}

static bool outputs_agree(const struct run *run)
{
	const struct stage_text *first = &run->stage[0].measured;

	for (u32 i = 1; i < run->stages; i++) {
		const struct stage_text *text = &run->stage[i].measured;

		if (text->length != first->length
		    || (text->length && memcmp(text->bytes, first->bytes, text->length)))
			return false;
	}
	return true;
}

/* Whatever device it went through, the same bytes must be on the disk at the end. */
static bool files_agree(const struct run *run)
{
	const struct stage_disk *first = stage_disk_used(&run->stage[0]);

	for (u32 i = 1; i < run->stages; i++) {
		const struct stage_disk *disk = stage_disk_used(&run->stage[i]);

		if (disk->size != first->size
		    || (disk->size && memcmp(disk->bytes, first->bytes, disk->size)))
			return false;
	}
	return true;
}

static int perform(struct run *run, const struct options *options)
{
	struct comparison *comparison = &run->comparison;
	bool screen = !options->json && !options->csv;
	bool progress = screen && !options->plain && isatty(STDERR_FILENO) && isatty(STDOUT_FILENO);
	struct style style = style_of(stdout, options->plain);
	struct report_row *row = NULL;
	struct fault fault;

	if (!set_up(run, options, &fault))
		return refuse(&fault);
	if (screen)
		compare_text_head(comparison, stdout, &style);
	while (advance(run, &row, progress)) {
		if (screen && row)
			compare_text_row(comparison, row, stdout);
		fflush(stdout);
	}
	if (!ended_well(run, &fault))
		return refuse(&fault);
	for (u32 i = 0; i < run->stages; i++)
		comparison->report.table_bytes[i] = table_bytes(&comparison->report, i);
	comparison->same_output = outputs_agree(run);
	comparison->same_files = files_agree(run);
	if (options->json && !compare_json(comparison, stdout))
		return refuse(&(struct fault){ "out of memory for the JSON report" });
	if (options->csv)
		compare_csv(comparison, stdout);
	if (screen)
		compare_text_tail(comparison, stdout, options->all);
	return comparison->same_output && comparison->same_files ? STATUS_GOOD : STATUS_FAILED;
}

int verb_compare(const struct options *options)
{
	struct run *run = calloc(1, sizeof(*run));
	int status;

	if (!run)
		return refuse(&(struct fault){ "out of memory for the comparison" });
	status = perform(run, options);
	for (u32 i = 0; i < REPORT_MODES; i++)
		stage_destroy(&run->stage[i]);
	free(run);
	return status;
}
