/*
 * What concerns harts: timer, software interrupts, remote fences, start and stop. SBI specification,
 * chapters 6 to 9.
 */
#include "core/bits.h"
#include "pv/hypercall.h"

enum { HSM_STARTED = 0, HSM_STOPPED = 1 };

/* A timer interrupt at S: the machine's timer, turned into STIP by firmware_interrupt. */
static void set_timer(struct vcpu *vcpu, u64 time)
{
	vcpu->priv->ip &= ~(UINT64_C(1) << IRQ_supervisor_timer);
	vcpu->priv->ie |= UINT64_C(1) << IRQ_machine_timer;
	vcpu->vm->board.clock->state.now = hart_now(vcpu->hart);
	clint_set_compare(&vcpu->vm->board.clint, vcpu->number, time);
}

struct sbi_result time_set_timer(struct vcpu *vcpu, const u64 *argument)
{
	set_timer(vcpu, argument[0]);
	return sbi_ok(0);
}

/* Calls `act` on each virtual hart that mask and base name; a base of -1 names all (chapter 3.1). */
static s64 each_hart(struct vcpu *vcpu, u64 mask, u64 base,
	void (*act)(struct vcpu *target, struct vcpu *by, const u64 *argument),
	const u64 *argument)
{
	struct vm *vm = vcpu->vm;

	if (base != ~(u64)0) {
		for (u32 bit = 0; bit < 64; bit++)
			if ((mask >> bit & 1) && (base >= vm->vcpus || bit >= vm->vcpus - base))
				return SBI_INVALID_PARAM;
	}
	for (u32 i = 0; i < vm->vcpus; i++)
		if (base == ~(u64)0 || (i >= base && mask >> (i - base) & 1))
			act(&vm->vcpu[i], vcpu, argument);
	return SBI_SUCCESS;
}

static void raise_software(struct vcpu *target, struct vcpu *by, const u64 *argument)
{
	target->priv->ip |= UINT64_C(1) << IRQ_supervisor_software;
	vcpu_poke(target, by);
}

struct sbi_result ipi_send_ipi(struct vcpu *vcpu, const u64 *argument)
{
	return sbi_error(each_hart(vcpu, argument[0], argument[1], raise_software, argument));
}

/* Decoded code is never stale: a remote fence.i has nothing left to do. */
static void fence_code(struct vcpu *target, struct vcpu *by, const u64 *argument)
{
}

/* At the cost of the one who asks. A virtualized guest's shadow tables serve all its harts, so that
 * fencing them once fences every hart. */
static void fence_memory(struct vcpu *target, struct vcpu *by, u64 start, u64 size, s32 asid)
{
	/* From so many pages on, everything is cheaper. */
	bool all = size == 0 || size > FRAME_FLUSH_PAGES * PAGE_SIZE;
	u64 pages = all ? 1 : (size + (start & ~PAGE_MASK) + PAGE_SIZE - 1) >> PAGE_SHIFT;

	for (u64 i = 0; i < pages; i++) {
		u64 address = start + i * PAGE_SIZE;

		if (target->vm->mode->guest_is_real) {
			tlb_flush(&target->hart->tlb, all, address, asid);
			vcpu_charge(by, PRICE_flush, 1);
		} else {
			shadow_fence(by, all, address, asid);
		}
	}
}

static void fence_all_asids(struct vcpu *target, struct vcpu *by, const u64 *argument)
{
	fence_memory(target, by, argument[2], argument[3], TLB_ALL_ASIDS);
}

static void fence_one_asid(struct vcpu *target, struct vcpu *by, const u64 *argument)
{
	fence_memory(target, by, argument[2], argument[3], (s32)(argument[4] & 0xffff));
}

struct sbi_result rfence_remote_fence_i(struct vcpu *vcpu, const u64 *argument)
{
	return sbi_error(each_hart(vcpu, argument[0], argument[1], fence_code, argument));
}

struct sbi_result rfence_remote_sfence_vma(struct vcpu *vcpu, const u64 *argument)
{
	return sbi_error(each_hart(vcpu, argument[0], argument[1], fence_all_asids, argument));
}

