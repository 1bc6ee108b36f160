/*
 * The paravirtual calls that are not page tables: features, return, deliver, idle, multicall. Each
 * is specified in pv/ABI.md. Called by hypercall.c through the rows of hypercall.def.
 */
#include <string.h>

#include "pv/bounce.h"
#include "pv/hypercall.h"

enum { PARA_VERSION = 1, MULTICALL_MOST = 64, MULTICALL_ARGUMENTS = 4 };

/* An entry of a multicall as it lies in the guest's memory. */
struct multicall_entry {
	u64 eid, fid, argument[MULTICALL_ARGUMENTS];
	s64 error;
	u64 value;
};

struct sbi_result para_version(struct vcpu *vcpu, const u64 *argument)
{
	return sbi_ok(PARA_VERSION);
}

struct sbi_result para_features(struct vcpu *vcpu, const u64 *argument)
{
	return sbi_ok(PARA_FEATURES);
}

struct sbi_result para_enable(struct vcpu *vcpu, const u64 *argument)
{
	u64 features = argument[0], page = argument[1], entry = argument[2];

	if (vcpu->state.features)
		return sbi_error(SBI_INVALID_STATE);
	if (!(features & PARA_TRAPS) || (features & ~(u64)PARA_FEATURES))
		return sbi_error(SBI_INVALID_PARAM);
	if ((page & ~PAGE_MASK) || !ram_holds(&vcpu->vm->board.ram, page, PAGE_SIZE))
		return sbi_error(SBI_INVALID_ADDRESS);
	/* The page is written by the monitor at any time, so it may never become a table. */
	if (!frame_hold(vcpu, page))
		return sbi_error(SBI_DENIED);
	vcpu->state.features = features;
	bounce_open(vcpu, page, entry & ~(u64)1);
	return sbi_ok(0);
}

void para_disable(struct vcpu *vcpu)
{
	if (vcpu->state.features)
		frame_release(vcpu, vcpu->state.page);
	vcpu->state.features = 0;
	vcpu->state.page = 0;
	vcpu->state.entry = 0;
	vcpu->state.direct = 0;
	vcpu->state.root[LEVEL_U] = 0;
	vcpu->state.root[LEVEL_S] = 0;
}

struct sbi_result para_trap_return(struct vcpu *vcpu, const u64 *argument)
{
	if (!(vcpu->state.features & PARA_TRAPS))
		return sbi_error(SBI_INVALID_STATE);
	bounce_return(vcpu);
	return sbi_ok(0);
}

/* Nothing to do here: what is pending is delivered before the guest goes on. */
struct sbi_result para_deliver(struct vcpu *vcpu, const u64 *argument)
{
	if (!(vcpu->state.features & PARA_TRAPS))
		return sbi_error(SBI_INVALID_STATE);
	return sbi_ok(0);
}

struct sbi_result para_idle(struct vcpu *vcpu, const u64 *argument)
{
	struct priv_in in = vcpu_in(vcpu);

	if (!(vcpu->state.features & PARA_TRAPS))
		return sbi_error(SBI_INVALID_STATE);
	bounce_unmask(vcpu);
	vcpu->state.waiting = !priv_wakes(vcpu->priv, &in);
	return sbi_ok(0);
}

static bool tables_on(const struct vcpu *vcpu)
{
	return vcpu->state.features & PARA_TABLES;
}

struct sbi_result para_table_pin(struct vcpu *vcpu, const u64 *argument)
{
	if (!tables_on(vcpu))
		return sbi_error(SBI_INVALID_STATE);
	return sbi_error(frame_pin(vcpu, argument[0], argument[1]));
}

struct sbi_result para_table_unpin(struct vcpu *vcpu, const u64 *argument)
{
	if (!tables_on(vcpu))
		return sbi_error(SBI_INVALID_STATE);
	return sbi_error(frame_unpin(vcpu, argument[0]));
}

struct sbi_result para_table_update(struct vcpu *vcpu, const u64 *argument)
{
	struct { u64 address, value; } record[FRAME_BATCH];
	u64 count = argument[1];

