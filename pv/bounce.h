/*
 * The shared page, and delivery of traps through it. Called by the monitor where it would otherwise
 * inject through the guest's CSRs, and by the paravirtual calls.
 */
#ifndef PV_BOUNCE_H
#define PV_BOUNCE_H

#include "pv/vm.h"

/* Offsets in the shared page: pv/ABI.md, "The shared page". */
enum shared_field {
	SHARED_ENABLED = 0, SHARED_PENDING = 4, SHARED_CAUSE = 8, SHARED_EPC = 16, SHARED_TVAL = 24,
	SHARED_STATUS = 32, SHARED_SCRATCH = 40, SHARED_OFFSET = 48,
	SHARED_A0 = 64, SHARED_A1 = 72, SHARED_A6 = 80, SHARED_A7 = 88, SHARED_SIZE = 96
};

/* Delivers a trap to the guest's entry. */
void bounce(struct vcpu *vcpu, u64 cause, u64 tval);

/* Delivers a pending interrupt if the guest has them enabled, else leaves a note in the page. */
void bounce_pending(struct vcpu *vcpu);

/* `enable`: clears the page and remembers it. */
void bounce_open(struct vcpu *vcpu, u64 page, u64 entry);

/* trap_return: goes on where the page says. */
void bounce_return(struct vcpu *vcpu);

/* Sets the guest's interrupt flag. */
void bounce_unmask(struct vcpu *vcpu);

#endif
