/*
 * The interpreter: runs decoded blocks from hart->pc until something has to be looked after.
 */
#ifndef CPU_INTERP_H
#define CPU_INTERP_H

#include "cpu/isa.h"

struct hart;
struct block;

/* Places in the label table beyond the rows of insn.def. */
enum { INTERP_END = INSN_COUNT, INTERP_ILLEGAL, INTERP_LABELS };

enum interp_result {
	INTERP_LOOK,    /* between instructions: look at deadline, interrupts, stop word, blocks */
	INTERP_TRAPPED  /* hart->trap_cause is set, pc and cycle are the instruction's */
};

enum interp_result interp_run(struct hart *hart, struct block *block);

/* What a decoded instruction's `run` points to, by row. */
const void *const *interp_labels(void);

#endif
