/*
 * A table on its way out: rows of cells under named columns, printed as text, Markdown, JSON or
 * comma-separated values. All lists and reports go through here, so that each has every form.
 */
#ifndef EMU_VIEW_TABLE_H
#define EMU_VIEW_TABLE_H

#include "core/types.h"
#include "emu/view/text.h"

enum table_format { TABLE_TEXT, TABLE_MARKDOWN, TABLE_JSON, TABLE_CSV };

enum table_column_flag {
	TABLE_RIGHT = 1, /* flush right */
	TABLE_HIDDEN = 2, /* not in text, where there is no room */
	TABLE_UNDER = 4  /* in text, on lines of its own below the last column */
};

struct table_column {
	const char *name; /* lower case; the key in JSON */
	u32 flags;
};

struct table_cell {
	char *text;
	bool number; /* decimal digits: a number in JSON */
};

struct table {
	const char *name;
	const struct table_column *column;
	u32 columns;
	u32 cells, room;
	struct table_cell *cell; /* row by row */
};

/* Name and columns are borrowed. */
void table_create(struct table *table, const char *name, const struct table_column *column,
	u32 columns);
void table_destroy(struct table *table);

/* The next cell; rows fill from left to right. */
void table_text(struct table *table, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void table_number(struct table *table, u64 number);

static inline u32 table_rows(const struct table *table)
{
	return table->cells / table->columns;
}

static inline const struct table_cell *table_cell(const struct table *table, u32 row, u32 column)
{
	return &table->cell[row * table->columns + column];
}

/* Drops the rows in which no cell contains `text`, whatever its case. */
void table_filter(struct table *table, const char *text);

/* JSON is an object {"list": name, "rows": [{column: cell, ...}, ...]}. */
void table_print(const struct table *table, enum table_format format, FILE *to,
	const struct style *style);

#endif
