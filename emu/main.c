/*
 * The program's entrance: finds the verb, lets options.c read what follows it, and calls the
 * verb's function. Without a verb it shows the first screen.
 */
#include <string.h>

#include "emu/nearest.h"
#include "emu/verb.h"
#include "emu/view/text.h"

static int (*const verb_functions[VERB_IDS])(const struct options *options) = {
#define VERB(name, arguments, least, most, words, more, examples) verb_##name,
#include "emu/verbs.def"
#undef VERB
};

static const char first_screen[] =
	"%sRingside - see what virtualizing a computer costs%s\n"
	"Everything runs inside a simulated RISC-V machine.\n"
	"\n"
	"  native  the guest owns the machine (no monitor)\n"
	"  trap    unmodified guest; a monitor emulates its privileged work\n"
	"  pv      modified guest; it asks the monitor (hypercalls)\n"
	"\n"
	"%sStart%s\n"
	"  ringside compare             one kernel, three ways\n"
	"  ringside follow null-call    one call, step by step\n"
	"  ringside run GUEST           a program of your own\n"
	"\n"
	"%sLook%s\n"
	"  ringside explain exit        what a word means\n"
	"  ringside list                what the machine is made of\n"
	"  ringside help                everything\n";

static int show_first_screen(bool plain)
{
	struct style style = style_of(stdout, plain);

	printf(first_screen, style.bold, style.off, style.bold, style.off, style.bold, style.off);
	return STATUS_GOOD;
}

int refuse(const struct fault *fault)
{
	fflush(stdout);
	fprintf(stderr, "ringside: %s\n", fault->text);
	return STATUS_USER;
}

static enum verb_id find(const char *name, struct fault *fault)
{
	enum verb_id verb = verb_find(name);
	struct nearest nearest;

	if (verb != VERB_IDS)
		return verb;
	nearest_begin(&nearest, name);
	for (unsigned i = 0; i < VERB_IDS; i++)
		nearest_try(&nearest, verb_infos[i].name);
	if (nearest.best)
		fault_set(fault, "there is no verb '%.60s'; did you mean '%s'?", name,
			nearest.best);
	else
		fault_set(fault, "there is no verb '%.60s'; ringside help lists those there are",
			name);
	return VERB_IDS;
}

static void help_verb(enum verb_id verb, const struct style *style)
{
	const struct verb_info *info = &verb_infos[verb];

	printf("%sringside %s%s%s [OPTIONS]%s\n  %s\n", style->bold, info->name,
		*info->arguments ? " " : "", info->arguments, style->off, info->words);
	if (*info->more) {
		printf("\n");
		text_wrap(stdout, info->more, 0, 0);
	}
	printf("\n%sOptions%s\n", style->bold, style->off);
	options_help(verb, stdout);
	printf("\n%sExamples%s\n", style->bold, style->off);
	for (const char *line = info->examples, *end; (end = strchr(line, '\n')); line = end + 1)
		printf("  %.*s\n", (int)(end - line), line);
}

int verb_help(const struct options *options)
{
	struct style style = style_of(stdout, options->plain);
	struct fault fault;
	enum verb_id verb;

	if (options->arguments) {
		verb = find(options->argument[0], &fault);
		if (verb == VERB_IDS)
			return refuse(&fault);
		help_verb(verb, &style);
		return STATUS_GOOD;
	}
	printf("%sringside VERB [OPTIONS] [ARGUMENTS]%s\n\n", style.bold, style.off);
	for (unsigned i = 0; i < VERB_IDS; i++)
		printf("  %-8s %-14s %s\n", verb_infos[i].name, verb_infos[i].arguments,
			verb_infos[i].words);
	printf("\nOptions and examples: ringside help VERB, or ringside VERB --help\n");
	printf("Exit status: 0 all is well; 2 a wrong option or file, said in one sentence;\n"
		"others: ringside help run\n");
	return STATUS_GOOD;
}

int verb_version(const struct options *options)
{
	printf("ringside %s\n", RINGSIDE_VERSION);
	return STATUS_GOOD;
}

/* What may stand in a verb's place. */
static const char *alias(const char *given)
{
	if (!strcmp(given, "--help") || !strcmp(given, "-h"))
		return "help";
	if (!strcmp(given, "--version") || !strcmp(given, "-V"))
		return "version";
	return given;
}

/* What could not be written is told once, at the end. */
static int finish(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	fprintf(stderr, "ringside: standard output: cannot be written\n");
	return status == STATUS_GOOD ? STATUS_FAILED : status;
}

int main(int argc, char **argv)
{
	struct options options;
	struct fault fault;
	enum verb_id verb;
	int status;

	if (argc <= 1)
		return finish(show_first_screen(false));
	if (!strcmp(argv[1], "--plain") && argc == 2)
		return finish(show_first_screen(true));
	verb = find(alias(argv[1]), &fault);
	if (verb == VERB_IDS)
		return refuse(&fault);
	if (!options_parse(&options, verb, argc - 1, argv + 1, &fault)) {
		status = refuse(&fault);
	} else if (options.help) {
		struct style style = style_of(stdout, options.plain);

		help_verb(verb, &style);
		status = STATUS_GOOD;
	} else {
		status = verb_functions[verb](&options);
	}
	options_destroy(&options);
	return finish(status);
}