	if (!tables_on(vcpu))
		return sbi_error(SBI_INVALID_STATE);
	if (count > FRAME_BATCH)
		return sbi_error(SBI_INVALID_PARAM);
	if (!ram_copy_out(&vcpu->vm->board.ram, argument[0], record, count * sizeof(record[0])))
		return sbi_error(SBI_INVALID_ADDRESS);
	vcpu_charge(vcpu, PRICE_copy, count * 2);
	for (u64 i = 0; i < count; i++) {
		s64 error = frame_update(vcpu, record[i].address, record[i].value);

		if (error)
			return (struct sbi_result){ error, i };
	}
	return sbi_ok(count);
}

struct sbi_result para_table_switch(struct vcpu *vcpu, const u64 *argument)
{
	if (!tables_on(vcpu))
		return sbi_error(SBI_INVALID_STATE);
	return sbi_error(frame_switch(vcpu, argument[0], argument[1]));
}

struct sbi_result para_tlb_flush(struct vcpu *vcpu, const u64 *argument)
{
	u64 start = argument[0], size = argument[1];

	if (!tables_on(vcpu))
		return sbi_error(SBI_INVALID_STATE);
	frame_flush(vcpu, start, size);
	return sbi_ok(0);
}

static bool allowed_in_multicall(u32 row)
{
	switch (hypercall_rows[row].extension_id) {
	case HYPERCALL_EXTENSION_para:
		return row != HYPERCALL_para_enable && row != HYPERCALL_para_multicall;
	case HYPERCALL_EXTENSION_time:
	case HYPERCALL_EXTENSION_ipi:
	case HYPERCALL_EXTENSION_dbcn:
		return true;
	default:
		return false;
	}
}

struct sbi_result para_multicall(struct vcpu *vcpu, const u64 *argument)
{
	struct multicall_entry entry[MULTICALL_MOST];
	struct ram *ram = &vcpu->vm->board.ram;
	u64 address = argument[0], count = argument[1];
	u32 row[MULTICALL_MOST];

	if (!(vcpu->state.features & PARA_MULTICALL))
		return sbi_error(SBI_INVALID_STATE);
	if (count == 0 || count > MULTICALL_MOST)
		return sbi_error(SBI_INVALID_PARAM);
	if ((address & 7) || !vm_writable(vcpu->vm, address, count * sizeof(entry[0]))
	    || !ram_copy_out(ram, address, entry, count * sizeof(entry[0])))
		return sbi_error(SBI_INVALID_ADDRESS);
	for (u64 i = 0; i < count; i++) {
		row[i] = hypercall_find(vcpu, entry[i].eid, entry[i].fid);
		/* What does not come back here must be last. */
		if (row[i] == HYPERCALLS || !allowed_in_multicall(row[i]) || (i + 1 < count
		    && (row[i] == HYPERCALL_para_trap_return || row[i] == HYPERCALL_para_idle)))
			return sbi_error(SBI_INVALID_PARAM);
	}
	vcpu_charge(vcpu, PRICE_copy, count * sizeof(entry[0]) / 8);
	for (u64 i = 0; i < count; i++) {
		u64 padded[6] = { 0 };
		struct sbi_result result;

		memcpy(padded, entry[i].argument, sizeof(entry[i].argument));
		vcpu->vm->state.tally.count[VM_COUNT_multicall_entries]++;
		vcpu_charge(vcpu, PRICE_call, 1);
		result = hypercall_make(vcpu, row[i], padded);
		/* An earlier entry may have made a table of this page: then nothing is written. */
		if (vm_writable(vcpu->vm, address, count * sizeof(entry[0]))) {
			u64 at = address + i * sizeof(entry[0]);

			ram_write(ram, at + offsetof(struct multicall_entry, error),
				(u64)result.error, 8);
			ram_write(ram, at + offsetof(struct multicall_entry, value), result.value, 8);
		}
		if (result.error)
			return (struct sbi_result){ result.error, i };
	}
	return sbi_ok(count);
}
