/*
 * Direct page tables: validating the guest's own tables, so that the hardware may walk them. The
 * rules are pv/ABI.md's; the reason for each is that no sequence of calls may ever give the guest a
 * writable mapping of a table, or a mapping of memory that is not its own.
 *
 * A frame's `uses` counts what holds it in its type. Taking an entry takes what it points to; giving
 * it up gives that up; the recursion is as deep as there are levels.
 */
#include "pv/frame.h"

#include <stdlib.h>
#include <string.h>

#include "core/bits.h"
#include "pv/hypercall.h"

enum { ENTRIES = 512, ROOT_LEVEL = 2 };

bool frames_create(struct frames *frames, u32 count, u32 asid)
{
	memset(frames, 0, sizeof(*frames));
	frames->count = count;
	frames->asid = asid;
	frames->frame = calloc(count, sizeof(struct frame));
	return frames->frame != NULL;
}

void frames_destroy(struct frames *frames)
{
	free(frames->frame);
	frames->frame = NULL;
}

static struct frame *frame_at(struct vm *vm, u64 address)
{
	return &vm->frames.frame[(address - vm->board.ram.base) >> PAGE_SHIFT];
}

static bool is_frame(const struct vm *vm, u64 address)
{
	return (address & ~PAGE_MASK) == 0 && ram_holds(&vm->board.ram, address, PAGE_SIZE);
}

void frames_restored(struct vm *vm)
{
	struct frames *frames = &vm->frames;

	for (u32 i = 0; i < frames->count; i++) {
		u8 *flags = &vm->board.ram.flags[i];
		u8 type = frames->frame[i].type;

		*flags &= (u8)~RAM_SEALED;
		if (type >= FRAME_TABLE0 && type <= FRAME_TABLE2)
			*flags |= RAM_SEALED;
	}
}

static void flush_everything(struct vcpu *vcpu)
{
	vm_flush(vcpu, true, 0, TLB_ALL_ASIDS);
	vcpu->vm->frames.state.stale = 0;
}

/* Does any virtual hart run on direct tables? Others may still be on shadow tables. */
static bool any_direct(const struct vm *vm)
{
	bool any = false;

	for (u32 i = 0; i < vm->vcpus; i++)
		any |= vm->vcpu[i].state.direct != 0;
	return any;
}

/* Nobody may write it any more: not the guest through any translation on any of its harts, not a
 * device, not a call. */
static void frame_seal(struct vcpu *vcpu, u64 address)
{
	struct vm *vm = vcpu->vm;

	*ram_flags(&vm->board.ram, address) |= RAM_SEALED;
	shadow_drop(vcpu);
	if (vm->frames.state.stale && any_direct(vm))
		flush_everything(vcpu);
	for (u32 i = 0; i < vm->vcpus; i++)
		tlb_guard(&vm->vcpu[i].hart->tlb, address + vm->offset);
}

static void frame_unseal(struct vcpu *vcpu, u64 address)
{
	*ram_flags(&vcpu->vm->board.ram, address) &= (u8)~RAM_SEALED;
}

bool frame_hold(struct vcpu *vcpu, u64 address)
{
	struct frame *frame = frame_at(vcpu->vm, address);

	if (frame->type != FRAME_FREE && frame->type != FRAME_WRITABLE)
		return false;
	frame->type = FRAME_WRITABLE;
	frame->uses++;
	return true;
}

void frame_release(struct vcpu *vcpu, u64 address)
{
	struct frame *frame = frame_at(vcpu->vm, address);

	if (--frame->uses == 0)
		frame->type = FRAME_FREE;
	vcpu->vm->frames.state.stale = 1;
}

static void writable_give(struct vcpu *vcpu, u64 address, u64 pages)
{
	for (u64 i = 0; i < pages; i++)
		frame_release(vcpu, address + i * PAGE_SIZE);
}

static bool writable_take(struct vcpu *vcpu, u64 address, u64 pages)
{
	for (u64 i = 0; i < pages; i++) {
		if (!frame_hold(vcpu, address + i * PAGE_SIZE)) {
			writable_give(vcpu, address, i);
			return false;
		}
	}
	return true;
}

static s64 table_take(struct vcpu *vcpu, u64 address, unsigned level);
static void table_give(struct vcpu *vcpu, u64 address);

static unsigned level_shift(unsigned level)
{
	return PAGE_SHIFT + 9 * level;
}

static bool is_leaf(u64 entry)
{
	return entry & (PTE_R | PTE_W | PTE_X);
}

/* Validates an entry of a table of this level in the guest's terms, takes what it points to, and
 * gives the entry in the machine's terms. */