struct sbi_result rfence_remote_sfence_vma_asid(struct vcpu *vcpu, const u64 *argument)
{
	return sbi_error(each_hart(vcpu, argument[0], argument[1], fence_one_asid, argument));
}

struct sbi_result hsm_hart_start(struct vcpu *vcpu, const u64 *argument)
{
	struct vcpu *target;

	if (argument[0] >= vcpu->vm->vcpus)
		return sbi_error(SBI_INVALID_PARAM);
	target = &vcpu->vm->vcpu[argument[0]];
	if (!target->state.stopped)
		return sbi_error(SBI_ALREADY_AVAILABLE);
	if ((argument[1] & 1) || !ram_holds(&vcpu->vm->board.ram, argument[1], 2))
		return sbi_error(SBI_INVALID_ADDRESS);
	/* It begins when it is told to, not before. */
	vcpu_idle(target, vcpu->hart->cycle);
	vcpu_start(target, argument[1], argument[2]);
	return sbi_ok(0);
}

struct sbi_result hsm_hart_stop(struct vcpu *vcpu, const u64 *argument)
{
	bool alone = true;

	for (u32 i = 0; i < vcpu->vm->vcpus; i++)
		alone &= &vcpu->vm->vcpu[i] == vcpu || vcpu->vm->vcpu[i].state.stopped;
	/* The last hart may not stop: nobody could start it again. */
	if (alone)
		return sbi_error(SBI_FAILED);
	para_disable(vcpu);
	vcpu->state.stopped = true;
	vcpu->resumed = true;
	return sbi_ok(0);
}

struct sbi_result hsm_hart_get_status(struct vcpu *vcpu, const u64 *argument)
{
	if (argument[0] >= vcpu->vm->vcpus)
		return sbi_error(SBI_INVALID_PARAM);
	return sbi_ok(vcpu->vm->vcpu[argument[0]].state.stopped ? HSM_STOPPED : HSM_STARTED);
}

struct sbi_result hsm_hart_suspend(struct vcpu *vcpu, const u64 *argument)
{
	struct priv_in in = vcpu_in(vcpu);

	/* Default retentive suspend is a wfi; what loses state is not there. */
	if (argument[0] != 0)
		return sbi_error(argument[0] == 0x80000000 ? SBI_NOT_SUPPORTED : SBI_INVALID_PARAM);
	if (!priv_wakes(vcpu->priv, &in)) {
		if (vcpu->vm->mode->guest_is_real)
			vcpu->hart->waiting = true;
		else
			vcpu->state.waiting = true;
	}
	return sbi_ok(0);
}

struct sbi_result legacy_set_timer(struct vcpu *vcpu, const u64 *argument)
{
	set_timer(vcpu, argument[0]);
	return sbi_ok(0);
}

struct sbi_result legacy_clear_ipi(struct vcpu *vcpu, const u64 *argument)
{
	vcpu->priv->ip &= ~(UINT64_C(1) << IRQ_supervisor_software);
	return sbi_ok(0);
}

/*
 * Legacy calls name harts by a mask in the guest's virtual memory. Fences on harts that it does not
 * name do no harm, so all are fenced; an interrupt too many is one that finds nothing to do.
 */
struct sbi_result legacy_send_ipi(struct vcpu *vcpu, const u64 *argument)
{
	return sbi_error(each_hart(vcpu, 0, ~(u64)0, raise_software, argument));
}

struct sbi_result legacy_remote_fence_i(struct vcpu *vcpu, const u64 *argument)
{
	return sbi_ok(0);
}

struct sbi_result legacy_remote_sfence_vma(struct vcpu *vcpu, const u64 *argument)
{
	for (u32 i = 0; i < vcpu->vm->vcpus; i++)
		fence_memory(&vcpu->vm->vcpu[i], vcpu, argument[1], argument[2],
			TLB_ALL_ASIDS);
	return sbi_ok(0);
}

struct sbi_result legacy_remote_sfence_vma_asid(struct vcpu *vcpu, const u64 *argument)
{
	for (u32 i = 0; i < vcpu->vm->vcpus; i++)
		fence_memory(&vcpu->vm->vcpu[i], vcpu, argument[1], argument[2],
			(s32)(argument[3] & 0xffff));
	return sbi_ok(0);
}
