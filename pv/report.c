/*
 * Entering workloads into a report, and what can be said about them from their counters alone.
 */
#include "pv/report.h"

#include <string.h>

static struct report_row *row_named(struct report *report, const char *name)
{
	for (u32 i = 0; i < report->rows; i++)
		if (!strcmp(report->row[i].name, name))
			return &report->row[i];
	if (report->rows == WORKLOADS)
		return NULL;
	memcpy(report->row[report->rows].name, name, WORKLOAD_NAME);
	return &report->row[report->rows++];
}

/* Word by word, never below 0: a workload that costs less than nothing was not measured. */
static void take_off(struct tally *tally, const struct tally *calibration)
{
	u64 *to = (u64 *)tally;
	const u64 *off = (const u64 *)calibration;

	for (u32 i = 0; i < TALLY_WORDS; i++)
		to[i] -= off[i] < to[i] ? off[i] : to[i];
}

struct report_row *report_enter(struct report *report, u32 column, const struct workload *workload,
	const struct tally *calibration)
{
	struct report_row *row = row_named(report, workload->name);
	struct report_cell *cell;
	u64 shadow, table;

	if (!row)
		return NULL;
	cell = &row->cell[column];
	cell->there = true;
	cell->operations = workload->operations;
	cell->tally = workload->tally;
	shadow = cell->tally.count[VM_COUNT_shadow_pages];
	table = cell->tally.count[VM_COUNT_table_frames];
	if (calibration)
		take_off(&cell->tally, calibration);
	cell->tally.count[VM_COUNT_shadow_pages] = shadow;
	cell->tally.count[VM_COUNT_table_frames] = table;
	return row;
}

struct report_difference report_explain(const struct report_cell *earlier,
	const struct report_cell *later)
{
	struct report_difference difference = { 0 };
	s64 guest = 0;

	for (u32 kind = 0; kind < TIME_KINDS; kind++) {
		s64 more = (s64)(later->tally.time[kind] - earlier->tally.time[kind]);

		if (kind == TIME_MONITOR || kind == TIME_FIRMWARE)
			difference.monitor += more;
		else if (kind == TIME_IDLE)
			difference.idle += more;
		else
			guest += more;
	}
	difference.instructions = (s64)(later->tally.instructions - earlier->tally.instructions);
	difference.hardware = guest - difference.instructions;
	return difference;
}

u32 report_reason(const struct tally *tally, u32 place)
{
	u32 best = EXIT_REASONS;

	/* Ties go to the earlier row of exits.def. */
	for (u32 reason = 0; reason < EXIT_REASONS; reason++) {
		u32 before = 0;

		if (!tally->exit[reason])
			continue;
		for (u32 other = 0; other < EXIT_REASONS; other++)
			if (tally->exit[other] > tally->exit[reason]
			    || (tally->exit[other] == tally->exit[reason] && other < reason))
				before++;
		if (before == place)
			best = reason;
	}
	return best;
}
