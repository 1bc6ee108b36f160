/*
 * A memory access that the monitor performs in the guest's stead: to a device, or to RAM that must
 * not be mapped. The instruction is fetched through the guest's tables, decoded with the one table,
 * and performed by the verb's own function (cpu/exec.h) on a port that leads to the guest's memory
 * and bus.
 */
#include "core/bits.h"
#include "cpu/decode.h"
#include "cpu/pmp.h"
#include "pv/monitor.h"

static bool guest_fault(struct vcpu *vcpu, u64 cause, u64 address)
{
	vcpu->trap_cause = cause;
	vcpu->trap_tval = address;
	return false;
}

/*
 * Guest-virtual to guest-physical, by the guest's own tables and rules. Direct tables hold machine
 * addresses; what lies below RAM in them is the guest's device space, as it is.
 */
static bool guest_translate(struct vcpu *vcpu, u64 address, unsigned width, enum access access,
	u64 *physical)
{
	struct vm *vm = vcpu->vm;
	struct mmu_view view = mmu_view(vcpu->priv, access);
	struct walk walk;

	if (vcpu->state.direct) {
		view = mmu_view(&vcpu->hart->priv, access);
		view.satp = frame_satp(vcpu);
		walk = mmu_walk(&view, vm->monitor->ram, address, access);
		if (walk.result == WALK_OK && walk.physical >= BOARD_ram)
			walk.physical -= vm->offset;
	} else {
		walk = mmu_walk(&view, &vm->board.ram, address, access);
		if (walk.result == WALK_OK && !pmp_allows(vcpu->priv, walk.physical, width, access,
		    view.level))
			walk.result = WALK_ACCESS_FAULT;
	}
	vcpu_charge(vcpu, PRICE_walk_step, walk.steps);
	if (walk.result != WALK_OK)
		return guest_fault(vcpu, mmu_cause(walk.result, access), address);
	/* A and D of guest tables; direct ones were set by the hardware. */
	if (walk.update && !vcpu->state.direct)
		ram_write(&vm->board.ram, walk.entry[walk.steps - 1], walk.update, 8);
	*physical = walk.physical;
	return true;
}

/* One access within a page. */
static bool guest_load(struct vcpu *vcpu, u64 address, unsigned width, enum access access, u64 *value)
{
	struct vm *vm = vcpu->vm;
	u64 physical;

	if (!guest_translate(vcpu, address, width, access, &physical))
		return false;
	if (!ram_holds(&vm->board.ram, physical, width)) {
		vcpu_reason(vcpu, EXIT_device_read, physical, 0);
		vcpu_charge(vcpu, PRICE_device, 1);
	}
	vm->board.clock->state.now = hart_now(vcpu->hart);
	if (((physical & (width - 1)) && !ram_holds(&vm->board.ram, physical, width))
	    || !bus_read(&vm->board.bus, physical, width, value))
		return guest_fault(vcpu, mmu_cause(WALK_ACCESS_FAULT, access), address);
	return true;
}

static bool guest_store(struct vcpu *vcpu, u64 address, unsigned width, u64 value)
{
	struct vm *vm = vcpu->vm;
	bool ram;
	u64 physical;

	if (!guest_translate(vcpu, address, width, ACCESS_WRITE, &physical))
		return false;
	ram = ram_holds(&vm->board.ram, physical, width);
	if (!ram) {
		vcpu_reason(vcpu, EXIT_device_write, physical, 0);
		vcpu_charge(vcpu, PRICE_device, 1);
	}
	vm->board.clock->state.now = hart_now(vcpu->hart);
	if ((ram && !vm_writable(vm, physical, width)) || (!ram && (physical & (width - 1)))
	    || !bus_write(&vm->board.bus, physical, width, value))
		return guest_fault(vcpu, CAUSE_store_access, address);
	/* A device may have pulled another hart's line. */
	for (u32 i = 0; !ram && i < vm->vcpus; i++)
		vcpu_poke(&vm->vcpu[i], vcpu);
	return true;
}

/* Bytes before the page boundary that the access crosses; 0 when it crosses none. */
static unsigned crossing(u64 address, unsigned width)
{
	u64 room = PAGE_SIZE - (address & ~PAGE_MASK);

	return room < width ? (unsigned)room : 0;
}

/* An access across pages must find RAM in both before either is touched: as on the hart. */
static bool both_pages(struct vcpu *vcpu, u64 address, unsigned width, enum access access)
{
	const struct ram *ram = &vcpu->vm->board.ram;
	u64 first, last;

	if (!guest_translate(vcpu, address, 1, access, &first)
	    || !guest_translate(vcpu, address + width - 1, 1, access, &last))
		return false;
	return (ram_holds(ram, first, 1) && ram_holds(ram, last, 1))
		|| guest_fault(vcpu, mmu_cause(WALK_ACCESS_FAULT, access), address);
}

