/*
 * Running a program on both sides. Ours is a machine in this process; QEMU is a subprocess whose
 * RAM is a file that we share, so that nothing has to be transported: when it has powered off, the
 * log and everything else stand there.
 */
#ifndef DIFFERENTIAL_RUNNER_H
#define DIFFERENTIAL_RUNNER_H

#include "emu/machine.h"
#include "tests/differential/program.h"

struct runner {
	const char *harness; /* path of the ELF */
	const char *qemu;    /* path or name */
	u32 seconds;         /* what QEMU may take */
	u64 steps;           /* what ours may take */
	/* The last run. */
	struct machine *machine;
	int file;            /* QEMU's RAM */
	u8 *bytes;
	u64 state;           /* physical address of the harness's variables */
	char ended[2][80];   /* empty: powered off as it should; otherwise what happened */
	u64 runs;
};

bool runner_create(struct runner *runner, struct fault *fault);
void runner_destroy(struct runner *runner);

/* False with a fault: the run could not be made at all. */
bool runner_run(struct runner *runner, const struct program *program, struct fault *fault);

/* RAM of side 0 (ours) or 1 (QEMU's) at a physical address. */
const u8 *runner_bytes(const struct runner *runner, unsigned side, u64 address);
u64 runner_word(const struct runner *runner, unsigned side, u64 address);

/* The first line of `qemu --version`; false: it does not run. */
bool runner_qemu_version(const char *qemu, char *text, size_t size);

enum difference_kind { DIFFERENCE_NONE, DIFFERENCE_END, DIFFERENCE_RECORD, DIFFERENCE_MEMORY };

struct difference {
	enum difference_kind kind;
	u32 group;            /* a record's: in which group; otherwise none */
	u64 address[2];       /* the two records; or the word in memory, twice; 0: there is none */
};

/* compare.c */
struct difference compare(const struct runner *runner, const struct program *program);
void compare_print(const struct runner *runner, const struct difference *difference);
u64 compare_records(const struct runner *runner);

/* reduce.c: makes the program as short as it can be and still differ; prints it. */
void reduce(struct runner *runner, struct program *program, struct difference difference);

#endif
