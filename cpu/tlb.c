/*
 * Filling, replacing and flushing translations: one function each, for every engine. See tlb.h.
 */
#include "cpu/tlb.h"

#include <string.h>

#include "core/bits.h"

static u64 data_tag(const struct tlb_data *entry)
{
	return entry->read != TLB_INVALID ? entry->read : entry->write;
}

/* An entry comes (by 1) or goes (by -1): keeps the counters of pieces of superpages. */
static void big_count(struct tlb *tlb, u64 tag, u64 physical, int by)
{
	u64 shift = physical & 63;

	if (tag == TLB_INVALID || shift <= PAGE_SHIFT)
		return;
	if (shift == 21)
		tlb->mega[(tag >> 21) % TLB_REGIONS] += (u16)by;
	else if (shift == 30)
		tlb->giga[(tag >> 30) % TLB_REGIONS] += (u16)by;
	else
		tlb->huge += (u16)by;
}

static void data_drop(struct tlb *tlb, struct tlb_data *entry)
{
	big_count(tlb, data_tag(entry), entry->physical, -1);
	*entry = (struct tlb_data){ TLB_INVALID, TLB_INVALID, NULL, 0 };
}

static void fetch_drop(struct tlb *tlb, struct tlb_fetch *entry)
{
	big_count(tlb, entry->tag, entry->physical, -1);
	*entry = (struct tlb_fetch){ TLB_INVALID, 0, NULL };
}

void tlb_flush_all(struct tlb *tlb)
{
	for (u32 i = 0; i < TLB_DATA; i++)
		data_drop(tlb, &tlb->data[i]);
	for (u32 i = 0; i < TLB_FETCH; i++)
		fetch_drop(tlb, &tlb->fetch[i]);
}

