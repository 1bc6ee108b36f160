/*
 * The verbs of the command line: one function each, called by main.c with the options it has read,
 * whose result is the program's exit status.
 */
#ifndef EMU_VERB_H
#define EMU_VERB_H

#include "core/fault.h"
#include "emu/options.h"

/* Exit statuses. `run` gives back the guest's own when that powers off. */
enum status {
	STATUS_GOOD = 0,
	STATUS_FAILED = 1,    /* a script's expectation was not met */
	STATUS_USER = 2,      /* what the user gave is wrong: one sentence says what */
	STATUS_LIMIT = 124,   /* --limit was reached */
	STATUS_STUCK = 125,   /* the guest waits, and nothing can wake it */
	STATUS_DEAF = 141     /* nobody reads our output any longer */
};

#define VERB(name, arguments, least, most, words, more, examples) \
	int verb_##name(const struct options *options);
#include "emu/verbs.def"
#undef VERB

/* Prints the sentence and returns STATUS_USER. */
int refuse(const struct fault *fault);

#endif
