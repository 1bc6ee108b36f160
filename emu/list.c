/*
 * `ringside list`: the tables that the program is made of, as text, Markdown, JSON or CSV.
 */
#include "emu/list.h"

#include <string.h>

#include "emu/nearest.h"
#include "emu/verb.h"

void list_table(enum list_id id, struct table *table)
{
	table_create(table, lists[id].name, lists[id].column, lists[id].columns);
	lists[id].fill(table);
}

/* The list of that name, or LISTS with a fault. */
static enum list_id find(const char *name, struct fault *fault)
{
	struct nearest nearest;

	nearest_begin(&nearest, name);
	for (unsigned i = 0; i < LISTS; i++) {
		if (!strcmp(lists[i].name, name))
			return i;
		nearest_try(&nearest, lists[i].name);
	}
	if (nearest.best)
		fault_set(fault, "there is no list '%.60s'; did you mean '%s'?", name,
			nearest.best);
	else
		fault_set(fault, "there is no list '%.60s'; ringside list names those there are",
			name);
	return LISTS;
}

static void list_lists(struct table *table)
{
	static const struct table_column columns[] = { { "list", 0 }, { "words", 0 } };

	table_create(table, "lists", columns, 2);
	for (unsigned i = 0; i < LISTS; i++) {
		table_text(table, "%s", lists[i].name);
		table_text(table, "%s", lists[i].words);
	}
}

static enum table_format format_of(const struct options *options)
{
	return options->json ? TABLE_JSON : options->csv ? TABLE_CSV
		: options->markdown ? TABLE_MARKDOWN : TABLE_TEXT;
}

int verb_list(const struct options *options)
{
	struct style style = style_of(stdout, options->plain);
	struct fault fault;
	struct table table;

	if (options->json + options->csv + options->markdown > 1) {
		fault_set(&fault, "only one of --json, --csv and --markdown at a time");
		return refuse(&fault);
	}
	if (options->arguments) {
		enum list_id id = find(options->argument[0], &fault);

		if (id == LISTS)
			return refuse(&fault);
		list_table(id, &table);
	} else {
		list_lists(&table);
	}
	if (options->arguments == 2)
		table_filter(&table, options->argument[1]);
	if (!table.cells) {
		fault_set(&fault, "no row of '%s' contains '%.60s'", table.name,
			options->argument[1]);
		table_destroy(&table);
		return refuse(&fault);
	}
	table_print(&table, format_of(options), stdout, &style);
	if (!options->arguments && format_of(options) == TABLE_TEXT)
		printf("\nFor example: ringside list exits\n");
	table_destroy(&table);
	return STATUS_GOOD;
}
