/*
 * Filling, replacing and flushing translations: one function each, for every engine. See tlb.h.
 */
#include "cpu/tlb.h"

#include <string.h>

#include "core/bits.h"

void tlb_flush_all(struct tlb *tlb)
{
	for (u32 i = 0; i < TLB_DATA; i++)
		tlb->data[i] = (struct tlb_data){ TLB_INVALID, TLB_INVALID, NULL, 0 };
	for (u32 i = 0; i < TLB_FETCH; i++)
		tlb->fetch[i] = (struct tlb_fetch){ TLB_INVALID, 0, NULL };
}

void tlb_reset(struct tlb *tlb)
{
	memset(tlb, 0, sizeof(*tlb));
	tlb_flush_all(tlb);
}

/* ASID in bits 15:0; the rules of the level above it; bit 31 keeps a key from being 0. */
#define CONTEXT_TRANSLATED (UINT32_C(1) << 20)

static u32 context_key(const struct mmu_view *view)
{
	u32 key = UINT32_C(1) << 31 | (u32)view->level << 16;

	if (field_get(view->satp, SATP_MODE) != SATP_BARE)
		key |= (u32)field_get(view->satp, SATP_ASID) | CONTEXT_TRANSLATED
			| (u32)view->sum << 21 | (u32)view->mxr << 22;
	return key;
}

static u16 *context_place(struct tlb *tlb, u32 key)
{
	u32 place = key * UINT32_C(2654435761) >> 22;

	while (tlb->hash[place] && tlb->key[tlb->hash[place]] != key)
		place = (place + 1) % TLB_CONTEXT_HASH;
	return &tlb->hash[place];
}

u64 tlb_context(struct tlb *tlb, const struct mmu_view *view)
{
	u32 key = context_key(view);
	u16 *place = context_place(tlb, key);

	if (!*place) {
		if (tlb->contexts + 1 == TLB_CONTEXTS) {
			tlb->contexts = 0;
			tlb->generation++;
			memset(tlb->hash, 0, sizeof(tlb->hash));
			tlb_flush_all(tlb);
			place = context_place(tlb, key);
		}
		*place = (u16)++tlb->contexts;
		tlb->key[*place] = key;
	}
	return (u64)*place << 3;
}

/* Derives what is cache in an entry: the host address and the slow marks. */
static void data_place(struct tlb_data *entry, const struct ram *ram)
{
	u64 tag = entry->read != TLB_INVALID ? entry->read : entry->write;
	u64 page = entry->physical & PAGE_MASK;
	bool slow_read = true, slow_write = true;

	entry->host = NULL;
	if (tag != TLB_INVALID && ram_holds(ram, page, PAGE_SIZE)) {
		u8 flags = *ram_flags(ram, page);

		entry->host = (u8 *)((uintptr_t)ram_bytes(ram, page) - (uintptr_t)(tag & PAGE_MASK));
		slow_read = flags & RAM_WATCHED;
		slow_write = flags & ~RAM_QUEUED;
	}
	if (slow_read && entry->read != TLB_INVALID)
		entry->read |= TLB_SLOW;
	if (slow_write && entry->write != TLB_INVALID)
		entry->write |= TLB_SLOW;
}

struct tlb_data *tlb_fill_data(struct tlb *tlb, const struct ram *ram, u64 address, u64 context,
	u64 physical, u8 shift, enum access access)
{
	struct tlb_data *entry = tlb_data_at(tlb, address);
	u64 tag = (address & PAGE_MASK) | context;
	u64 place = (physical & PAGE_MASK) | shift;

	tlb->misses[0]++;
	if (entry->physical != place || ((entry->read & ~TLB_SLOW) != tag
	    && (entry->write & ~TLB_SLOW) != tag)) {
		entry->read = TLB_INVALID;
		entry->write = TLB_INVALID;
		entry->physical = place;
	}
	if (access == ACCESS_WRITE)
		entry->write = tag;
	else
		entry->read = tag;
	data_place(entry, ram);
	return entry;
}

struct tlb_fetch *tlb_fill_fetch(struct tlb *tlb, u64 address, u64 context, u64 physical, u8 shift)
{
	struct tlb_fetch *entry = tlb_fetch_at(tlb, address);

