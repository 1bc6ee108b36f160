/*
 * Shadow page tables. See shadow.h; the monitor calls in on page faults, fences and every entry.
 */
#include "pv/shadow.h"

#include <string.h>

#include "core/bits.h"
#include "cpu/pmp.h"
#include "pv/monitor.h"

#define KEY_IN_USE (UINT64_C(1) << 63)

enum { SHADOW_BIG_SHIFT = 8 }; /* RSW bits of a shadow leaf: 0, 1, 2 = a piece of 4K, 2M, 1G */

void shadow_create(struct shadow *shadow, u64 area, u32 pages, u32 asid)
{
	memset(&shadow->state, 0, sizeof(shadow->state));
	shadow->area = area;
	shadow->pages = pages;
	shadow->asid = asid;
}

static u64 page_address(const struct shadow *shadow, u32 page)
{
	return shadow->area + (u64)page * PAGE_SIZE;
}

static s32 root_asid(const struct shadow *shadow, u32 root)
{
	return (s32)(shadow->asid + root);
}

/* Gives all tables of a root back, and its translations up. */
static void root_drop(struct vcpu *vcpu, u32 index)
{
	struct shadow *shadow = &vcpu->vm->shadow;
	struct shadow_state *state = &shadow->state;
	struct shadow_root *root = &state->root[index];
	u32 page = root->page;
	u32 last, dropped = 1;

	if (!(root->key_rules & KEY_IN_USE))
		return;
	for (last = page; state->next[last]; last = state->next[last] - 1)
		dropped++;
	state->next[last] = state->free;
	state->free = page + 1;
	state->pages_used -= dropped;
	vcpu->vm->state.tally.count[VM_COUNT_shadow_drops] += dropped;
	*root = (struct shadow_root){ 0 };
	vm_flush(vcpu, true, 0, root_asid(shadow, index));
	for (u32 i = 0; i < vcpu->vm->vcpus; i++)
		vcpu->vm->vcpu[i].state.reload |= vcpu->vm->vcpu[i].state.shadow == index;
}

/* The root in use for longest not, other than this hart's; SHADOW_ROOTS when there is none. */
static u32 oldest_root(const struct vcpu *vcpu)
{
	const struct shadow_state *state = &vcpu->vm->shadow.state;
	u32 oldest = SHADOW_ROOTS;

	for (u32 i = 0; i < SHADOW_ROOTS; i++)
		if (i != vcpu->state.shadow && (state->root[i].key_rules & KEY_IN_USE)
		    && (oldest == SHADOW_ROOTS
		    || state->root[i].used < state->root[oldest].used))
			oldest = i;
	return oldest;
}

/* Sees to it that `wanted` pages can be taken, at the cost of other roots, in need of the current. */
static void make_room(struct vcpu *vcpu, u32 wanted)
{
	struct shadow *shadow = &vcpu->vm->shadow;

	while (shadow->pages - shadow->state.pages_used < wanted) {
		u32 oldest = oldest_root(vcpu);

		root_drop(vcpu, oldest == SHADOW_ROOTS ? (u32)vcpu->state.shadow : oldest);
	}
}

/* A zeroed page of the area; make_room has been asked. */
static u32 page_take(struct vcpu *vcpu)
{
	struct vm *vm = vcpu->vm;
	struct shadow *shadow = &vm->shadow;
	struct shadow_state *state = &shadow->state;
	u64 *peak = &vm->state.tally.count[VM_COUNT_shadow_pages];
	u32 page;

	if (state->free) {
		page = state->free - 1;
		state->free = state->next[page];
	} else {
		page = state->fresh++;
	}
	state->next[page] = 0;
	for (u64 at = 0; at < PAGE_SIZE; at += 8)
		ram_write(vm->monitor->ram, page_address(shadow, page) + at, 0, 8);
	if (++state->pages_used > *peak)
		*peak = state->pages_used;
	vcpu_charge(vcpu, PRICE_copy, PAGE_SIZE / 8);
	return page;
}

static void root_key(const struct vcpu *vcpu, u64 *satp, u64 *rules)
{
	struct mmu_view view = mmu_view(vcpu->priv, ACCESS_READ);

	*satp = field_get(view.satp, SATP_MODE) == SATP_BARE ? 0 : view.satp;
	*rules = KEY_IN_USE | (u64)view.level;
	if (*satp)
		*rules |= (u64)view.sum << 2 | (u64)view.mxr << 3;
}

