/*
 * The rules, one function each. See isolation.h; called by hostile.c after every stretch of a run.
 */
#include "tests/fuzz/isolation.h"

#include <stdlib.h>
#include <string.h>

#include "core/bits.h"

typedef unsigned long long ull;

static bool is_table(const struct frame *frame)
{
	return frame->type >= FRAME_TABLE0 && frame->type <= FRAME_TABLE2;
}

/* All of [address, address + size) is the guest's own RAM, in machine addresses. */
static bool in_slice(struct cell *cell, u64 address, u64 size)
{
	return ram_holds(cell_slice(cell), address - cell_vm(cell)->offset, size);
}

static struct frame *frame_of(struct cell *cell, u64 machine)
{
	struct vm *vm = cell_vm(cell);

	return &vm->frames.frame[(machine - vm->offset - BOARD_ram) >> PAGE_SHIFT];
}

static bool check_canaries(struct cell *cell, struct fault *fault)
{
	for (u32 i = 0; i < cell->canaries; i++)
		for (u64 at = cell->canary[i]; at < cell->canary[i] + CELL_CANARY; at += 8)
			if (ram_read(&cell->ram, at, 8) != cell->config.secret)
				return fault_set(fault, "canary %u was changed at 0x%llx", i,
					(ull)at);
	return true;
}

/* The real hart of a virtualized guest has no privilege, and walks only tables that it may. */
static bool check_hart(struct cell *cell, u32 number, struct fault *fault)
{
	const struct priv *priv = &cell->hart[number].priv;
	struct vm *vm = cell_vm(cell);
	const struct vcpu *vcpu = &vm->vcpu[number];
	u64 table = (priv->satp & SATP_PPN) << PAGE_SHIFT;
	const struct shadow_root *root = &vm->shadow.state.root[vcpu->state.shadow];

	if (vcpu->state.stopped)
		return true;
	if (priv->level != LEVEL_U || priv->edeleg || priv->ideleg
	    || (priv->status & (STATUS_MPRV | STATUS_SUM | STATUS_MXR)))
		return fault_set(fault, "the real hart is at level %llu, status 0x%llx",
			(ull)priv->level, (ull)priv->status);
	if (field_get(priv->satp, SATP_MODE) < SATP_SV39
	    || (vcpu->state.direct && field_get(priv->satp, SATP_MODE) != SATP_SV39))
		return fault_set(fault, "real satp 0x%llx translates nothing", (ull)priv->satp);
	if (vcpu->priv->level > LEVEL_S)
		return fault_set(fault, "the guest is at level %llu", (ull)vcpu->priv->level);
	if (vcpu->state.direct) {
		const struct frame *frame;

		if (!in_slice(cell, table, PAGE_SIZE))
			return fault_set(fault, "direct root 0x%llx outside the slice", (ull)table);
		frame = frame_of(cell, table);
		if (frame->type != FRAME_TABLE2 || !frame->pinned
		    || frame->asid != field_get(priv->satp, SATP_ASID))
			return fault_set(fault, "direct root 0x%llx: type %u, pinned %u, asid %u",
				(ull)table, frame->type, frame->pinned, frame->asid);
		return true;
	}
	/* One whose root another hart has dropped looks for it before it runs again. */
	if (vcpu->state.reload)
		return true;
	if (table != vm->shadow.area + (u64)root->page * PAGE_SIZE || !root->key_rules)
		return fault_set(fault, "real satp 0x%llx is not the current shadow root",
			(ull)priv->satp);
	return true;
}

/* A shadow table at `table`: each page of the area is in one place of one root only. */
static bool check_shadow_table(struct cell *cell, u64 table, unsigned level, u8 *seen,
	struct fault *fault)
{
	const struct shadow *shadow = &cell_vm(cell)->shadow;
	u64 page = (table - shadow->area) >> PAGE_SHIFT;

