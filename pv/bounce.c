/*
 * Traps through the shared page: the paravirtual way of delivering one, and of coming back. The
 * layout of the page and the rules are pv/ABI.md's.
 */
#include "pv/bounce.h"

#include "pv/monitor.h"

enum { STACK_POINTER = 2, STATUS_FROM_KERNEL = 1, STATUS_ENABLED = 2 };

static u64 page_read(const struct vcpu *vcpu, enum shared_field field, unsigned width)
{
	return ram_read(&vcpu->vm->board.ram, vcpu->state.page + field, width);
}

static void page_write(struct vcpu *vcpu, enum shared_field field, unsigned width, u64 value)
{
	ram_write(&vcpu->vm->board.ram, vcpu->state.page + field, value, width);
}

/* The flag is a word of the page, or, for a guest without that feature, sstatus.SIE as ever. */
static bool enabled_get(const struct vcpu *vcpu)
{
	if (vcpu->state.features & PARA_IRQ_FLAG)
		return page_read(vcpu, SHARED_ENABLED, 4) == 1;
	return vcpu->priv->status & STATUS_SIE;
}

static void enabled_set(struct vcpu *vcpu, bool enabled)
{
	if (vcpu->state.features & PARA_IRQ_FLAG)
		page_write(vcpu, SHARED_ENABLED, 4, enabled);
	else
		vcpu->priv->status = enabled ? vcpu->priv->status | STATUS_SIE
			: vcpu->priv->status & ~STATUS_SIE;
}

/* sp and the page's scratch word change places: user code leaves or enters. */
static void swap_stacks(struct vcpu *vcpu)
{
	u64 scratch = page_read(vcpu, SHARED_SCRATCH, 8);

	page_write(vcpu, SHARED_SCRATCH, 8, vcpu->hart->x[STACK_POINTER]);
	vcpu->hart->x[STACK_POINTER] = scratch;
}

void bounce(struct vcpu *vcpu, u64 cause, u64 tval)
{
	struct hart *hart = vcpu->hart;
	bool kernel = vcpu->priv->level == LEVEL_S;

	hart_trace(hart, TRACE_INJECT, cause, tval, 0, 0);
	if (!kernel)
		swap_stacks(vcpu);
	page_write(vcpu, SHARED_CAUSE, 8, cause);
	page_write(vcpu, SHARED_EPC, 8, hart->pc);
	page_write(vcpu, SHARED_TVAL, 8, tval);
	page_write(vcpu, SHARED_STATUS, 8, (kernel ? STATUS_FROM_KERNEL : 0)
		| (enabled_get(vcpu) ? STATUS_ENABLED : 0));
	enabled_set(vcpu, false);
	vcpu->priv->level = LEVEL_S;
	vcpu->state.waiting = false;
	vcpu->resumed = true;
	hart->pc = vcpu->state.entry;
	vcpu->vm->state.tally.count[VM_COUNT_bounces]++;
	vcpu_charge(vcpu, PRICE_bounce, 1);
}

/* The supervisor interrupt that is enabled in sie and pending; false when there is none. */
static bool pending(const struct vcpu *vcpu, u64 *cause)
{
	struct priv_in in = vcpu_in(vcpu);
	struct priv open = *vcpu->priv;

	open.status |= STATUS_SIE;
	return priv_interrupt(&open, &in, cause);
}

void bounce_pending(struct vcpu *vcpu)
{
	u64 cause;

	if (!pending(vcpu, &cause)) {
		if (page_read(vcpu, SHARED_PENDING, 4))
			page_write(vcpu, SHARED_PENDING, 4, 0);
	} else if (enabled_get(vcpu)) {
		page_write(vcpu, SHARED_PENDING, 4, 0);
		bounce(vcpu, cause, 0);
	} else {
		page_write(vcpu, SHARED_PENDING, 4, 1);
	}
}

void bounce_open(struct vcpu *vcpu, u64 page, u64 entry)
{
	struct vm *vm = vcpu->vm;

	vcpu->state.page = page;
	vcpu->state.entry = entry;
	for (u64 at = 0; at < SHARED_SIZE; at += 8)
		ram_write(&vm->board.ram, page + at, 0, 8);
	page_write(vcpu, SHARED_OFFSET, 8, vm->offset);
}

void bounce_return(struct vcpu *vcpu)
{
	struct hart *hart = vcpu->hart;
	u64 status = page_read(vcpu, SHARED_STATUS, 8);

	enabled_set(vcpu, status & STATUS_ENABLED);
	hart->pc = page_read(vcpu, SHARED_EPC, 8) & ~(u64)1;
	hart->x[10] = page_read(vcpu, SHARED_A0, 8);
	hart->x[11] = page_read(vcpu, SHARED_A1, 8);
	hart->x[16] = page_read(vcpu, SHARED_A6, 8);
	hart->x[17] = page_read(vcpu, SHARED_A7, 8);
	if (!(status & STATUS_FROM_KERNEL)) {
		swap_stacks(vcpu);
		vcpu->priv->level = LEVEL_U;
	}
	vcpu->resumed = true;
	vcpu_charge(vcpu, PRICE_bounce, 1);
}

void bounce_unmask(struct vcpu *vcpu)
{
	enabled_set(vcpu, true);
}
