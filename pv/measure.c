/*
 * Workload markers: a guest brackets what it measures, and the difference of two tallies is its
 * cost. A marker is an ecall like any other to the hart, which has charged it; here it is taken out
 * again, so that markers cost nothing in any mode and are no exits.
 */
#include <string.h>

#include "pv/hypercall.h"

static struct sbi_result begin(struct vm *vm, u64 name, u64 length)
{
	struct vm_state *state = &vm->state;
	struct workload *workload;

	if (state->running || state->workloads == WORKLOADS)
		return sbi_error(SBI_INVALID_STATE);
	if (length == 0 || length >= WORKLOAD_NAME)
		return sbi_error(SBI_INVALID_PARAM);
	workload = &state->workload[state->workloads];
	memset(workload, 0, sizeof(*workload));
	if (!ram_copy_out(&vm->board.ram, name, workload->name, length))
		return sbi_error(SBI_INVALID_ADDRESS);
	for (u64 i = 0; i < length; i++) {
		char c = workload->name[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) {
			memset(workload, 0, sizeof(*workload));
			return sbi_error(SBI_INVALID_PARAM);
		}
	}
	/* Peaks are taken anew for each workload. */
	state->tally.count[VM_COUNT_shadow_pages] = vm->shadow.state.pages_used;
	state->tally.count[VM_COUNT_table_frames] = vm->frames.state.tables;
	state->running = 1;
	state->workloads++;
	return sbi_ok(0);
}

static struct sbi_result end(struct vm *vm, u64 operations, const struct tally *now)
{
	struct vm_state *state = &vm->state;
	struct workload *workload;

	if (!state->running)
		return sbi_error(SBI_INVALID_STATE);
	if (operations == 0)
		return sbi_error(SBI_INVALID_PARAM);
	workload = &state->workload[state->workloads - 1];
	workload->operations = operations;
	count_difference((u64 *)&workload->tally, (const u64 *)now, (const u64 *)&state->begin,
		TALLY_WORDS);
	/* Peaks are levels, not sums. */
	workload->tally.count[VM_COUNT_shadow_pages] = now->count[VM_COUNT_shadow_pages];
	workload->tally.count[VM_COUNT_table_frames] = now->count[VM_COUNT_table_frames];
	state->running = 0;
	return sbi_ok(0);
}

bool measure_call(struct vcpu *vcpu, const struct exit *exit)
{
	struct vm *vm = vcpu->vm;
	struct hart *hart = vcpu->hart;
	u64 *traps = hart->traps[hart->priv.level][LEVEL_M];
	u64 *x = &hart->x[10];
	struct sbi_result result;
	struct tally now;

	if ((exit->cause != CAUSE_ecall_u && exit->cause != CAUSE_ecall_s)
	    || vcpu->priv->level != LEVEL_S || hart->x[17] != hypercall_extensions[
	    HYPERCALL_EXTENSION_measure].eid || hart->x[16] > 1)
		return false;
	/* As if the hart had not charged the trap: time runs on, the counts do not. */
	traps[exit->cause]--;
	hart->steps_trapped--;
	vm_tally(vm, &now);
	if (hart->x[16] == 0) {
		result = begin(vm, x[0], x[1]);
		if (result.error == SBI_SUCCESS)
			vm->state.begin = now;
	} else {
		now.cycles -= hart->prices.trap;
		now.time[hart->time_kind] -= hart->prices.trap;
		result = end(vm, x[0], &now);
	}
	hart_trace(hart, TRACE_MARK, vm->state.workloads - 1, hart->x[16] == 0, 0, 0);
	x[0] = (u64)result.error;
	x[1] = result.value;
	vcpu_skip(vcpu, 4);
	return true;
}

/* Reached through a multicall only, where a marker would be no marker. */
struct sbi_result measure_begin(struct vcpu *vcpu, const u64 *argument)
{
	return sbi_error(SBI_DENIED);
}

struct sbi_result measure_end(struct vcpu *vcpu, const u64 *argument)
{
	return sbi_error(SBI_DENIED);
}