	if (table < shadow->area || page >= shadow->state.fresh || seen[page])
		return fault_set(fault, "shadow table 0x%llx is no page of the area, or used twice",
			(ull)table);
	seen[page] = 1;
	for (u64 i = 0; i < 512; i++) {
		u64 entry = ram_read(&cell->ram, table + i * 8, 8);
		u64 target = pte_address(entry);

		if (!(entry & PTE_V))
			continue;
		if (level && (entry & (PTE_R | PTE_W | PTE_X)))
			return fault_set(fault, "shadow leaf 0x%llx above the last level",
				(ull)entry);
		if (level) {
			if (!check_shadow_table(cell, target, level - 1, seen, fault))
				return false;
			continue;
		}
		if (!in_slice(cell, target, PAGE_SIZE))
			return fault_set(fault, "shadow leaf 0x%llx leaves the slice", (ull)entry);
		if ((entry & (PTE_G | PTE_RESERVED)) || !(entry & PTE_U))
			return fault_set(fault, "shadow leaf 0x%llx has bits that it may not",
				(ull)entry);
		if ((entry & PTE_W) && is_table(frame_of(cell, target)))
			return fault_set(fault, "shadow leaf 0x%llx writes to a table", (ull)entry);
	}
	return true;
}

static bool check_shadow(struct cell *cell, struct fault *fault)
{
	const struct shadow *shadow = &cell_vm(cell)->shadow;
	const struct shadow_state *state = &shadow->state;
	u32 used = 0;
	u8 *seen;
	bool good = true;

	if (state->fresh > shadow->pages || state->pages_used > shadow->pages)
		return fault_set(fault, "%u shadow pages taken of %u", state->fresh, shadow->pages);
	seen = calloc(1, SHADOW_PAGES);
	for (u32 i = 0; good && i < SHADOW_ROOTS; i++)
		if (state->root[i].key_rules)
			good = check_shadow_table(cell, shadow->area
				+ (u64)state->root[i].page * PAGE_SIZE, 2, seen, fault);
	for (u32 page = 0; page < SHADOW_PAGES; page++)
		used += seen[page];
	if (good && used != state->pages_used)
		good = fault_set(fault, "%u shadow pages are used, %u were counted", used,
			state->pages_used);
	for (u32 page = state->free, n = 0; good && page; page = state->next[page - 1])
		if (page > state->fresh || seen[page - 1] || ++n > SHADOW_PAGES)
			good = fault_set(fault, "shadow page %u is free and used", page - 1);
	for (u64 at = shadow->area + (u64)state->fresh * PAGE_SIZE;
	    good && at < shadow->area + (u64)shadow->pages * PAGE_SIZE; at += PAGE_SIZE)
		if (!ram_is_zero(ram_bytes(&cell->ram, at), PAGE_SIZE))
			good = fault_set(fault, "a page of the monitor's area was written: 0x%llx",
				(ull)at);
	free(seen);
	return good;
}

/* One entry of a direct table; what it holds is counted in `uses`. */
static bool check_entry(struct cell *cell, u64 place, unsigned level, u32 *uses,
	struct fault *fault)
{
	u64 entry = ram_read(&cell->ram, place, 8);
	u64 target = pte_address(entry);
	u64 size = UINT64_C(1) << (PAGE_SHIFT + 9 * level);
	u64 first = (target - cell_vm(cell)->offset - BOARD_ram) >> PAGE_SHIFT;

	if (!(entry & PTE_V))
		return true;
	if (entry & (PTE_G | PTE_RESERVED))
		return fault_set(fault, "direct entry 0x%llx has bits that it may not", (ull)entry);
	if (!(entry & (PTE_R | PTE_W | PTE_X))) {
		if (!level || (entry & (PTE_U | PTE_A | PTE_D))
		    || !in_slice(cell, target, PAGE_SIZE)
		    || frame_of(cell, target)->type != FRAME_TABLE0 + level - 1)
			return fault_set(fault, "direct entry 0x%llx at 0x%llx points to no table "
				"of level %d", (ull)entry, (ull)place, (int)level - 1);
		uses[first]++;
		return true;
	}
	if (!(entry & PTE_U) || (entry & (PTE_R | PTE_W)) == PTE_W || (target & (size - 1)))
		return fault_set(fault, "direct leaf 0x%llx has not the form it must", (ull)entry);
	if (target < BOARD_ram)
		return target + size <= BOARD_ram
			|| fault_set(fault, "direct device leaf 0x%llx reaches RAM", (ull)entry);
	if (!in_slice(cell, target, size) || level == 2)
		return fault_set(fault, "direct leaf 0x%llx leaves the slice", (ull)entry);
	for (u64 i = 0; (entry & PTE_W) && i < size >> PAGE_SHIFT; i++) {
		if (frame_of(cell, target + i * PAGE_SIZE)->type != FRAME_WRITABLE)
			return fault_set(fault, "direct leaf 0x%llx at 0x%llx writes to a frame of "
				"type %u", (ull)entry, (ull)place,
				frame_of(cell, target + i * PAGE_SIZE)->type);
		uses[first + i]++;
	}
	return true;
}

