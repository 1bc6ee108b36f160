/*
 * Native: the guest owns the machine. The built-in firmware below it answers SBI calls and turns
 * machine timer interrupts into supervisor ones, with exceptions and interrupts delegated as OpenSBI
 * delegates them; what it does is firmware time and firmware calls, not exits.
 */
#include "pv/monitor.h"

void firmware_boot(struct priv *priv)
{
	priv->level = LEVEL_S;
	priv->edeleg = UINT64_C(1) << CAUSE_fetch_misaligned | UINT64_C(1) << CAUSE_breakpoint
		| UINT64_C(1) << CAUSE_ecall_u | UINT64_C(1) << CAUSE_fetch_page
		| UINT64_C(1) << CAUSE_load_page | UINT64_C(1) << CAUSE_store_page;
	priv->ideleg = UINT64_C(1) << IRQ_supervisor_software
		| UINT64_C(1) << IRQ_supervisor_timer | UINT64_C(1) << IRQ_supervisor_external;
	priv->bank[LEVEL_M].counteren = 7;
	priv->bank[LEVEL_S].counteren = 7;
	if (priv_has(priv, EXTENSION_F))
		priv->status |= STATUS_FS_INITIAL;
	/* Cache-block operations are for everybody below to allow. */
	priv->bank[LEVEL_M].envcfg |= ENVCFG_CBIE | ENVCFG_CBCFE | ENVCFG_CBZE;
	/* One rule: everything is allowed everywhere. */
	priv->pmpaddr[0] = (UINT64_C(1) << 54) - 1;
	priv->pmpcfg[0] = 0x1f;
}

bool firmware_interrupt(struct vcpu *vcpu, u64 cause)
{
	if (cause != (CAUSE_INTERRUPT | IRQ_machine_timer))
		return false;
	vcpu->priv->ie &= ~(UINT64_C(1) << IRQ_machine_timer);
	vcpu->priv->ip |= UINT64_C(1) << IRQ_supervisor_timer;
	return true;
}

static void native_interrupt(struct vcpu *vcpu, const struct exit *exit)
{
	vcpu_reason(vcpu, EXIT_interrupt, exit->cause, 0);
	firmware_interrupt(vcpu, exit->cause);
}

/* The state is the hart's own: it has only to be told that it may have changed. */
static void native_enter(struct vcpu *vcpu)
{
	hart_changed(vcpu->hart);
}

static exit_handler *const native_handlers[CAUSES] = {
	[CAUSE_ecall_s] = hypercall,
};

const struct virt_mode mode_native = {
	.size = sizeof(struct virt_mode),
	.version = VIRT_MODE_VERSION,
	.name = "native",
	.words = "the guest owns the machine; firmware answers its calls",
	.guest_is_real = true,
	.time = TIME_FIRMWARE,
	.exception = native_handlers,
	.interrupt = native_interrupt,
	.enter = native_enter,
};
