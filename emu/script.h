/*
 * A script at the guest's console: it waits for what the guest writes, types answers, and fails
 * when something does not come. All of it happens in modelled time, so a scripted run is the same
 * on every host. It stands between the machine and the real console, which goes on showing the
 * output.
 *
 *	# a comment
 *	expect TEXT      wait until the guest has written TEXT, since the last one that was met
 *	send TEXT        type TEXT and a carriage return
 *	type TEXT        type TEXT
 *	wait SECONDS     do nothing for so long
 *	timeout SECONDS  how long each expect after this one may take (60)
 *	leave            end the run, as a success
 *
 * TEXT is the rest of the line; \n \r \t \\ and \xHH are what they are in C. A blank at its
 * beginning or end is written \x20.
 *
 * After its last line the keyboard goes on if there is a terminal; otherwise input has ended.
 */
#ifndef EMU_SCRIPT_H
#define EMU_SCRIPT_H

#include "core/fault.h"
#include "core/host.h"

struct script_line;

struct script {
	const char *path;         /* borrowed */
	struct script_line *line;
	u32 lines, at;            /* `at` is the line being done; `lines`: all are done */
	struct host below;
	bool keyboard;            /* hand over to it after the last line */
	bool failed, left;        /* an expect came too late; `leave` was reached */
	u64 offset;               /* cycles of machines before the last reboot */
	u64 now;                  /* latest time heard of, offset included */
	u64 since;                /* when the line being done began */
	u64 typed;                /* of the line being done: bytes already given to the guest */
	u8 *heard;                /* output since the last expectation that was met */
	u64 length, searched;
};

/* Reads the file; a fault names the line. `keyboard`: `below` has one. */
bool script_create(struct script *script, const char *path, const struct host *below, bool keyboard,
	struct fault *fault);
void script_destroy(struct script *script);

/* What the machine gets as its host. */
struct host script_host(struct script *script);

/* Time is now `cycle`: between stretches of the machine's run. */
void script_advance(struct script *script, u64 cycle);

/* The machine begins again at cycle 0. */
void script_rebooted(struct script *script);

/* The cycle at which script_advance should be called at the latest, or NEVER. */
u64 script_deadline(const struct script *script);

static inline bool script_done(const struct script *script)
{
	return script->at == script->lines;
}

/* After the run: was everything met? False with the sentence. */
bool script_result(const struct script *script, struct fault *fault);

#endif