void tlb_reset(struct tlb *tlb)
{
	memset(tlb, 0, sizeof(*tlb));
	for (u32 i = 0; i < TLB_DATA; i++)
		tlb->data[i] = (struct tlb_data){ TLB_INVALID, TLB_INVALID, NULL, 0 };
	for (u32 i = 0; i < TLB_FETCH; i++)
		tlb->fetch[i] = (struct tlb_fetch){ TLB_INVALID, 0, NULL };
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

/*
 * The slot of a key: of two neighbours the one that has it, else an empty one, else the one whose
 * context is older, so that the context numbered just before this one always stays.
 */
static u8 *context_slot(struct tlb *tlb, u32 key)
{
	u32 place = key * UINT32_C(2654435761) >> 26;
	u8 *first = &tlb->slot[place], *second = &tlb->slot[(place + 1) % TLB_SLOTS];

	if (tlb->key[*first] == key)
		return first;
	if (tlb->key[*second] == key)
		return second;
	return *first <= *second ? first : second; /* 0 is the oldest of all */
}

static void context_retire(struct tlb *tlb, u8 *slot)
{
	tlb->key[*slot] = 0;
	*slot = 0;
	tlb->generation++;
}

u64 tlb_context(struct tlb *tlb, const struct mmu_view *view)
{
	u32 key = context_key(view);
	u8 *slot = context_slot(tlb, key);

	if (tlb->key[*slot] == key)
		return (u64)*slot << 3;
	if (tlb->contexts + 1 == TLB_CONTEXTS) {
		memset(tlb->key, 0, sizeof(tlb->key));
		memset(tlb->slot, 0, sizeof(tlb->slot));
		tlb->contexts = 0;
		tlb->generation++;
		tlb_flush_all(tlb);
	}
	if (*slot)
		context_retire(tlb, slot);
	*slot = (u8)++tlb->contexts;
	tlb->key[*slot] = key;
	return (u64)*slot << 3;
}

/* Derives what is cache in an entry: the host address and the slow marks. */
static void data_place(struct tlb_data *entry, const struct ram *ram)
{
	u64 tag = data_tag(entry);
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

void tlb_refresh(struct tlb_data *entry, const struct ram *ram)
{
	if (entry->read != TLB_INVALID)
		entry->read &= ~TLB_SLOW;
	if (entry->write != TLB_INVALID)
		entry->write &= ~TLB_SLOW;
	data_place(entry, ram);
}

struct tlb_data *tlb_fill_data(struct tlb *tlb, const struct ram *ram, u64 address, u64 context,
	u64 physical, u8 shift, enum access access)
{
	struct tlb_data *entry = tlb_data_at(tlb, address);
	u64 tag = (address & PAGE_MASK) | context;
	u64 place = (physical & PAGE_MASK) | shift;

	tlb->misses[0]++;
	big_count(tlb, data_tag(entry), entry->physical, -1);
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
	big_count(tlb, tag, place, 1);
	data_place(entry, ram);
	return entry;
}

struct tlb_fetch *tlb_fill_fetch(struct tlb *tlb, u64 address, u64 context, u64 physical, u8 shift)
{
	struct tlb_fetch *entry = tlb_fetch_at(tlb, address);

	tlb->misses[1]++;
	big_count(tlb, entry->tag, entry->physical, -1);
	entry->tag = (address & PAGE_MASK) | context;
	entry->physical = (physical & PAGE_MASK) | shift;
	entry->code = NULL;
	big_count(tlb, entry->tag, entry->physical, 1);
	return entry;
}

/* Does a fence for this ASID name the context? Bare addresses are no translations of any table. */
static bool key_named(u32 key, s32 asid)
{
	return (key & CONTEXT_TRANSLATED)
		&& (asid == TLB_ALL_ASIDS || asid == (s32)(key & 0xffff));
}

/* The same for one address: a mapping of a superpage was filled page by page, and any address in it
 * names all its pieces. */
static bool tag_named(const struct tlb *tlb, u64 tag, u64 physical, u64 address, s32 asid)
{
	return tag != TLB_INVALID && key_named(tlb->key[bits_get(tag, 3, 8)], asid)
		&& (tag ^ address) >> (physical & 63) == 0;
}

static void flush_data(struct tlb *tlb, struct tlb_data *entry, u64 address, s32 asid)
{
	if (tag_named(tlb, data_tag(entry), entry->physical, address, asid))
		data_drop(tlb, entry);
}

static void flush_fetch(struct tlb *tlb, struct tlb_fetch *entry, u64 address, s32 asid)
{
	if (tag_named(tlb, entry->tag, entry->physical, address, asid))
		fetch_drop(tlb, entry);
}

static void flush_address(struct tlb *tlb, u64 address, s32 asid)
{
	if (!tlb->huge && !tlb->mega[(address >> 21) % TLB_REGIONS]
	    && !tlb->giga[(address >> 30) % TLB_REGIONS]) {
		flush_data(tlb, tlb_data_at(tlb, address), address, asid);
		flush_fetch(tlb, tlb_fetch_at(tlb, address), address, asid);
		return;
	}
	for (u32 i = 0; i < TLB_DATA; i++)
		flush_data(tlb, &tlb->data[i], address, asid);
	for (u32 i = 0; i < TLB_FETCH; i++)
		flush_fetch(tlb, &tlb->fetch[i], address, asid);
}

void tlb_flush(struct tlb *tlb, bool all_addresses, u64 address, s32 asid)
{
	if (!all_addresses) {
		flush_address(tlb, address, asid);
		return;
	}
	for (u32 i = 0; i < TLB_SLOTS; i++)
		if (tlb->slot[i] && key_named(tlb->key[tlb->slot[i]], asid))
			context_retire(tlb, &tlb->slot[i]);
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
	memcpy(state->slot, tlb->slot, sizeof(state->slot));
	memcpy(state->misses, tlb->misses, sizeof(state->misses));
}

void tlb_restore(struct tlb *tlb, const struct tlb_state *state, const struct ram *ram)
{
	tlb_reset(tlb);
	tlb->contexts = state->contexts % TLB_CONTEXTS;
	memcpy(tlb->key, state->key, sizeof(tlb->key));
	memcpy(tlb->misses, state->misses, sizeof(tlb->misses));
	tlb->key[0] = 0;
	for (u32 i = 0; i < TLB_SLOTS; i++)
		tlb->slot[i] = tlb->key[state->slot[i]] ? state->slot[i] : 0;
	for (u32 i = 0; i < TLB_DATA; i++) {
		struct tlb_data *entry = &tlb->data[i];

		entry->read = tag_state(state->read[i]);
		entry->write = tag_state(state->write[i]);
		entry->physical = state->data_physical[i];
		big_count(tlb, data_tag(entry), entry->physical, 1);
		data_place(entry, ram);
	}
	for (u32 i = 0; i < TLB_FETCH; i++) {
		struct tlb_fetch *entry = &tlb->fetch[i];

		entry->physical = state->fetch_physical[i];
		entry->tag = ram_holds(ram, entry->physical & PAGE_MASK, PAGE_SIZE) ? state->tag[i]
			: TLB_INVALID;
		big_count(tlb, entry->tag, entry->physical, 1);
	}
}
