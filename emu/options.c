/*
 * The command line, read by getopt_long from the rows of options.def. A row's kind names the
 * function that reads its value, default values included; main.c calls options_parse.
 */
#include "emu/options.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "core/board.h"
#include "emu/nearest.h"
#include "emu/view/text.h"

const struct verb_info verb_infos[VERB_IDS] = {
#define VERB(name, arguments, least, most, words, more, examples) \
	{ #name, arguments, words, more, examples, least, most },
#include "emu/verbs.def"
#undef VERB
};

#define MEGA (UINT64_C(1) << 20)

static const u64 memory_least = MEGA, memory_most = 4096 * MEGA;
static const char *const mode_names[] = { "native", "trap", "pv" };

struct option_row;

/* Reads `text` (null for a flag, or where an argument was left out) into the row's field. */
typedef bool option_reader(void *field, const char *text, const struct option_row *row,
	struct fault *fault);

struct option_row {
	const char *name;
	int letter;
	u32 verbs; /* bit per verb */
	option_reader *read;
	size_t field;
	const char *argument, *initial, *words;
};

static option_reader read_flag, read_text, read_mode, read_modes, read_memory, read_harts,
	read_width, read_address, read_count, read_seed, read_stats, read_disk, read_disks, read_net;

#define ON(verb) (1u << VERB_ID_##verb)
#define EVERY (~0u)

static const struct option_row option_rows[] = {
#define OPTION(name, letter, verbs, kind, field, argument, initial, words) \
	{ name, letter, verbs, read_##kind, offsetof(struct options, field), argument, initial, \
		words },
#include "emu/options.def"
#undef OPTION
};

enum { OPTION_ROWS = sizeof(option_rows) / sizeof(option_rows[0]) };

enum verb_id verb_find(const char *name)
{
	for (unsigned i = 0; i < VERB_IDS; i++)
		if (!strcmp(verb_infos[i].name, name))
			return i;
	return VERB_IDS;
}

/* The kinds. */

static bool read_flag(void *field, const char *text, const struct option_row *row,
	struct fault *fault)
{
	*(bool *)field = true;
	return true;
}

static bool read_text(void *field, const char *text, const struct option_row *row,
	struct fault *fault)
{
	if (!*text)
		return fault_set(fault, "--%s: its %s is empty", row->name, row->argument);
	*(const char **)field = text;
	return true;
}

/* A number with one of the letters of `units` behind it or none, each worth `step` times the one
 * before. False when `text` is anything else, or too large for a u64. */
static bool number(const char *text, int base, const char *units, u64 step, u64 *value)
{
	u64 factor = 1;
	char *end;

	if (!isdigit((u8)text[0])) /* strtoull takes signs and blanks */
		return false;
	errno = 0;
	*value = strtoull(text, &end, base);
	if (errno)
		return false;
	if (*end) {
		const char *unit = strchr(units, toupper((u8)*end));

		if (!unit || end[1])
			return false;
		for (const char *c = units; c <= unit; c++)
			factor *= step;
	}
	return !__builtin_mul_overflow(*value, factor, value);
}

static bool read_memory(void *field, const char *text, const struct option_row *row,
	struct fault *fault)
{
	u64 value;

	if (!number(text, 10, "KMG", 1024, &value))
		return fault_set(fault, "--%s: '%.40s' is no size: a number, with K, M or G behind "
			"it", row->name, text);
	if (value < memory_least || value > memory_most)
		return fault_set(fault, "--%s: %.40s is out of range: the machine takes 1M to 4G",
			row->name, text);
	if (value % PAGE_SIZE)
		return fault_set(fault, "--%s: %.40s is not a multiple of 4K", row->name, text);
	*(u64 *)field = value;
	return true;
}

static bool read_harts(void *field, const char *text, const struct option_row *row,
	struct fault *fault)
{
	u64 value;

	if (!number(text, 10, "", 1, &value) || value < 1 || value > BOARD_HARTS)
		return fault_set(fault, "--%s: '%.40s' is no number from 1 to %d", row->name, text,
			BOARD_HARTS);
	*(u32 *)field = (u32)value;
	return true;
}

static bool read_width(void *field, const char *text, const struct option_row *row,
	struct fault *fault)
{
	u64 value;

	if (!number(text, 10, "", 1, &value)
	    || (value != 4 && value != 8 && value != 16 && value != 32))
		return fault_set(fault, "--%s: '%.40s' is none of 4, 8, 16, 32", row->name, text);
	*(u32 *)field = (u32)value;
	return true;
}

static bool read_address(void *field, const char *text, const struct option_row *row,
	struct fault *fault)
{
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');

	if (!number(text, hex ? 16 : 10, "", 1, field))
		return fault_set(fault, "--%s: '%.40s' is no address: 0x... or a decimal number",
			row->name, text);
	return true;
}

static bool read_count(void *field, const char *text, const struct option_row *row,
	struct fault *fault)
{
	u64 value;

	if (!number(text, 10, "KMG", 1000, &value) || value == 0)
		return fault_set(fault, "--%s: '%.40s' is no count: a number from 1, with k, M or "
			"G behind it", row->name, text);
	*(u64 *)field = value;
	return true;
}

static bool read_seed(void *field, const char *text, const struct option_row *row,
	struct fault *fault)
{
	struct option_seed *seed = field;

	if (!number(text, 10, "", 1, &seed->value))
		return fault_set(fault, "--%s: '%.40s' is no seed: a number from 0", row->name,
			text);
	seed->given = true;
	return true;
}

static bool read_stats(void *field, const char *text, const struct option_row *row,
	struct fault *fault)
{
	enum option_stats *stats = field;

	if (!text || !strcmp(text, "text"))
		*stats = STATS_TEXT;
	else if (!strcmp(text, "json"))
		*stats = STATS_JSON;
	else
		return fault_set(fault, "--%s: there is no format '%.40s' (text, json)",
			row->name, text);
	return true;
}

/* The table's own name for it, or null with a fault. */
static const char *mode_named(const char *text, size_t length, const struct option_row *row,
	struct fault *fault)
{
	for (size_t i = 0; i < sizeof(mode_names) / sizeof(mode_names[0]); i++)
		if (strlen(mode_names[i]) == length && !strncmp(mode_names[i], text, length))
			return mode_names[i];
	fault_set(fault, "--%s: there is no mode '%.*s' (native, trap, pv)", row->name,
		(int)(length < 40 ? length : 40), text);
	return NULL;
}

static bool read_mode(void *field, const char *text, const struct option_row *row,
	struct fault *fault)
{
	const char *name = mode_named(text, strlen(text), row, fault);

	if (name)
		*(const char **)field = name;
	return name != NULL;
}

static bool read_modes(void *field, const char *text, const struct option_row *row,
	struct fault *fault)
{
	struct option_modes *modes = field;

	modes->count = 0;
	for (;;) {
		size_t length = strcspn(text, ",");
		const char *name = mode_named(text, length, row, fault);

		if (!name)
			return false;
		for (u32 i = 0; i < modes->count; i++)
			if (!strcmp(modes->name[i], name))
				return fault_set(fault, "--%s: '%s' is there twice", row->name,
					name);
		assert(modes->count < OPTION_MODES);
		snprintf(modes->name[modes->count++], OPTION_NAME, "%s", name);
		if (!text[length])
			return true;
		text += length + 1;
	}
}

static bool read_disk(void *field, const char *text, const struct option_row *row,
	struct fault *fault)
{
	static const char suffix[] = ",write";
	struct option_disk *disk = field;
	size_t length = strlen(text), tail = sizeof(suffix) - 1;
	bool write = length >= tail && !strcmp(text + length - tail, suffix);

	if (disk->path)
		return fault_set(fault, "--%s: there can be only one", row->name);
	length -= write ? tail : 0;
	if (!length)
		return fault_set(fault, "--%s: its %s is empty", row->name, row->argument);
	disk->path = strndup(text, length);
	if (!disk->path)
		return fault_set(fault, "--%s: no memory for a name", row->name);
	disk->write = write;
	return true;
}

static bool read_disks(void *field, const char *text, const struct option_row *row,
	struct fault *fault)
{
	struct option_disks *disks = field;

	if (disks->count == OPTION_DISKS)
		return fault_set(fault, "--%s: there can be at most %d", row->name, OPTION_DISKS);
	if (!read_disk(&disks->disk[disks->count], text, row, fault))
		return false;
	disks->count++;
	return true;
}

/* A port number; *text is what follows it. */
static bool port(const char **text, u16 *value)
{
	char *behind;
	unsigned long given;

	if (!isdigit((u8)**text))
		return false;
	given = strtoul(*text, &behind, 10);
	*value = (u16)given;
	*text = behind;
	return given >= 1 && given <= UINT16_MAX;
}

static bool read_net(void *field, const char *text, const struct option_row *row,
	struct fault *fault)
{
	struct option_net *net = field;
	size_t length = strcspn(text, ",");

	net->given = true;
	net->user = length == 4 && !strncmp(text, "user", length);
	if (!net->user && strcmp(text, "none"))
		return fault_set(fault, "--%s: there is no network '%.40s' (none, user)", row->name, text);
	for (text += length; *text;) {
		struct option_forward *forward = &net->forward[net->count];

		text++;
		if (net->count == OPTION_FORWARDS)
			return fault_set(fault, "--%s: at most %d ports can be carried", row->name,
				OPTION_FORWARDS);
		if (strncmp(text, "tcp=", 4))
			return fault_set(fault, "--%s: '%.40s' is not tcp=HOST:GUEST", row->name, text);
		text += 4;
		if (!port(&text, &forward->host) || *text++ != ':' || !port(&text, &forward->guest)
				|| (*text && *text != ','))
			return fault_set(fault, "--%s: tcp= needs two ports from 1 to 65535, as in "
				"tcp=8080:80", row->name);
		net->count++;
	}
	return true;
}

/* Reading them all. */

static bool option_read(struct options *options, const struct option_row *row, const char *text,
	struct fault *fault)
{
	return row->read((u8 *)options + row->field, text, row, fault);
}

static bool option_is_of(const struct option_row *row, enum verb_id verb)
{
	return row->verbs >> verb & 1;
}

/* Hyphens, name and value as given, for a sentence: only the name is kept. */
static bool option_unknown(enum verb_id verb, const char *given, struct fault *fault)
{
	const char *name = given + strspn(given, "-");
	struct nearest nearest;
	char bare[64];

	snprintf(bare, sizeof(bare), "%.*s", (int)strcspn(name, "="), name);
	nearest_begin(&nearest, bare);
	for (unsigned i = 0; i < OPTION_ROWS; i++) {
		if (!option_is_of(&option_rows[i], verb) && !strcmp(option_rows[i].name, bare))
			return fault_set(fault, "'%s' has no option --%s; ringside help %s lists "
				"those it has", verb_infos[verb].name, bare, verb_infos[verb].name);
		if (option_is_of(&option_rows[i], verb))
			nearest_try(&nearest, option_rows[i].name);
	}
	if (nearest.best)
		return fault_set(fault, "'%s' has no option '%.60s'; did you mean --%s?",
			verb_infos[verb].name, given, nearest.best);
	return fault_set(fault, "'%s' has no option '%.60s'; ringside help %s lists those it has",
		verb_infos[verb].name, given, verb_infos[verb].name);
}

/* getopt said '?': the row whose letter it names took an argument it has not, or there is none. */
static bool option_refused(enum verb_id verb, int value, char **argv, struct fault *fault)
{
	const char *given = argv[optind > 1 ? optind - 1 : optind];
	char letter[3] = { '-', (char)optopt, 0 };

	if (value >= OPTION_ROWS || value < 0)
		return option_unknown(verb, optopt ? letter : given, fault);
	return fault_set(fault, "--%s takes no value", option_rows[value].name);
}

/* getopt's tables for one verb; a long option's value is its row. */
static void option_tables(enum verb_id verb, struct option *names, char *letters)
{
	*letters++ = ':'; /* tell a missing argument from an unknown option */
	for (int i = 0; i < OPTION_ROWS; i++) {
		const struct option_row *row = &option_rows[i];
		int has = row->argument[0] == '[' ? optional_argument
			: row->argument[0] ? required_argument : no_argument;

		if (!option_is_of(row, verb))
			continue;
		*names++ = (struct option){ row->name, has, NULL, 256 + i };
		if (!row->letter)
			continue;
		*letters++ = (char)row->letter;
		for (int colons = has; colons; colons--)
			*letters++ = ':';
	}
	*names = (struct option){ 0 };
	*letters = 0;
}

static int row_of(int value)
{
	for (int i = 0; value < 256 && i < OPTION_ROWS; i++)
		if (option_rows[i].letter == value && value)
			return i;
	return value - 256;
}

static bool arguments_check(const struct options *options, struct fault *fault)
{
	const struct verb_info *verb = &verb_infos[options->verb];

	if (options->help)
		return true;
	if (options->arguments < verb->least)
		return fault_set(fault, "'%s' needs its %s; ringside help %s shows how", verb->name,
			verb->arguments, verb->name);
	if (options->arguments > verb->most)
		return fault_set(fault, "'%s' does not know what to do with '%.80s'; ringside help "
			"%s shows how", verb->name, options->argument[verb->most], verb->name);
	return true;
}

bool options_parse(struct options *options, enum verb_id verb, int argc, char **argv,
	struct fault *fault)
{
	struct option names[OPTION_ROWS + 1];
	char letters[3 * OPTION_ROWS + 2];
	int value;

	memset(options, 0, sizeof(*options));
	options->verb = verb;
	for (const struct option_row *row = option_rows; row < option_rows + OPTION_ROWS; row++)
		if (row->initial && !option_read(options, row, row->initial, fault))
			return false;
	option_tables(verb, names, letters);
	opterr = 0;
	optind = 0;
	while ((value = getopt_long(argc, argv, letters, names, NULL)) != -1) {
		if (value == '?')
			return option_refused(verb, row_of(optopt), argv, fault);
		if (value == ':')
			return fault_set(fault, "--%s needs its %s",
				option_rows[row_of(optopt)].name,
				option_rows[row_of(optopt)].argument);
		if (!option_read(options, &option_rows[row_of(value)], optarg, fault))
			return false;
	}
	options->argument = argv + optind;
	options->arguments = argc - optind;
	return arguments_check(options, fault);
}

void options_destroy(struct options *options)
{
	for (u32 i = 0; i < OPTION_DISKS; i++)
		free(options->disks.disk[i].path);
	free(options->ata.path);
}

void options_help(enum verb_id verb, FILE *to)
{
	enum { WORDS_AT = 27 };

	for (unsigned i = 0; i < OPTION_ROWS; i++) {
		const struct option_row *row = &option_rows[i];
		const char *blank = row->argument[0] && row->argument[0] != '[' ? " " : "";
		char letter[5] = "    ", words[256];
		int width;

		if (!option_is_of(row, verb))
			continue;
		if (row->letter)
			snprintf(letter, sizeof(letter), "-%c, ", row->letter);
		width = fprintf(to, "  %s--%s%s%s", letter, row->name, blank, row->argument);
		snprintf(words, sizeof(words), "%s%s%s%s", row->words, row->initial ? " [" : "",
			row->initial ? row->initial : "", row->initial ? "]" : "");
		if (width >= WORDS_AT)
			width = fprintf(to, "\n") - 1;
		text_wrap(to, words, (u32)width, WORDS_AT);
	}
}