/* The root for the virtual state as it is, found or made. */
static u32 root_find(struct vcpu *vcpu)
{
	struct shadow_state *state = &vcpu->vm->shadow.state;
	struct shadow_root *root;
	u64 satp, rules;
	u32 index, empty = SHADOW_ROOTS;

	root_key(vcpu, &satp, &rules);
	root = &state->root[vcpu->state.shadow];
	if (root->key_satp == satp && root->key_rules == rules)
		return (u32)vcpu->state.shadow;
	for (index = 0; index < SHADOW_ROOTS; index++) {
		root = &state->root[index];
		if (root->key_satp == satp && root->key_rules == rules)
			break;
		if (!(root->key_rules & KEY_IN_USE) && empty == SHADOW_ROOTS)
			empty = index;
	}
	if (index == SHADOW_ROOTS) {
		index = empty;
		if (index == SHADOW_ROOTS) {
			index = oldest_root(vcpu);
			root_drop(vcpu, index);
		}
		vcpu->state.shadow = index;
		make_room(vcpu, 1);
		root = &state->root[index];
		root->page = page_take(vcpu);
		root->key_satp = satp;
		root->key_rules = rules;
		vcpu->vm->state.tally.count[VM_COUNT_shadow_roots]++;
	}
	vcpu->state.shadow = index;
	state->root[index].used = ++state->stamp;
	return index;
}

/* A satp with the mode of a root's tables: the guest's own, so that its addresses fit; bare, Sv39. */
static u64 root_mode(const struct shadow_root *root)
{
	return root->key_satp ? root->key_satp : field_put(0, SATP_MODE, SATP_SV39);
}

u64 shadow_satp(struct vcpu *vcpu)
{
	const struct shadow *shadow = &vcpu->vm->shadow;
	u32 index = root_find(vcpu);
	u64 table = page_address(shadow, shadow->state.root[index].page);

	return field_put(field_put(table >> PAGE_SHIFT, SATP_MODE,
		field_get(root_mode(&shadow->state.root[index]), SATP_MODE)), SATP_ASID,
		(u64)root_asid(shadow, index));
}

/*
 * The machine address of the last-level entry for `address` under a root; tables on the way are
 * made if `make`. 0: there is none.
 */
static u64 leaf_place(struct vcpu *vcpu, u32 index, u64 address, bool make)
{
	struct shadow *shadow = &vcpu->vm->shadow;
	struct shadow_state *state = &shadow->state;
	struct ram *ram = vcpu->vm->monitor->ram;
	u32 root = state->root[index].page;
	u64 table = page_address(shadow, root);

	for (unsigned shift = mmu_root_shift(root_mode(&state->root[index])); shift > PAGE_SHIFT; shift -= 9) {
		u64 place = table + bits_get(address, shift, 9) * 8;
		u64 entry = ram_read(ram, place, 8);

		if (!(entry & PTE_V)) {
			u32 page;

			if (!make)
				return 0;
			page = page_take(vcpu);
			state->next[page] = state->next[root];
			state->next[root] = page + 1;
			entry = page_address(shadow, page) >> PAGE_SHIFT << 10 | PTE_V;
			ram_write(ram, place, entry, 8);
			vcpu_charge(vcpu, PRICE_shadow, 1);
		}
		table = pte_address(entry);
	}
	return table + bits_get(address, PAGE_SHIFT, 9) * 8;
}

/* R, W and X as the virtual hart has them on a guest leaf; W only once the leaf is dirty. */
static u64 leaf_rights(const struct vcpu *vcpu, const struct walk *walk)
{
	struct mmu_view view = mmu_view(vcpu->priv, ACCESS_READ);
	u64 pte = walk->update ? walk->update : walk->pte;
	u64 rights = mmu_rights(&view, pte);

	if (walk->shift == 64)
		return PTE_R | PTE_W | PTE_X;
	if (!(pte & PTE_D))
		rights &= ~(u64)PTE_W;
	return rights;
}

