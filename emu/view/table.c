/*
 * Filling and printing tables. In text the last visible column is wrapped at the right margin, so
 * that sentences can stand there; the other columns are as wide as their widest cell.
 */
#define _GNU_SOURCE /* strcasestr, vasprintf */
#include "emu/view/table.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "emu/view/json.h"

enum { GAP = 2, MOST_COLUMNS = 16 };

void table_create(struct table *table, const char *name, const struct table_column *column,
	u32 columns)
{
	assert(columns && columns <= MOST_COLUMNS);
	*table = (struct table){ .name = name, .column = column, .columns = columns };
}

static void cell_free(struct table_cell *cell)
{
	free(cell->text);
}

void table_destroy(struct table *table)
{
	for (u32 i = 0; i < table->cells; i++)
		cell_free(&table->cell[i]);
	free(table->cell);
	table->cell = NULL;
	table->cells = table->room = 0;
}

/* Without memory for a listing there is nothing left to do. */
static void table_put(struct table *table, char *text, bool number)
{
	if (table->cells == table->room) {
		table->room = table->room ? 2 * table->room : 256;
		table->cell = realloc(table->cell, table->room * sizeof(*table->cell));
	}
	if (!table->cell || !text)
		abort();
	table->cell[table->cells++] = (struct table_cell){ text, number };
}

void table_text(struct table *table, const char *format, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) < 0)
		text = NULL;
	va_end(arguments);
	table_put(table, text, false);
}

void table_number(struct table *table, u64 number)
{
	char *text;

	if (asprintf(&text, "%" PRIu64, number) < 0)
		text = NULL;
	table_put(table, text, true);
}

void table_filter(struct table *table, const char *text)
{
	u32 kept = 0, rows = table_rows(table);

	for (u32 row = 0; row < rows; row++) {
		bool found = false;

		for (u32 i = 0; i < table->columns; i++)
			found |= strcasestr(table_cell(table, row, i)->text, text) != NULL;
		for (u32 i = 0; i < table->columns; i++) {
			struct table_cell *cell = &table->cell[row * table->columns + i];

			if (found)
				table->cell[kept++] = *cell;
			else
				cell_free(cell);
		}
	}
	table->cells = kept;
}

/* Text. */

static bool in_line(const struct table *table, u32 column)
{
	return !(table->column[column].flags & (TABLE_HIDDEN | TABLE_UNDER));
}

static u32 last_in_line(const struct table *table)
{
	u32 last = table->columns;

	while (!in_line(table, --last))
		assert(last);
	return last;
}

static u32 column_width(const struct table *table, u32 column)
{
	size_t width = strlen(table->column[column].name);

	for (u32 row = 0; row < table_rows(table); row++) {
		size_t length = strlen(table_cell(table, row, column)->text);

		width = length > width ? length : width;
	}
	return (u32)width;
}

static void print_padded(const struct table *table, u32 column, const char *text, u32 width,
	FILE *to)
{
	bool right = table->column[column].flags & TABLE_RIGHT;

	fprintf(to, "%*s%*s", right ? (int)width : -(int)width, text, GAP, "");
}

static void print_text(const struct table *table, FILE *to, const struct style *style)
{
	u32 width[MOST_COLUMNS], last = last_in_line(table), start = 0;

	for (u32 i = 0; i < last; i++) {
		width[i] = in_line(table, i) ? column_width(table, i) : 0;
		start += in_line(table, i) ? width[i] + GAP : 0;
	}
	fputs(style->bold, to);
	for (u32 i = 0; i < last; i++)
		if (in_line(table, i))
			print_padded(table, i, table->column[i].name, width[i], to);
	fprintf(to, "%s%s\n", table->column[last].name, style->off);
	for (u32 row = 0; row < table_rows(table); row++) {
		for (u32 i = 0; i < last; i++)
			if (in_line(table, i))
				print_padded(table, i, table_cell(table, row, i)->text, width[i],
					to);
		text_wrap(to, table_cell(table, row, last)->text, start, start);
		for (u32 i = 0; i < table->columns; i++) {
			const char *text = table_cell(table, row, i)->text;

			if (!(table->column[i].flags & TABLE_UNDER) || !*text)
				continue;
			fputs(style->dim, to);
			text_wrap(to, text, 0, start + GAP);
			fputs(style->off, to);
		}
	}
}

/* The other forms. */

static void print_markdown(const struct table *table, FILE *to)
{
	for (u32 i = 0; i < table->columns; i++)
		fprintf(to, "| %s ", table->column[i].name);
	fputs("|\n", to);
	for (u32 i = 0; i < table->columns; i++)
		fputs(table->column[i].flags & TABLE_RIGHT ? "|--:" : "|---", to);
	fputs("|\n", to);
	for (u32 i = 0; i < table->cells; i++) {
		fputs("| ", to);
		for (const char *c = table->cell[i].text; *c; c++)
			fprintf(to, *c == '|' ? "\\%c" : "%c", *c);
		fputs(i % table->columns == table->columns - 1 ? " |\n" : " ", to);
	}
}

static void print_csv(const struct table *table, FILE *to)
{
	for (u32 i = 0; i < table->columns; i++)
		fprintf(to, "%s%s", i ? "," : "", table->column[i].name);
	fputc('\n', to);
	for (u32 i = 0; i < table->cells; i++) {
		const char *text = table->cell[i].text;
		bool quote = text[strcspn(text, ",\"\n")] != 0;

		if (quote)
			fputc('"', to);
		for (; *text; text++)
			fprintf(to, *text == '"' ? "\"%c" : "%c", *text);
		if (quote)
			fputc('"', to);
		fputc(i % table->columns == table->columns - 1 ? '\n' : ',', to);
	}
}

static void print_json(const struct table *table, FILE *to)
{
	cJSON *top = cJSON_CreateObject(), *rows;

	cJSON_AddStringToObject(top, "list", table->name);
	rows = cJSON_AddArrayToObject(top, "rows");
	for (u32 row = 0; row < table_rows(table); row++) {
		cJSON *object = cJSON_CreateObject();

		for (u32 i = 0; i < table->columns; i++) {
			const struct table_cell *cell = table_cell(table, row, i);

			if (cell->number)
				cJSON_AddRawToObject(object, table->column[i].name, cell->text);
			else
				cJSON_AddStringToObject(object, table->column[i].name, cell->text);
		}
		cJSON_AddItemToArray(rows, object);
	}
	json_print(top, to);
}

void table_print(const struct table *table, enum table_format format, FILE *to,
	const struct style *style)
{
	switch (format) {
	case TABLE_TEXT:
		print_text(table, to, style);
		break;
	case TABLE_MARKDOWN:
		print_markdown(table, to);
		break;
	case TABLE_JSON:
		print_json(table, to);
		break;
	case TABLE_CSV:
		print_csv(table, to);
		break;
	}
}
