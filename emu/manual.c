/*
 * Runs while the program is built, and is no part of it: prints the manual page, or the completion
 * for bash, out of the tables of verbs and options. `manual page VERSION` or `manual bash`.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum verb_id {
#define VERB(name, arguments, least, most, words, more, examples) VERB_ID_##name,
#include "emu/verbs.def"
#undef VERB
	VERB_IDS
};

static const struct {
	const char *name, *arguments, *words, *more, *examples;
} verbs[VERB_IDS] = {
#define VERB(name, arguments, least, most, words, more, examples) \
	{ #name, arguments, words, more, examples },
#include "emu/verbs.def"
#undef VERB
};

#define ON(verb) (UINT32_C(1) << VERB_ID_##verb)
#define EVERY UINT32_MAX

static const struct row {
	const char *name;
	int letter;
	uint32_t verbs;
	const char *kind, *argument, *initial, *words;
} rows[] = {
#define OPTION(name, letter, verbs, kind, field, argument, initial, words) \
	{ name, letter, verbs, #kind, argument, initial, words },
#include "emu/options.def"
#undef OPTION
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

/* What can stand for an argument, by the option's kind, or by its name where the kind is text. */
static const struct {
	const char *kind, *values;
} value_rows[] = {
	{ "mode", "native trap pv" }, { "modes", "native trap pv" }, { "stats", "text json" },
	{ "net", "none user" }, { "bios", "auto builtin none" }, { "prices", "k3 u54 none" },
};

static const char *values_of(const struct row *row)
{
	for (size_t i = 0; i < sizeof(value_rows) / sizeof(value_rows[0]); i++)
		if (!strcmp(value_rows[i].kind, row->kind) || !strcmp(value_rows[i].kind, row->name))
			return value_rows[i].values;
	return NULL;
}

/* The manual page. What roff would take for its own is told otherwise. */

static void roff(const char *text)
{
	bool begins = true;

	for (; *text; text++) {
		if (begins && (*text == '.' || *text == '\''))
			printf("\\&");
		begins = *text == '\n';
		if (*text == '\\')
			printf("\\e");
		else if (*text == '-')
			printf("\\-");
		else
			putchar(*text);
	}
}

static void page_option(const struct row *row)
{
	printf(".TP\n");
	if (row->letter)
		printf("\\fB\\-%c\\fR, ", row->letter);
	printf("\\fB\\-\\-");
	roff(row->name);
	printf("\\fR");
	if (row->argument[0]) {
		printf(row->argument[0] == '[' ? "\\fI" : " \\fI");
		roff(row->argument);
		printf("\\fR");
	}
	putchar('\n');
	roff(row->words);
	if (row->initial) {
		printf(" [");
		roff(row->initial);
		putchar(']');
	}
	putchar('\n');
}

static void page_verb(int verb)
{
	printf(".SS ringside ");
	roff(verbs[verb].name);
	if (verbs[verb].arguments[0]) {
		putchar(' ');
		roff(verbs[verb].arguments);
	}
	putchar('\n');
	roff(verbs[verb].words);
	putchar('\n');
	if (verbs[verb].more[0]) {
		printf(".PP\n");
		roff(verbs[verb].more);
		putchar('\n');
	}
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].verbs >> verb & 1 && rows[i].verbs != EVERY)
			page_option(&rows[i]);
	if (!verbs[verb].examples[0])
		return;
	printf(".PP\nExamples:\n.PP\n.EX\n");
	roff(verbs[verb].examples);
	printf(".EE\n");
}

static void page(const char *version)
{
	printf(".TH RINGSIDE 1 \"\" \"ringside %s\" \"User Commands\"\n", version);
	printf(".SH NAME\nringside \\- see what virtualizing a computer costs\n");
	printf(".SH SYNOPSIS\n.B ringside\n.I verb\n.RI [ option ...]\n.RI [ argument ...]\n");
	printf(".SH DESCRIPTION\nA RISC\\-V machine that runs a guest operating system natively,\n"
		"trapped by a monitor, or paravirtualized, and counts what each way costs.\n");
	printf(".SH VERBS\n");
	for (int verb = 0; verb < VERB_IDS; verb++)
		page_verb(verb);
	printf(".SH OPTIONS OF EVERY VERB\n");
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].verbs == EVERY)
			page_option(&rows[i]);
}

/* The completion: a case for each verb, and one for each option with values of its own. */

static void bash_options(int verb)
{
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].verbs >> verb & 1)
			printf(" --%s", rows[i].name);
}

static void bash_lists(void)
{
#define LIST(name, key, words) printf(" " #name);
#include "emu/list.def"
#undef LIST
}

static void bash(void)
{
	printf("# bash completion for ringside, made from the program's own tables\n"
		"_ringside()\n{\n"
		"\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words=\n"
		"\tCOMPREPLY=()\n"
		"\tif ((COMP_CWORD == 1)); then\n\t\twords='");
	for (int verb = 0; verb < VERB_IDS; verb++)
		printf("%s%s", verb ? " " : "", verbs[verb].name);
	printf("'\n\telse\n\t\tcase $before in\n");
	for (size_t i = 0; i < ROWS; i++) {
		if (!values_of(&rows[i]) || rows[i].argument[0] == '[')
			continue;
		printf("\t\t--%s", rows[i].name);
		if (rows[i].letter)
			printf("|-%c", rows[i].letter);
		printf(") words='%s' ;;\n", values_of(&rows[i]));
	}
	printf("\t\thelp) words='");
	for (int verb = 0; verb < VERB_IDS; verb++)
		printf("%s%s", verb ? " " : "", verbs[verb].name);
	printf("' ;;\n\t\tlist) words='");
	bash_lists();
	printf("' ;;\n\t\tesac\n\t\tif [[ $word == -* ]]; then\n"
		"\t\t\tcase ${COMP_WORDS[1]} in\n");
	for (int verb = 0; verb < VERB_IDS; verb++) {
		printf("\t\t\t%s) words='", verbs[verb].name);
		bash_options(verb);
		printf("' ;;\n");
	}
	printf("\t\t\tesac\n\t\tfi\n\tfi\n"
		"\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
		"}\ncomplete -o default -F _ringside ringside\n");
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "page"))
		page(argv[2]);
	else if (argc == 2 && !strcmp(argv[1], "bash"))
		bash();
	else
		return 2;
	return fflush(stdout) == 0 ? 0 : 1;
}