static bool check_frame(struct cell *cell, u32 number, u32 uses, struct fault *fault)
{
	struct vm *vm = cell_vm(cell);
	const struct frame *frame = &vm->frames.frame[number];
	bool sealed = vm->board.ram.flags[number] & RAM_SEALED;

	if (sealed != is_table(frame))
		return fault_set(fault, "frame %u: type %u, %ssealed", number, frame->type,
			sealed ? "" : "not ");
	if (frame->uses != uses)
		return fault_set(fault, "frame %u: type %u has %u uses, and %u are counted", number,
			frame->type, uses, frame->uses);
	if ((frame->type == FRAME_FREE) != (uses == 0))
		return fault_set(fault, "frame %u: type %u with %u uses", number, frame->type, uses);
	if ((frame->pinned && !is_table(frame)) || (frame->asid
	    && !(frame->pinned && frame->type == FRAME_TABLE2)))
		return fault_set(fault, "frame %u: type %u, pinned %u, asid %u", number, frame->type,
			frame->pinned, frame->asid);
	return true;
}

static bool check_frames(struct cell *cell, struct fault *fault)
{
	struct vm *vm = cell_vm(cell);
	const struct frames *frames = &vm->frames;
	u32 *uses = calloc(frames->count, sizeof(*uses));
	u8 *asids = calloc(1, FRAME_ASIDS);
	u32 tables = 0;
	bool good = true;

	for (u32 i = 0; good && i < frames->count; i++) {
		const struct frame *frame = &frames->frame[i];
		u64 table = BOARD_ram + vm->offset + (u64)i * PAGE_SIZE;

		uses[i] += frame->pinned;
		if (frame->asid && asids[frame->asid - frames->asid]++)
			good = fault_set(fault, "asid %u has two roots", frame->asid);
		if (!is_table(frame))
			continue;
		tables++;
		for (u64 at = 0; good && at < PAGE_SIZE; at += 8)
			good = check_entry(cell, table + at, frame->type - FRAME_TABLE0, uses,
				fault);
	}
	for (u32 i = 0; i < vm->vcpus; i++)
		if (vm->vcpu[i].state.features)
			uses[(vm->vcpu[i].state.page - BOARD_ram) >> PAGE_SHIFT]++;
	for (u32 i = 0; good && i < frames->count; i++)
		good = check_frame(cell, i, uses[i], fault);
	if (good && (tables != frames->state.tables
	    || memcmp(asids, frames->state.asid_used, FRAME_ASIDS)))
		good = fault_set(fault, "%u tables, %u counted; or asids in use differ", tables,
			frames->state.tables);
	free(asids);
	free(uses);
	return good;
}

/* A cached translation must be one that no rule forbids, even if its table is long gone. */
static bool check_target(struct cell *cell, u32 hart, u64 place, bool writes, const char *side,
	struct fault *fault)
{
	u64 page = place & PAGE_MASK;

	if (cell_real(cell))
		return true;
	/* A stopped hart keeps its translations until it starts again, when all go. */
	if (page < BOARD_ram)
		return cell_vm(cell)->vcpu[hart].state.direct
			|| cell_vm(cell)->vcpu[hart].state.stopped
			|| fault_set(fault, "%s TLB: device page 0x%llx", side, (ull)page);
	if (!in_slice(cell, page, PAGE_SIZE))
		return fault_set(fault, "%s TLB: page 0x%llx is outside the slice", side,
			(ull)page);
	if (writes && is_table(frame_of(cell, page)))
		return fault_set(fault, "%s TLB: page 0x%llx is a table, and writable", side,
			(ull)page);
	return true;
}

