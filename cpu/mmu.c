/*
 * The walk through page tables of three, four or five levels. See mmu.h; called on a TLB miss by the hart, on every page fault of
 * a guest by the monitor, and by the debugger.
 */
#include "cpu/mmu.h"

#include <string.h>

#include "core/bits.h"
#include "cpu/pmp.h"

/* Whether hardware sets A and D: as menvcfg says where it can (Svadu), else always, but for Svade. */
static bool updates(const struct priv *priv)
{
	if (priv_has(priv, EXTENSION_Svadu))
		return priv->bank[LEVEL_M].envcfg & ENVCFG_ADUE;
	return !priv_has(priv, EXTENSION_Svade);
}

struct mmu_view mmu_view(const struct priv *priv, enum access access)
{
	struct mmu_view view = {
		.satp = priv->satp,
		.level = (enum level)priv->level,
		.sum = priv->status & STATUS_SUM,
		.mxr = priv->status & STATUS_MXR,
		.napot = priv_has(priv, EXTENSION_Svnapot),
		.adue = updates(priv),
		.pmp = priv,
	};

	if (access != ACCESS_FETCH && (priv->status & STATUS_MPRV))
		view.level = (enum level)field_get(priv->status, STATUS_MPP);
	if (view.level == LEVEL_M)
		view.satp = 0;
	return view;
}

u64 mmu_rights(const struct mmu_view *view, u64 pte)
{
	u64 rights = pte & (PTE_R | PTE_W | PTE_X);

	if (view->mxr && (pte & PTE_X))
		rights |= PTE_R;
	if (view->level == LEVEL_U)
		return pte & PTE_U ? rights : 0;
	if (view->level == LEVEL_S && (pte & PTE_U))
		return view->sum ? rights & ~(u64)PTE_X : 0;
	return rights;
}

static u64 pte_at(const struct ram *ram, u64 address)
{
	u64 pte;

	memcpy(&pte, ram_bytes(ram, address), sizeof(pte));
	return pte;
}

void mmu_walk_to(struct walk *walk, const struct mmu_view *view, const struct ram *ram,
	u64 address, enum access access)
{
	u64 leaf;
	u64 table = (view->satp & SATP_PPN) << PAGE_SHIFT;
	static const u8 right[] = { PTE_R, PTE_W, PTE_X }; /* by enum access */
	u64 reserved = view->napot ? PTE_RESERVED & ~PTE_N : PTE_RESERVED;
	u64 needed = access == ACCESS_WRITE ? PTE_A | PTE_D : PTE_A;
	u64 pte;

	*walk = (struct walk){ .result = WALK_PAGE_FAULT };
	if (field_get(view->satp, SATP_MODE) == SATP_BARE) {
		walk->result = WALK_OK;
		walk->physical = address;
		walk->shift = 64;
		return;
	}
	if ((u64)sign_extend(address, mmu_root_shift(view->satp) + 9) != address)
		return;
	for (unsigned shift = mmu_root_shift(view->satp);; shift -= 9) {
		u64 entry = table + bits_get(address, shift, 9) * 8;

		walk->entry[walk->steps++] = entry;
		if (!ram_holds(ram, entry, 8) || (view->pmp
		    && !pmp_allows(view->pmp, entry, 8, ACCESS_READ, LEVEL_S))) {
			walk->result = WALK_ACCESS_FAULT;
			return;
		}
		walk->pte = pte = pte_at(ram, entry);
		walk->shift = (u8)shift;
		if (!(pte & PTE_V) || (pte & reserved) || (pte & (PTE_R | PTE_W)) == PTE_W)
			return;
		if (pte & (PTE_R | PTE_X))
			break;
		/* A pointer: N, D, A and U are reserved in it (4.4.1), and the last level has none. */
		if (shift == PAGE_SHIFT || (pte & (PTE_N | PTE_D | PTE_A | PTE_U)))
			return;
		table = pte_address(pte);
	}
	leaf = pte_address(pte);
	if (pte & PTE_N) {
		/* 64 KiB is the only size, told by the lowest bits of the page number (5). */
		if (walk->shift != PAGE_SHIFT || bits_get(pte, 10, 4) != 8)
			return;
		walk->shift = NAPOT_SHIFT;
		leaf &= ~(u64)((1 << NAPOT_SHIFT) - 1);
	}
	if (!(mmu_rights(view, pte) & right[access]))
		return;
	if (leaf & ((UINT64_C(1) << walk->shift) - 1))
		return; /* a superpage out of line */
	if ((pte & needed) != needed) {
		if (!view->adue)
			return;
		walk->update = pte | needed;
		if (view->pmp && !pmp_allows(view->pmp, walk->entry[walk->steps - 1], 8,
		    ACCESS_WRITE, LEVEL_S)) {
			walk->result = WALK_ACCESS_FAULT;
			return;
		}
	}
	walk->result = WALK_OK;
	walk->physical = leaf | bits_get(address, 0, walk->shift);
}

u64 mmu_cause(enum walk_result result, enum access access)
{
	static const u8 page[] = { CAUSE_load_page, CAUSE_store_page, CAUSE_fetch_page };
	static const u8 physical[] = { CAUSE_load_access, CAUSE_store_access, CAUSE_fetch_access };

	return result == WALK_PAGE_FAULT ? page[access] : physical[access];
}
