/*
 * `ringside explain WORD`: the glossary, and behind it the names in the program's own tables. Case,
 * dashes and blanks do not matter; an unambiguous beginning is enough.
 */
#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "emu/list.h"
#include "emu/nearest.h"
#include "emu/verb.h"
#include "emu/view/text.h"

struct word {
	const char *term, *aliases, *line, *more, *see, *try;
};

static const struct word words[] = {
#define WORD(term, aliases, line, more, see, try) { term, aliases, line, more, see, try },
#include "emu/view/glossary.def"
#undef WORD
};

enum { WORDS = sizeof(words) / sizeof(words[0]), NAME = 128 };

/* Lower case, with one blank for each run of dashes, underscores and blanks. */
static void normalize(char *to, const char *from, size_t length)
{
	size_t used = 0;

	for (size_t i = 0; i < length && used < NAME - 1; i++) {
		bool gap = strchr("-_ \t", from[i]) != NULL;

		if (gap && (!used || to[used - 1] == ' '))
			continue;
		to[used++] = gap ? ' ' : (char)tolower((u8)from[i]);
	}
	while (used && to[used - 1] == ' ')
		used--;
	to[used] = 0;
}

/* The arguments as one normalized name. */
static void wanted_name(const struct options *options, char *wanted)
{
	char joined[NAME] = "";

	for (int i = 0; i < options->arguments; i++) {
		size_t used = strlen(joined);

		snprintf(joined + used, sizeof(joined) - used, "%s%s", i ? " " : "",
			options->argument[i]);
	}
	normalize(wanted, joined, strlen(joined));
}

/* Calls `matches` with each name of a word, its term first; true as soon as that is. */
static bool any_name(const struct word *word, bool (*matches)(const char *name, void *self),
	void *self)
{
	char name[NAME];

	normalize(name, word->term, strlen(word->term));
	if (matches(name, self))
		return true;
	for (const char *part = word->aliases; *part; part += strcspn(part, "|")) {
		part += *part == '|';
		normalize(name, part, strcspn(part, "|"));
		if (*name && matches(name, self))
			return true;
	}
	return false;
}

static bool is_equal(const char *name, void *self)
{
	return !strcmp(name, self);
}

static bool begins(const char *name, void *self)
{
	return !strncmp(name, self, strlen(self));
}

/* Names are made in passing: the caller remembers the word, not nearest.best. */
static bool is_nearer(const char *name, void *self)
{
	struct nearest *nearest = self;
	u32 before = nearest->distance;

	nearest_try(nearest, name);
	return nearest->distance < before;
}

static void print_see(const char *see)
{
	char list[512] = "";

	for (size_t used = 0; *see; see += *see == '|') {
		size_t length = strcspn(see, "|");

		used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%.*s",
			used ? ", " : "", (int)length, see);
		assert(used < sizeof(list));
		see += length;
	}
	printf("See also: ");
	text_wrap(stdout, list, 10, 10);
}

static int print_word(const struct word *word, const struct style *style)
{
	printf("%s%s%s: ", style->bold, word->term, style->off);
	text_wrap(stdout, word->line, (u32)strlen(word->term) + 2, 2);
	printf("\n");
	text_wrap(stdout, word->more, 0, 0);
	printf("\n");
	print_see(word->see);
	if (*word->try)
		printf("Try: %s\n", word->try);
	return STATUS_GOOD;
}

static int print_all(void)
{
	enum { WIDTH = 20 };
	u32 column = 0;

	for (u32 i = 0; i < WORDS; i++) {
		u32 length = (u32)strlen(words[i].term), at = (column + WIDTH - 1) / WIDTH * WIDTH;

		if (at + length > TEXT_WIDTH) {
			printf("\n");
			at = column = 0;
		}
		column += (u32)printf("%*s%s ", (int)(at - column), "", words[i].term);
	}
	printf("\n\nFor example: ringside explain exit\n");
	return STATUS_GOOD;
}

static void print_row(enum list_id id, const struct table *table, u32 row)
{
	const struct list *list = &lists[id];

	char head[256];

	snprintf(head, sizeof(head), "%s, from the list of %s (%s):",
		table_cell(table, row, list->key)->text, list->name, list->words);
	text_wrap(stdout, head, 0, 0);
	for (u32 i = 0; i < table->columns; i++) {
		const char *text = table_cell(table, row, i)->text;

		if (i != list->key && *text)
			text_wrap(stdout, text, (u32)printf("  %s: ", table->column[i].name), 4);
	}
	printf("  more: ringside list %s\n", list->name);
}

/* Names in the program's tables: each row that bears it. */
static bool print_rows(const char *wanted)
{
	bool found = false;

	for (unsigned id = 0; id < LISTS; id++) {
		struct table table;

		list_table(id, &table);
		for (u32 row = 0; row < table_rows(&table); row++) {
			const char *text = table_cell(&table, row, lists[id].key)->text;
			char name[NAME];

			normalize(name, text, strlen(text));
			if (strcmp(name, wanted))
				continue;
			if (found)
				printf("\n");
			print_row(id, &table, row);
			found = true;
		}
		table_destroy(&table);
	}
	return found;
}

static int print_unknown(const char *wanted)
{
	struct nearest nearest;
	struct fault fault;
	const struct word *best = NULL;

	nearest_begin(&nearest, wanted);
	for (u32 i = 0; i < WORDS; i++)
		if (any_name(&words[i], is_nearer, &nearest))
			best = &words[i];
	if (best)
		fault_set(&fault, "there is no word '%.60s'; did you mean '%s'?", wanted,
			best->term);
	else
		fault_set(&fault, "there is no word '%.60s'; ringside explain lists those there "
			"are", wanted);
	return refuse(&fault);
}

/* The beginning of several words is a question. */
static int print_ambiguous(const char *wanted)
{
	char list[200] = "";
	struct fault fault;
	u32 count = 0;

	for (u32 i = 0; i < WORDS; i++) {
		size_t used = strlen(list);

		if (any_name(&words[i], begins, (void *)wanted) && used < sizeof(list))
			snprintf(list + used, sizeof(list) - used, "%s%s", count++ ? ", " : "",
				words[i].term);
	}
	fault_set(&fault, "'%.60s' is the beginning of several words: %s", wanted, list);
	return refuse(&fault);
}

int verb_explain(const struct options *options)
{
	struct style style = style_of(stdout, options->plain);
	const struct word *found = NULL;
	char wanted[NAME];
	u32 count = 0;

	wanted_name(options, wanted);
	if (!*wanted)
		return print_all();
	for (u32 i = 0; i < WORDS; i++)
		if (any_name(&words[i], is_equal, wanted))
			return print_word(&words[i], &style);
	if (print_rows(wanted))
		return STATUS_GOOD;
	for (u32 i = 0; i < WORDS; i++) {
		if (any_name(&words[i], begins, wanted)) {
			found = &words[i];
			count++;
		}
	}
	if (count == 1)
		return print_word(found, &style);
	return count ? print_ambiguous(wanted) : print_unknown(wanted);
}
