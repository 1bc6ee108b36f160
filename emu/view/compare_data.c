/*
 * The comparison for programs: JSON through cJSON, and comma-separated values, one line for each
 * workload and mode. Numbers are totals over all operations.
 */
#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdlib.h>

#include "emu/compare.h"
#include "pv/hypercall.h"

static const char *const time_names[TIME_KINDS] = {
	"user", "kernel", "machine", "monitor", "firmware", "idle"
};

static void add(cJSON *object, const char *name, u64 value)
{
	cJSON_AddNumberToObject(object, name, (double)value);
}

static void add_cell(cJSON *modes, const char *name, const struct report_cell *cell)
{
	const struct tally *tally = &cell->tally;
	cJSON *mode = cJSON_AddObjectToObject(modes, name);
	cJSON *object;

	add(mode, "cycles", tally->cycles);
	add(mode, "instructions", tally->instructions);
	add(mode, "exits", tally->exits);
	object = cJSON_AddObjectToObject(mode, "exits_by_reason");
	for (u32 i = 0; i < EXIT_REASONS; i++)
		if (tally->exit[i])
			add(object, exit_infos[i].name, tally->exit[i]);
	object = cJSON_AddObjectToObject(mode, "cycles_by_reason");
	for (u32 i = 0; i < EXIT_REASONS; i++)
		if (tally->exit[i])
			add(object, exit_infos[i].name, tally->exit_cycles[i]);
	add(mode, "firmware_calls", tally->firmware_calls);
	object = cJSON_AddObjectToObject(mode, "time");
	for (u32 i = 0; i < TIME_KINDS; i++)
		add(object, time_names[i], tally->time[i]);
	object = cJSON_AddObjectToObject(mode, "hypercalls");
	for (u32 i = 0; i < HYPERCALLS; i++) {
		char text[64];

		if (!tally->hypercall[i])
			continue;
		snprintf(text, sizeof(text), "%s.%s", hypercall_rows[i].extension,
			hypercall_rows[i].name);
		add(object, text, tally->hypercall[i]);
	}
	object = cJSON_AddObjectToObject(mode, "monitor");
	for (u32 i = 0; i < VM_COUNTS; i++)
		add(object, vm_count_rows[i].name, tally->count[i]);
}

bool compare_json(const struct comparison *comparison, FILE *to)
{
	const struct report *report = &comparison->report;
	cJSON *root = cJSON_CreateObject();
	cJSON *workloads, *tables;
	char *text;

	cJSON_AddStringToObject(root, "guest", comparison->guest);
	cJSON_AddStringToObject(root, "prices", comparison->prices);
	if (comparison->lines_known)
		add(root, "guest_lines_changed", comparison->lines_changed);
	tables = cJSON_AddObjectToObject(root, "table_bytes");
	for (u32 i = 0; i < report->modes; i++)
		add(tables, report->mode[i]->name, report->table_bytes[i]);
	cJSON_AddBoolToObject(root, "same_output", comparison->same_output);
	cJSON_AddBoolToObject(root, "same_files", comparison->same_files);
	workloads = cJSON_AddArrayToObject(root, "workloads");
	for (u32 i = 0; i < report->rows; i++) {
		const struct report_row *row = &report->row[i];
		cJSON *workload = cJSON_CreateObject();
		cJSON *modes;

		cJSON_AddItemToArray(workloads, workload);
		cJSON_AddStringToObject(workload, "name", row->name);
		add(workload, "operations", row->cell[0].operations);
		modes = cJSON_AddObjectToObject(workload, "modes");
		for (u32 mode = 0; mode < report->modes; mode++)
			if (row->cell[mode].there)
				add_cell(modes, report->mode[mode]->name, &row->cell[mode]);
	}
	text = cJSON_Print(root);
	cJSON_Delete(root);
	if (!text)
		return false;
	fprintf(to, "%s\n", text);
	free(text);
	return true;
}

void compare_csv(const struct comparison *comparison, FILE *to)
{
	const struct report *report = &comparison->report;

	fprintf(to, "guest,prices,workload,mode,operations,cycles,instructions,exits,firmware_calls");
	for (u32 i = 0; i < TIME_KINDS; i++)
		fprintf(to, ",time_%s", time_names[i]);
	for (u32 i = 0; i < EXIT_REASONS; i++)
		fprintf(to, ",exit_%s", exit_infos[i].name);
	fputc('\n', to);
	for (u32 row = 0; row < report->rows; row++) {
		for (u32 mode = 0; mode < report->modes; mode++) {
			const struct report_cell *cell = &report->row[row].cell[mode];

			if (!cell->there)
				continue;
			fprintf(to, "%s,%s,%s,%s,%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64,
				comparison->guest, comparison->prices, report->row[row].name,
				report->mode[mode]->name, cell->operations, cell->tally.cycles,
				cell->tally.instructions, cell->tally.exits,
				cell->tally.firmware_calls);
			for (u32 i = 0; i < TIME_KINDS; i++)
				fprintf(to, ",%" PRIu64, cell->tally.time[i]);
			for (u32 i = 0; i < EXIT_REASONS; i++)
				fprintf(to, ",%" PRIu64, cell->tally.exit[i]);
			fputc('\n', to);
		}
	}
}