static s64 entry_take(struct vcpu *vcpu, u64 entry, unsigned level, u64 *machine)
{
	struct vm *vm = vcpu->vm;
	u64 target = pte_address(entry);
	u64 size = UINT64_C(1) << level_shift(level);

	*machine = entry;
	if (!(entry & PTE_V))
		return SBI_SUCCESS;
	vm->state.tally.count[VM_COUNT_table_entries]++;
	vcpu_charge(vcpu, PRICE_table, 1);
	if (entry & (PTE_RESERVED | PTE_G))
		return SBI_INVALID_PARAM;
	if (!is_leaf(entry)) {
		s64 error;

		if (level == 0 || (entry & (PTE_U | PTE_A | PTE_D)))
			return SBI_INVALID_PARAM;
		if (!is_frame(vm, target))
			return SBI_INVALID_ADDRESS;
		error = table_take(vcpu, target, level - 1);
		if (error)
			return error;
	} else {
		if (!(entry & PTE_U) || (entry & (PTE_R | PTE_W)) == PTE_W || (target & (size - 1)))
			return SBI_INVALID_PARAM;
		if (target < BOARD_ram)
			return target + size <= BOARD_ram ? SBI_SUCCESS : SBI_INVALID_ADDRESS;
		if (level == ROOT_LEVEL)
			return SBI_INVALID_PARAM;
		if (!ram_holds(&vm->board.ram, target, size))
			return SBI_INVALID_ADDRESS;
		if ((entry & PTE_W) && !writable_take(vcpu, target, size >> PAGE_SHIFT))
			return SBI_DENIED;
	}
	*machine = field_put(entry, PTE_PPN, (target + vm->offset) >> PAGE_SHIFT);
	return SBI_SUCCESS;
}

/* An entry in the machine's terms goes: what it held is given back. Returns it in the guest's terms. */
static u64 entry_give(struct vcpu *vcpu, u64 machine, unsigned level)
{
	struct vm *vm = vcpu->vm;
	u64 target = pte_address(machine);

	if (!(machine & PTE_V) || target < BOARD_ram)
		return machine;
	vcpu_charge(vcpu, PRICE_table, 1);
	target -= vm->offset;
	if (!is_leaf(machine))
		table_give(vcpu, target);
	else if (machine & PTE_W)
		writable_give(vcpu, target, UINT64_C(1) << (level_shift(level) - PAGE_SHIFT));
	return field_put(machine, PTE_PPN, target >> PAGE_SHIFT);
}

/* Gives back the first `count` entries of a table, leaving them in the guest's terms. */
static void entries_give(struct vcpu *vcpu, u64 address, unsigned level, u32 count)
{
	struct ram *ram = &vcpu->vm->board.ram;

	vcpu_charge(vcpu, PRICE_copy, count);
	for (u32 i = 0; i < count; i++) {
		u64 place = address + i * 8;

		ram_write(ram, place, entry_give(vcpu, ram_read(ram, place, 8), level), 8);
	}
}

static void table_free(struct vcpu *vcpu, u64 address)
{
	struct frame *frame = frame_at(vcpu->vm, address);

	frame->type = FRAME_FREE;
	frame->uses = 0;
	vcpu->vm->frames.state.tables--;
	frame_unseal(vcpu, address);
}

static s64 table_take(struct vcpu *vcpu, u64 address, unsigned level)
{
	struct vm *vm = vcpu->vm;
	struct frame *frame = frame_at(vm, address);
	struct ram *ram = &vm->board.ram;
	u64 *peak = &vm->state.tally.count[VM_COUNT_table_frames];

	if (frame->type == FRAME_TABLE0 + level) {
		frame->uses++;
		return SBI_SUCCESS;
	}
	if (frame->type != FRAME_FREE)
		return SBI_DENIED;
	frame->type = (u8)(FRAME_TABLE0 + level);
	frame->uses = 1;
	if (++vm->frames.state.tables > *peak)
		*peak = vm->frames.state.tables;
	frame_seal(vcpu, address);
	/* All of it is read, what is valid is checked. */
	vcpu_charge(vcpu, PRICE_copy, ENTRIES);
	for (u32 i = 0; i < ENTRIES; i++) {
		u64 machine;
		s64 error = entry_take(vcpu, ram_read(ram, address + i * 8, 8), level, &machine);

		if (error) {
			entries_give(vcpu, address, level, i);
			table_free(vcpu, address);
			return error;
		}
		ram_write(ram, address + i * 8, machine, 8);
	}
	return SBI_SUCCESS;
}

static void table_give(struct vcpu *vcpu, u64 address)
{
	struct frame *frame = frame_at(vcpu->vm, address);
	unsigned level = frame->type - FRAME_TABLE0;

	if (--frame->uses)
		return;
	entries_give(vcpu, address, level, ENTRIES);
	/* The hardware may still hold translations that came from it: before any frame becomes a table
	 * they have to go. */
	vcpu->vm->frames.state.stale = 1;
	table_free(vcpu, address);
}

/* A real ASID that no pinned root has; 0 when all are in use. */
static u16 asid_take(struct vcpu *vcpu)
{
	struct frames_state *state = &vcpu->vm->frames.state;

	for (u32 tried = 0; tried < FRAME_ASIDS; tried++) {
		u32 index = state->next_asid;

		state->next_asid = (state->next_asid + 1) % FRAME_ASIDS;
		if (!state->asid_used[index]) {
			state->asid_used[index] = 1;
			return (u16)(vcpu->vm->frames.asid + index);
		}
	}
	return 0;
}

