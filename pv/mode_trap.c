/*
 * Trap-and-emulate: the guest is unmodified and runs at user level. Whatever is privileged traps and
 * is performed on its virtual state; memory is seen through shadow page tables.
 */
#include "pv/bounce.h"
#include "pv/monitor.h"

#include "core/bits.h"

static void trap_ecall(struct vcpu *vcpu, const struct exit *exit)
{
	if (vcpu->priv->level == LEVEL_S) {
		hypercall(vcpu, exit);
		return;
	}
	vcpu_reason(vcpu, EXIT_system_call, vcpu->hart->x[17], 0);
	vcpu_inject(vcpu, CAUSE_ecall_u, 0);
}

/* Order as in enum access. */
static enum access fault_access(u64 cause)
{
	if (cause == CAUSE_fetch_page || cause == CAUSE_fetch_access)
		return ACCESS_FETCH;
	return cause == CAUSE_load_page || cause == CAUSE_load_access ? ACCESS_READ : ACCESS_WRITE;
}

static void trap_page_fault(struct vcpu *vcpu, const struct exit *exit)
{
	enum access access = fault_access(exit->cause);
	struct walk walk;

	if (vcpu->state.direct) {
		vcpu_reason(vcpu, EXIT_fault_true, exit->tval, 0);
		vcpu_inject(vcpu, exit->cause, exit->tval);
		return;
	}
	vcpu_reason(vcpu, EXIT_fault_hidden, exit->tval, 0);
	if (shadow_fault(vcpu, exit->tval, access, &walk))
		return;
	if (walk.result != WALK_OK) {
		vcpu_reason(vcpu, EXIT_fault_true, exit->tval, 0);
		vcpu_inject(vcpu, mmu_cause(walk.result, access), exit->tval);
	} else if (access == ACCESS_FETCH) {
		vcpu_reason(vcpu, EXIT_exception, exit->cause, 0);
		vcpu_inject(vcpu, CAUSE_fetch_access, exit->tval);
	} else {
		access_emulate(vcpu);
	}
}

/* Nothing is mapped that is not RAM, save device leaves of direct tables. */
static void trap_access_fault(struct vcpu *vcpu, const struct exit *exit)
{
	if (vcpu->state.direct && exit->cause != CAUSE_fetch_access)
		access_emulate(vcpu);
	else
		vcpu_inject(vcpu, exit->cause, exit->tval);
}

static void trap_interrupt(struct vcpu *vcpu, const struct exit *exit)
{
	vcpu_reason(vcpu, EXIT_interrupt, *vcpu->lines, 0);
	vcpu->hart->lines = 0;
}

/* Delivers every interrupt that the virtual state wants taken. */
static void deliver(struct vcpu *vcpu)
{
	struct priv_in in = { .lines = *vcpu->lines };
	u64 cause;

	while (priv_interrupt(vcpu->priv, &in, &cause)) {
		if (priv_target(vcpu->priv, cause) == LEVEL_M) {
			if (!firmware_interrupt(vcpu, cause))
				break;
		} else if (vcpu->state.features & PARA_TRAPS) {
			break;
		} else {
			vcpu->state.waiting = false;
			vcpu_inject(vcpu, cause, 0);
		}
	}
	if (vcpu->state.features & PARA_TRAPS)
		bounce_pending(vcpu);
}

/* Cache-block operations are allowed to the real user level when they are to the virtual level. */
static void load_environment(struct priv *real, const struct priv *guest)
{
	static const u64 fields[] = { ENVCFG_CBIE, ENVCFG_CBCFE, ENVCFG_CBZE };
	u64 allowed = 0;

	for (u32 i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (priv_environment_allows(guest, fields[i]))
			allowed |= fields[i];
	real->bank[LEVEL_M].envcfg = ENVCFG_ADUE | allowed;
	real->bank[LEVEL_S].envcfg = allowed;
}

/* The registers are the real hart's; whether they may be used is the guest's. Dirtiness comes back
 * in trap_leave. */
static void load_float(struct priv *real, const struct priv *guest)
{
	real->status = (real->status & ~STATUS_FS) | (guest->status & STATUS_FS);
	real->fcsr = guest->fcsr;
}

static void trap_enter(struct vcpu *vcpu)
{
	struct hart *hart = vcpu->hart;
	struct priv *real = &hart->priv;
	const struct priv *guest = vcpu->priv;
	u64 counters = guest->bank[LEVEL_M].counteren;
	u64 satp;

	if (!vcpu->state.waiting)
		deliver(vcpu);
	if (guest->level == LEVEL_U)
		counters &= guest->bank[LEVEL_S].counteren;
	/* A virtual timer that was moved is not the real one. */
	if (vcpu->vm->board.clint.state.offset)
		counters &= ~UINT64_C(2);
	/* Nor are virtual counts that were written, or stand still; and what was emulated has retired
	 * for the guest alone. */
	if (guest->counter[0] || guest->countinhibit)
		counters &= ~UINT64_C(1);
	if (guest->counter[2] || guest->countinhibit || vcpu->state.retired)
		counters &= ~UINT64_C(4);
	real->bank[LEVEL_M].counteren = counters;
	real->bank[LEVEL_S].counteren = counters;
	load_environment(real, guest);
	load_float(real, guest);
	satp = vcpu->state.direct ? frame_satp(vcpu) : shadow_satp(vcpu);
	vcpu->state.reload = false;
	if (satp != real->satp) {
		real->satp = satp;
		vcpu->vm->state.tally.count[VM_COUNT_shadow_switches]++;
		hart_changed(hart);
	}
	vcpu->state.lines_seen = *vcpu->lines | guest->ip;
}

static void trap_leave(struct vcpu *vcpu)
{
	const struct priv *real = &vcpu->hart->priv;
	struct priv *guest = vcpu->priv;

	guest->status = (guest->status & ~STATUS_FS) | (real->status & STATUS_FS);
	guest->fcsr = real->fcsr;
}

static exit_handler *const trap_handlers[CAUSES] = {
	[CAUSE_illegal] = emulate,
	[CAUSE_ecall_u] = trap_ecall,
	[CAUSE_fetch_page] = trap_page_fault,
	[CAUSE_load_page] = trap_page_fault,
	[CAUSE_store_page] = trap_page_fault,
	[CAUSE_fetch_access] = trap_access_fault,
	[CAUSE_load_access] = trap_access_fault,
	[CAUSE_store_access] = trap_access_fault,
};

const struct virt_mode mode_trap = {
	.size = sizeof(struct virt_mode),
	.version = VIRT_MODE_VERSION,
	.name = "trap",
	.words = "unmodified guest at user level; a monitor emulates its privileged work",
	.time = TIME_MONITOR,
	.exception = trap_handlers,
	.interrupt = trap_interrupt,
	.enter = trap_enter,
	.leave = trap_leave,
};

/*
 * Paravirtual: the same machine with the paravirtual extension offered. A guest that does not ask
 * for it is run exactly as above; one that does leaves for fewer reasons.
 */
const struct virt_mode mode_pv = {
	.size = sizeof(struct virt_mode),
	.version = VIRT_MODE_VERSION,
	.name = "pv",
	.words = "modified guest; it asks the monitor (hypercalls)",
	.para = true,
	.time = TIME_MONITOR,
	.exception = trap_handlers,
	.interrupt = trap_interrupt,
	.enter = trap_enter,
	.leave = trap_leave,
};
