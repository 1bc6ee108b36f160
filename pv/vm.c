/*
 * What a virtual machine counts, and small things that every part of the monitor asks of it.
 */
#include "pv/vm.h"

#include <string.h>

#include "pv/monitor.h"

const struct exit_info exit_infos[EXIT_REASONS] = {
#define EXIT(name, words) { #name, words },
#include "pv/exits.def"
#undef EXIT
};

const struct count_row vm_count_rows[VM_COUNTS] = {
#define COUNT(name, unit, words) { #name, unit, words },
#include "pv/count.def"
#undef COUNT
};

void vcpu_charge(struct vcpu *vcpu, enum price price, u64 n)
{
	vcpu->vm->state.tally.primitive[price] += n;
	hart_charge(vcpu->hart, n * vcpu->vm->monitor->prices.monitor[price]);
}

struct priv_in vcpu_in(const struct vcpu *vcpu)
{
	struct priv_in in = hart_in(vcpu->hart);

	in.offset = vcpu->vm->board.clint.state.offset;
	in.instret += vcpu->state.retired;
	in.lines = *vcpu->lines;
	return in;
}

/* One hart's part of a tally, added. */
static void tally_add(struct tally *tally, struct hart *hart)
{
	hart_account(hart, (enum time_kind)hart->time_kind);
	if (hart->cycle > tally->cycles)
		tally->cycles = hart->cycle;
	tally->instructions += hart_retired(hart);
	tally->steps += hart_steps(hart);
	for (u32 i = 0; i < TIME_KINDS; i++)
		tally->time[i] += hart->time[i];
	for (u32 i = 0; i < HART_COUNTS; i++)
		tally->hart[i] += hart->count[i];
	for (u32 from = 0; from < LEVELS; from++)
		for (u32 to = 0; to < LEVELS; to++)
			for (u32 cause = 0; cause < 2 * CAUSES; cause++)
				tally->trap[from][cause] += hart->traps[from][to][cause];
}

void vm_tally(const struct vm *vm, struct tally *tally)
{
	*tally = vm->state.tally;
	for (u32 i = 0; i < vm->vcpus; i++)
		tally_add(tally, vm->vcpu[i].hart);
}

void vm_flush(struct vcpu *vcpu, bool all_addresses, u64 address, s32 asid)
{
	for (u32 i = 0; i < vcpu->vm->vcpus; i++)
		tlb_flush(&vcpu->vm->vcpu[i].hart->tlb, all_addresses, address, asid);
	vcpu_charge(vcpu, PRICE_flush, 1);
}

bool vm_writable(const struct vm *vm, u64 address, u64 length)
{
	const struct ram *ram = &vm->board.ram;

	if (!ram_holds(ram, address, length))
		return false;
	for (u64 page = address & PAGE_MASK; length && page < address + length; page += PAGE_SIZE)
		if (*ram_flags(ram, page) & RAM_SEALED)
			return false;
	return true;
}