s64 frame_pin(struct vcpu *vcpu, u64 level, u64 address)
{
	struct frame *frame;
	s64 error;

	if (level > ROOT_LEVEL)
		return SBI_INVALID_PARAM;
	if (!is_frame(vcpu->vm, address))
		return SBI_INVALID_ADDRESS;
	frame = frame_at(vcpu->vm, address);
	if (frame->pinned)
		return SBI_INVALID_STATE;
	error = table_take(vcpu, address, (unsigned)level);
	if (error)
		return error;
	if (level == ROOT_LEVEL) {
		frame->asid = asid_take(vcpu);
		if (!frame->asid) {
			table_give(vcpu, address);
			return SBI_FAILED;
		}
		vm_flush(vcpu, true, 0, frame->asid);
	}
	frame->pinned = 1;
	return SBI_SUCCESS;
}

/* Is it a root that some virtual hart may be running on? */
static bool in_force(const struct vm *vm, u64 address)
{
	for (u32 i = 0; i < vm->vcpus; i++) {
		const struct vcpu_state *state = &vm->vcpu[i].state;

		if (state->direct && (address == state->root[0] || address == state->root[1]))
			return true;
	}
	return false;
}

s64 frame_unpin(struct vcpu *vcpu, u64 address)
{
	struct frame *frame;

	if (!is_frame(vcpu->vm, address))
		return SBI_INVALID_ADDRESS;
	frame = frame_at(vcpu->vm, address);
	if (!frame->pinned)
		return SBI_INVALID_STATE;
	if (in_force(vcpu->vm, address))
		return SBI_DENIED;
	frame->pinned = 0;
	if (frame->asid)
		vcpu->vm->frames.state.asid_used[frame->asid - vcpu->vm->frames.asid] = 0;
	frame->asid = 0;
	table_give(vcpu, address);
	return SBI_SUCCESS;
}

s64 frame_update(struct vcpu *vcpu, u64 entry_address, u64 value)
{
	struct vm *vm = vcpu->vm;
	struct ram *ram = &vm->board.ram;
	struct frame *frame;
	unsigned level;
	u64 machine, old;
	s64 error;

	if ((entry_address & 7) || !ram_holds(ram, entry_address, 8))
		return SBI_INVALID_ADDRESS;
	frame = frame_at(vm, entry_address & PAGE_MASK);
	if (frame->type < FRAME_TABLE0 || frame->type > FRAME_TABLE2)
		return SBI_DENIED;
	level = frame->type - FRAME_TABLE0;
	/* The new one is taken first, so that a refusal has changed nothing. */
	error = entry_take(vcpu, value, level, &machine);
	if (error)
		return error;
	old = ram_read(ram, entry_address, 8);
	ram_write(ram, entry_address, machine, 8);
	entry_give(vcpu, old, level);
	return SBI_SUCCESS;
}

static bool is_root(struct vm *vm, u64 address)
{
	return is_frame(vm, address) && frame_at(vm, address)->pinned
		&& frame_at(vm, address)->type == FRAME_TABLE2;
}

s64 frame_switch(struct vcpu *vcpu, u64 kernel_root, u64 user_root)
{
	struct vm *vm = vcpu->vm;

	if (!is_root(vm, kernel_root) || (user_root && !is_root(vm, user_root)))
		return SBI_INVALID_PARAM;
	if (!vcpu->state.direct) {
		shadow_drop(vcpu);
		flush_everything(vcpu);
		vcpu->state.direct = 1;
	}
	vcpu->state.root[LEVEL_S] = kernel_root;
	vcpu->state.root[LEVEL_U] = user_root;
	return SBI_SUCCESS;
}

u64 frame_satp(const struct vcpu *vcpu)
{
	const struct vm *vm = vcpu->vm;
	u64 root = vcpu->state.root[vcpu->priv->level];
	u64 machine;

	/* Without a user root, user code finds nothing mapped but what the kernel's shows it: so a
	 * guest that enters user level all the same gets the kernel's, which is its own choice. */
	if (!root)
		root = vcpu->state.root[LEVEL_S];
	machine = root + vm->offset;
	return field_put(field_put(machine >> PAGE_SHIFT, SATP_MODE, SATP_SV39), SATP_ASID,
		vm->frames.frame[(root - vm->board.ram.base) >> PAGE_SHIFT].asid);
}

void frame_flush(struct vcpu *vcpu, u64 start, u64 size)
{
	bool all = size == 0 || size > FRAME_FLUSH_PAGES * PAGE_SIZE;
	u64 pages = all ? 1 : (size + (start & ~PAGE_MASK) + PAGE_SIZE - 1) >> PAGE_SHIFT;

	for (u64 i = 0; i < pages; i++)
		vm_flush(vcpu, all, start + i * PAGE_SIZE, TLB_ALL_ASIDS);
	if (all)
		vcpu->vm->frames.state.stale = 0;
}
