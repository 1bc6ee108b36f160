/*
 * What the command line said. Rows of options.def fill the fields; every value has been checked as
 * far as that is possible without opening a file. Texts are borrowed from argv or from the rows.
 */
#ifndef EMU_OPTIONS_H
#define EMU_OPTIONS_H

#include "core/fault.h"

#include <stdio.h>

enum verb_id {
#define VERB(name, arguments, least, most, words, more, examples) VERB_ID_##name,
#include "emu/verbs.def"
#undef VERB
	VERB_IDS
};

struct verb_info {
	const char *name, *arguments, *words, *more, *examples;
	int least, most; /* arguments */
};
extern const struct verb_info verb_infos[VERB_IDS];

enum { OPTION_DISKS = 4, OPTION_MODES = 8, OPTION_NAME = 16, OPTION_FORWARDS = 8 };

enum option_stats { STATS_NONE, STATS_TEXT, STATS_JSON };

struct option_disk {
	char *path; /* null: no disk; owned */
	bool write; /* writes go to the file */
};

struct option_net {
	bool given, user; /* not user: no cable */
	u32 count;        /* TCP ports carried: of this host, of the guest */
	struct option_forward {
		u16 host, guest;
	} forward[OPTION_FORWARDS];
};

struct options {
	enum verb_id verb;
	int arguments;
	char **argument;

	const char *mode;
	struct option_modes {
		u32 count;
		char name[OPTION_MODES][OPTION_NAME];
	} modes;
	u64 memory;         /* bytes */
	u32 harts;
	u32 granularity;    /* bytes a line of the signature */
	const char *signature;
	u64 base;
	const char *append; /* null: none; likewise below */
	const char *bios;
	const char *initrd;
	struct option_disks {
		u32 count;
		struct option_disk disk[OPTION_DISKS];
	} disks;
	struct option_disk ata;
	struct option_net net;
	const char *prices;
	enum option_stats stats;
	u64 limit;          /* steps; 0: none */
	const char *script;
	struct option_seed {
		bool given;
		u64 value;
	} chaos, rng;
	const char *operations;
	u64 repeat;         /* runs of each benchmark */
	bool all, json, csv, markdown, raw, plain, list, help, hvc, legacy;
};

/*
 * Reads what follows the verb on the command line. argv[0] is the verb; argv is permuted: options
 * first, then the arguments. With --help the arguments are not counted. On a fault `options` can
 * still be destroyed.
 */
bool options_parse(struct options *options, enum verb_id verb, int argc, char **argv,
	struct fault *fault);
void options_destroy(struct options *options);

/* The verb of that name, or VERB_IDS. */
enum verb_id verb_find(const char *name);

/* A verb's lines of help: its options as a table. */
void options_help(enum verb_id verb, FILE *to);

#endif