bool shadow_fault(struct vcpu *vcpu, u64 address, enum access access, struct walk *walk)
{
	struct vm *vm = vcpu->vm;
	struct mmu_view view = mmu_view(vcpu->priv, access);
	struct ram *ram = vm->monitor->ram;
	u64 page = address & PAGE_MASK;
	u64 place, old, rights, target, big;
	u32 index;

	*walk = mmu_walk(&view, &vm->board.ram, address, access);
	vcpu_charge(vcpu, PRICE_walk_step, walk->steps);
	if (walk->result == WALK_OK
	    && !pmp_allows(vcpu->priv, walk->physical, 1, access, view.level))
		walk->result = WALK_ACCESS_FAULT;
	if (walk->result != WALK_OK)
		return false;
	if (walk->update)
		ram_write(&vm->board.ram, walk->entry[walk->steps - 1], walk->update, 8);
	target = walk->physical & PAGE_MASK;
	/* Not RAM: a device, or nothing. */
	if (!ram_holds(&vm->board.ram, target, PAGE_SIZE))
		return false;
	rights = leaf_rights(vcpu, walk);
	if (*ram_flags(&vm->board.ram, target) & RAM_SEALED)
		rights &= ~(u64)PTE_W;
	if (!pmp_uniform(vcpu->priv, target))
		return false;
	if (!(rights & (access == ACCESS_WRITE ? PTE_W : access == ACCESS_READ ? PTE_R : PTE_X)))
		return false;
	make_room(vcpu, WALK_LEVELS);
	index = root_find(vcpu);
	place = leaf_place(vcpu, index, page, true);
	old = ram_read(ram, place, 8);
	if (access == ACCESS_WRITE && (old & PTE_V))
		vcpu_reason(vcpu, EXIT_fault_dirty, address, 0);
	/* Of a bare guest no fence ever names a part. */
	big = walk->shift == 64 || walk->shift == PAGE_SHIFT ? 0 : walk->shift <= 21 ? 1 : 2;
	/* Rights without R but with W are no leaf that hardware knows: then let it read too. */
	if (rights & PTE_W)
		rights |= PTE_R;
	ram_write(ram, place, (target + vm->offset) >> PAGE_SHIFT << 10 | rights | PTE_V | PTE_U
		| PTE_A | PTE_D | big << SHADOW_BIG_SHIFT, 8);
	vm->shadow.state.root[index].big |= (u32)big;
	vm->state.tally.count[VM_COUNT_shadow_fills]++;
	vcpu_charge(vcpu, PRICE_shadow, 1);
	vm_flush(vcpu, false, page, root_asid(&vm->shadow, index));
	return true;
}

/* One address of one root: its leaf, or all leaves of the large page that it may lie in. */
static void root_fence(struct vcpu *vcpu, u32 index, u64 address)
{
	struct shadow *shadow = &vcpu->vm->shadow;
	struct ram *ram = vcpu->vm->monitor->ram;
	u64 place;

	if (shadow->state.root[index].big & 2) {
		root_drop(vcpu, index);
		return;
	}
	place = leaf_place(vcpu, index, address, false);
	if (!place)
		return;
	if (shadow->state.root[index].big & 1) {
		for (u64 at = place & PAGE_MASK; at < (place & PAGE_MASK) + PAGE_SIZE; at += 8)
			if (bits_get(ram_read(ram, at, 8), SHADOW_BIG_SHIFT, 2))
				ram_write(ram, at, 0, 8);
		vm_flush(vcpu, true, 0, root_asid(shadow, index));
	}
	ram_write(ram, place, 0, 8);
	vcpu_charge(vcpu, PRICE_shadow, 1);
	vm_flush(vcpu, false, address, root_asid(shadow, index));
}

void shadow_fence(struct vcpu *vcpu, bool all_addresses, u64 address, s32 asid)
{
	struct shadow *shadow = &vcpu->vm->shadow;

	if (vcpu->state.direct) {
		/* Nothing is cached but in the hardware, under two ASIDs. */
		vm_flush(vcpu, all_addresses, address, TLB_ALL_ASIDS);
		return;
	}
	for (u32 i = 0; i < SHADOW_ROOTS; i++) {
		struct shadow_root *root = &shadow->state.root[i];

		if (!(root->key_rules & KEY_IN_USE) || !root->key_satp)
			continue;
		if (asid != TLB_ALL_ASIDS && (u64)asid != field_get(root->key_satp, SATP_ASID))
			continue;
		if (all_addresses)
			root_drop(vcpu, i);
		else
			root_fence(vcpu, i, address);
	}
}

void shadow_drop(struct vcpu *vcpu)
{
	for (u32 i = 0; i < SHADOW_ROOTS; i++)
		root_drop(vcpu, i);
}