	tlb->misses[1]++;
	entry->tag = (address & PAGE_MASK) | context;
	entry->physical = (physical & PAGE_MASK) | shift;
	entry->code = NULL;
	return entry;
}

/* Is the entry with this tag among what a fence names? A mapping of a superpage was filled page by
 * page: any address in it names them all. Bare addresses are no translations of any table. */
static bool flush_names(const struct tlb *tlb, u64 tag, u64 physical, bool all, u64 address,
	s32 asid)
{
	u32 key = tlb->key[bits_get(tag, 3, 8)];
	u64 shift = physical & 63;

	if (tag == TLB_INVALID || !(key & CONTEXT_TRANSLATED))
		return false;
	if (asid != TLB_ALL_ASIDS && asid != (s32)(key & 0xffff))
		return false;
	return all || (tag ^ address) >> shift == 0;
}

void tlb_flush(struct tlb *tlb, bool all_addresses, u64 address, s32 asid)
{
	for (u32 i = 0; i < TLB_DATA; i++) {
		struct tlb_data *entry = &tlb->data[i];
		u64 tag = entry->read != TLB_INVALID ? entry->read : entry->write;

		if (flush_names(tlb, tag, entry->physical, all_addresses, address, asid))
			*entry = (struct tlb_data){ TLB_INVALID, TLB_INVALID, NULL, 0 };
	}
	for (u32 i = 0; i < TLB_FETCH; i++) {
		struct tlb_fetch *entry = &tlb->fetch[i];

		if (flush_names(tlb, entry->tag, entry->physical, all_addresses, address, asid))
			*entry = (struct tlb_fetch){ TLB_INVALID, 0, NULL };
	}
}

void tlb_guard(struct tlb *tlb, u64 physical_page)
{
	for (u32 i = 0; i < TLB_DATA; i++) {
		struct tlb_data *entry = &tlb->data[i];

		if ((entry->physical & PAGE_MASK) == physical_page && entry->write != TLB_INVALID)
			entry->write |= TLB_SLOW;
	}
}

void tlb_forget_code(struct tlb *tlb, u64 physical_page)
{
	for (u32 i = 0; i < TLB_FETCH; i++) {
		struct tlb_fetch *entry = &tlb->fetch[i];

		if (physical_page == NEVER || (entry->physical & PAGE_MASK) == physical_page)
			entry->code = NULL;
	}
}

static u64 tag_state(u64 tag)
{
	return tag == TLB_INVALID ? tag : tag & ~TLB_SLOW;
}

void tlb_save(const struct tlb *tlb, struct tlb_state *state)
{
	memset(state, 0, sizeof(*state));
	for (u32 i = 0; i < TLB_DATA; i++) {
		state->read[i] = tag_state(tlb->data[i].read);
		state->write[i] = tag_state(tlb->data[i].write);
		state->data_physical[i] = tlb->data[i].physical;
	}
	for (u32 i = 0; i < TLB_FETCH; i++) {
		state->tag[i] = tlb->fetch[i].tag;
		state->fetch_physical[i] = tlb->fetch[i].physical;
	}
	state->contexts = tlb->contexts;
	memcpy(state->key, tlb->key, sizeof(state->key));
	memcpy(state->misses, tlb->misses, sizeof(state->misses));
}

void tlb_restore(struct tlb *tlb, const struct tlb_state *state, const struct ram *ram)
{
	tlb_reset(tlb);
	tlb->contexts = state->contexts % TLB_CONTEXTS;
	memcpy(tlb->key, state->key, sizeof(tlb->key));
	memcpy(tlb->misses, state->misses, sizeof(tlb->misses));
	for (u32 number = 1; number <= tlb->contexts; number++)
		*context_place(tlb, tlb->key[number]) = (u16)number;
	for (u32 i = 0; i < TLB_DATA; i++) {
		tlb->data[i].read = tag_state(state->read[i]);
		tlb->data[i].write = tag_state(state->write[i]);
		tlb->data[i].physical = state->data_physical[i];
		data_place(&tlb->data[i], ram);
	}
	for (u32 i = 0; i < TLB_FETCH; i++) {
		tlb->fetch[i].tag = state->tag[i];
		tlb->fetch[i].physical = state->fetch_physical[i];
	}
}
