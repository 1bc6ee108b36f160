/*
 * Trying what may trap. trap_try() calls a function and comes back in either case: when the
 * function returns, or when a trap or an interrupt is taken while it runs. The trap is not handled;
 * whatever the function was doing is given up.
 */
#ifndef GUESTS_CHECK_TRAP_H
#define GUESTS_CHECK_TRAP_H

#include "core/types.h"
#include "guests/lib/csr.h"

/* Offsets are known to trap.S. */
struct trap {
	u64 cause, tval, epc;
	u64 status; /* sstatus (bare: mstatus) as the trap left it */
};

enum { TRAP_NONE = 63 }; /* no such cause: the function returned */

/* trap->cause is TRAP_NONE if function(argument) returned. tvec and status are as before the call.
 * Tries do not nest. */
void trap_try(struct trap *trap, void (*function)(u64 argument), u64 argument);

/* Goes on at `pc` at user level, with the registers as they happen to be. For use inside a try. */
static inline void trap_enter_user(u64 pc)
{
	csr_write(sepc, pc);
	csr_clear(sstatus, STATUS_SPP | STATUS_SPIE);
	asm volatile("sret");
	__builtin_unreachable();
}

#endif