static bool port_load(void *self, u64 address, unsigned width, enum port_purpose purpose, u64 *value)
{
	struct vcpu *vcpu = self;
	enum access access = purpose == PORT_ATOMIC ? ACCESS_WRITE : ACCESS_READ;
	u64 part;

	if (purpose == PORT_ATOMIC && (address & (width - 1)))
		return guest_fault(vcpu, CAUSE_store_misaligned, address);
	if (!crossing(address, width))
		return guest_load(vcpu, address, width, access, value);
	if (!both_pages(vcpu, address, width, access))
		return false;
	*value = 0;
	for (unsigned i = 0; i < width; i++) {
		if (!guest_load(vcpu, address + i, 1, access, &part))
			return false;
		*value |= part << 8 * i;
	}
	return true;
}

static bool port_store(void *self, u64 address, unsigned width, enum port_purpose purpose, u64 value)
{
	struct vcpu *vcpu = self;

	if (!crossing(address, width))
		return guest_store(vcpu, address, width, value);
	if (!both_pages(vcpu, address, width, ACCESS_WRITE))
		return false;
	for (unsigned i = 0; i < width; i++)
		if (!guest_store(vcpu, address + i, 1, value >> 8 * i & 0xff))
			return false;
	return true;
}

static bool port_reserve(void *self, u64 address, unsigned width, u64 *value)
{
	return guest_fault(self, CAUSE_load_access, address);
}

static bool port_conditional(void *self, u64 address, unsigned width, u64 value, bool *success)
{
	return guest_fault(self, CAUSE_store_access, address);
}

static bool port_block(void *self, u64 address, bool zero)
{
	struct vcpu *vcpu = self;
	u64 base = address & ~(u64)(CACHE_BLOCK - 1);
	u64 physical;

	if (!guest_translate(vcpu, base, CACHE_BLOCK, zero ? ACCESS_WRITE : ACCESS_READ, &physical)) {
		bool page = vcpu->trap_cause == CAUSE_load_page
			|| vcpu->trap_cause == CAUSE_store_page;

		return guest_fault(vcpu, page ? CAUSE_store_page : CAUSE_store_access, address);
	}
	if (!ram_holds(&vcpu->vm->board.ram, physical, CACHE_BLOCK))
		return guest_fault(vcpu, CAUSE_store_access, address);
	for (u64 at = 0; zero && at < CACHE_BLOCK; at += 8)
		if (!guest_store(vcpu, base + at, 8, 0))
			return guest_fault(vcpu, CAUSE_store_access, address);
	return true;
}

/* The instruction at pc, by software: what a monitor pays when hardware does not tell. */
static bool guest_fetch(struct vcpu *vcpu, struct insn *insn)
{
	const struct ram *ram = &vcpu->vm->board.ram;
	u64 pc = vcpu->hart->pc;
	u64 physical, above;
	u32 word;

	vcpu_charge(vcpu, PRICE_fetch, 1);
	vcpu_charge(vcpu, PRICE_decode, 1);
	if (!guest_translate(vcpu, pc, 2, ACCESS_FETCH, &physical))
		return false;
	if (!ram_holds(ram, physical, 2))
		return guest_fault(vcpu, CAUSE_fetch_access, pc);
	word = (u32)ram_read(ram, physical, 2);
	if ((word & 3) == 3) {
		above = physical + 2;
		if ((pc & ~PAGE_MASK) == PAGE_SIZE - 2
		    && !guest_translate(vcpu, pc + 2, 2, ACCESS_FETCH, &above))
			return false;
		if (!ram_holds(ram, above, 2))
			return guest_fault(vcpu, CAUSE_fetch_access, pc + 2);
		word |= (u32)ram_read(ram, above, 2) << 16;
	}
	*insn = decode(vcpu->hart->isa, word);
	return true;
}

void access_emulate(struct vcpu *vcpu)
{
	const struct port port = { vcpu, port_load, port_store, port_reserve, port_conditional,
		port_block };
	struct insn insn;

	if (!guest_fetch(vcpu, &insn)) {
		vcpu_inject(vcpu, vcpu->trap_cause, vcpu->trap_tval);
		return;
	}
	vcpu->reason_insn = insn.word;
	/* What is no memory access can only mean that the code changed under the fault: run it again. */
	if (!exec_is_memory((enum insn_id)insn.id))
		return;
	if (exec_memory(&port, &insn, vcpu->hart->x, vcpu->hart->f)) {
		if (insn_rows[insn.id].verb == VERB_FLOAD)
			vcpu->priv->status |= STATUS_FS;
		vcpu_skip(vcpu, insn.length);
	} else {
		vcpu_inject(vcpu, vcpu->trap_cause, vcpu->trap_tval);
	}
}
