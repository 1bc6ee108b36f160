/*
 * The program's tables as lists: what `ringside list` prints and `ringside explain` looks into for
 * names that are in no glossary.
 */
#ifndef EMU_LIST_H
#define EMU_LIST_H

#include "emu/view/table.h"

enum list_id {
#define LIST(name, key, words) LIST_##name,
#include "emu/list.def"
#undef LIST
	LISTS
};

struct list {
	const char *name, *words;
	const struct table_column *column;
	u32 columns;
	u32 key;                             /* the column that holds the names */
	void (*fill)(struct table *table);
};

extern const struct list lists[LISTS];

/* The whole list; the caller destroys it. */
void list_table(enum list_id id, struct table *table);

#endif
