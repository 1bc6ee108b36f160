/*
 * Work that the para back end has put off, so that it costs one exit: calls collect here, in order,
 * and go together by one multicall, at the latest with trap_return. Page-table entries written one
 * after the other are one call.
 */
#ifndef TWIN_BATCH_PARA_H
#define TWIN_BATCH_PARA_H

#include "core/types.h"

/* Adds a call (a row of pv/hypercall.def that may stand in a multicall). */
void batch_call(u64 extension, u64 function, u64 a0, u64 a1);

/* Adds the write of a page-table entry. */
void batch_entry(u64 entry, u64 value);

/* Will `entry` be written? If so *value is what it will hold. */
bool batch_pending(u64 entry, u64 *value);

bool batch_empty(void);

/* Performs all of it now. */
void batch_commit(void);

/* Performs all of it and sleeps until an interrupt (para.idle). Returns unmasked. */
void batch_idle(void);

/* For entry_para.S: closes the batch with trap_return. Returns its number of calls, or 0 when
 * nothing was put off. Interrupts are masked. */
u64 batch_seal(void);
_Noreturn void batch_refused(u64 error, u64 done);

#endif