static bool check_host(struct cell *cell, const struct tlb_data *entry, struct fault *fault)
{
	const struct ram *ram = cell->hart[0].ram;
	u64 fast = entry->read != TLB_INVALID && !(entry->read & TLB_SLOW) ? entry->read
		: entry->write != TLB_INVALID && !(entry->write & TLB_SLOW) ? entry->write
		: TLB_INVALID;
	u64 page = entry->physical & PAGE_MASK;

	if (fast == TLB_INVALID)
		return true;
	if (!ram_holds(ram, page, PAGE_SIZE) || (uintptr_t)entry->host + (fast & PAGE_MASK)
	    != (uintptr_t)ram_bytes(ram, page))
		return fault_set(fault, "data TLB: host address of page 0x%llx", (ull)page);
	if (entry->write != TLB_INVALID && !(entry->write & TLB_SLOW)
	    && (*ram_flags(ram, page) & ~RAM_QUEUED))
		return fault_set(fault, "data TLB: page 0x%llx is guarded, and written fast",
			(ull)page);
	return true;
}

/* Is the tag of a context that has not been retired, or that the hart would still go by? */
static bool is_live(const struct hart *hart, u64 tag)
{
	u64 context = tag & (TLB_CONTEXTS - 1) << 3;

	if (tag == TLB_INVALID)
		return false;
	return hart->tlb.key[context >> 3] || (hart->generation == hart->tlb.generation
		&& (context == hart->data_context || context == hart->fetch_context));
}

static bool check_tlb(struct cell *cell, u32 hart, struct fault *fault)
{
	const struct tlb *tlb = &cell->hart[hart].tlb;

	for (u32 i = 0; i < TLB_DATA; i++) {
		const struct tlb_data *entry = &tlb->data[i];

		if (!is_live(&cell->hart[hart], entry->read)
		    && !is_live(&cell->hart[hart], entry->write))
			continue;
		if (!check_target(cell, hart, entry->physical, entry->write != TLB_INVALID, "data",
		    fault) || !check_host(cell, entry, fault))
			return false;
	}
	for (u32 i = 0; i < TLB_FETCH; i++) {
		const struct tlb_fetch *entry = &tlb->fetch[i];

		if (!is_live(&cell->hart[hart], entry->tag))
			continue;
		if (!check_target(cell, hart, entry->physical, false, "fetch", fault))
			return false;
		if (!ram_holds(cell->hart[hart].ram, entry->physical & PAGE_MASK, PAGE_SIZE))
			return fault_set(fault, "fetch TLB: page 0x%llx is no RAM",
				(ull)entry->physical);
	}
	return true;
}

bool isolation_check(struct cell *cell, struct fault *fault)
{
	if (!check_canaries(cell, fault))
		return false;
	for (u32 i = 0; i < cell->config.harts; i++)
		if (!check_tlb(cell, i, fault) || (!cell_real(cell) && !check_hart(cell, i, fault)))
			return false;
	return cell_real(cell) || (check_shadow(cell, fault) && check_frames(cell, fault));
}

static bool holds_secret(const u8 *bytes, u64 length, u64 secret)
{
	const u8 *at = bytes;

	while ((at = memchr(at, (int)(secret & 0xff), length - (u64)(at - bytes)))) {
		if (length - (u64)(at - bytes) < 8)
			return false;
		if (!memcmp(at, &secret, 8))
			return true;
		at++;
	}
	return false;
}

bool isolation_secret(struct cell *cell, struct fault *fault)
{
	u64 secret = cell->config.secret;

	for (u32 i = 0; i < 32 * cell->config.harts; i++)
		if (cell->hart[i / 32].x[i % 32] == secret)
			return fault_set(fault, "x%u of hart %u holds the secret", i % 32, i / 32);
	if (holds_secret(cell_slice(cell)->bytes, CELL_SLICE, secret))
		return fault_set(fault, "the guest's memory holds the secret");
	if (holds_secret(cell->disk[0], sizeof(cell->disk), secret))
		return fault_set(fault, "a disk holds the secret");
	return !cell->leaked || fault_set(fault, "the console or the network was told the secret");
}
