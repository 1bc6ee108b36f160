/*
 * The slow side of every memory access of a hart: TLB miss, page walk, protection, devices, pages
 * with flags, misaligned and page-crossing accesses, reservations. The engines answer aligned hits
 * in RAM themselves and call here for the rest.
 */
#include <string.h>

#include "core/bits.h"
#include "cpu/hart.h"
#include "cpu/pmp.h"

/* A failed access; accesses of the AMO kind fault as stores. */
static bool access_fault(struct hart *hart, enum walk_result result, enum access access, u64 address)
{
	return hart_fault(hart, mmu_cause(result, access), address);
}

/*
 * Walks for `address`, sets A and D, applies PMP for `width` bytes. *cacheable: the answer holds for
 * the whole page.
 */
static bool walk(struct hart *hart, u64 address, unsigned width, enum access access,
	struct walk *found, bool *cacheable)
{
	struct mmu_view view = mmu_view(&hart->priv, access);

	mmu_walk_to(found, &view, hart->ram, address, access);
	hart->count[HART_COUNT_walks]++;
	hart->count[HART_COUNT_walk_steps] += found->steps;
	if (found->result != WALK_OK)
		return access_fault(hart, found->result, access, address);
	if (!pmp_allows(&hart->priv, found->physical, width, access, view.level))
		return access_fault(hart, WALK_ACCESS_FAULT, access, address);
	if (found->update) {
		hart->count[HART_COUNT_walk_updates]++;
		ram_write(hart->ram, found->entry[found->steps - 1], found->update, 8);
		if (hart->ram->touched->count)
			hart->leave = 1;
	}
	*cacheable = pmp_uniform(&hart->priv, found->physical);
	return true;
}

/* The physical address of a data access that does not cross a page; fills the TLB. */
static bool translate(struct hart *hart, u64 address, unsigned width, enum access access,
	u64 *physical)
{
	struct tlb_data *entry = tlb_data_at(&hart->tlb, address);
	u64 tag = (address & PAGE_MASK) | hart->data_context;
	u64 have = access == ACCESS_WRITE ? entry->write : entry->read;
	struct walk found;
	bool cacheable;

	if (have != TLB_INVALID && (have & ~TLB_SLOW) == tag) {
		if ((have & TLB_SLOW) && entry->host
		    && !*ram_flags(hart->ram, entry->physical & PAGE_MASK))
			tlb_refresh(entry, hart->ram);
		*physical = (entry->physical & PAGE_MASK) | (address & ~PAGE_MASK);
		return true;
	}
	if (!walk(hart, address, width, access, &found, &cacheable))
		return false;
	*physical = found.physical;
	if (cacheable)
		tlb_fill_data(&hart->tlb, hart->ram, address, hart->data_context,
			found.physical & PAGE_MASK, found.shift & 63, access);
	return true;
}

bool hart_fetch(struct hart *hart, u64 address, struct tlb_fetch **entry, u64 *physical)
{
	struct tlb_fetch *place = tlb_fetch_at(&hart->tlb, address);
	struct walk found;
	bool cacheable;

	*entry = place;
	if (place->tag == ((address & PAGE_MASK) | hart->fetch_context)) {
		*physical = (place->physical & PAGE_MASK) | (address & ~PAGE_MASK);
		return true;
	}
	if (!walk(hart, address, 2, ACCESS_FETCH, &found, &cacheable))
		return false;
	*physical = found.physical;
	if (!ram_holds(hart->ram, found.physical, 2))
		return access_fault(hart, WALK_ACCESS_FAULT, ACCESS_FETCH, address);
	if (cacheable)
		*entry = tlb_fill_fetch(&hart->tlb, address, hart->fetch_context,
			found.physical & PAGE_MASK, found.shift & 63);
	else
		*entry = NULL;
	return true;
}

/* The hart touches a device: at its exact time, alone, and the engine comes back afterwards. */
static void device_touched(struct hart *hart, u64 physical, bool store)
{
	hart->count[store ? HART_COUNT_device_writes : HART_COUNT_device_reads]++;
	hart_trace(hart, TRACE_DEVICE, physical, store, 0, hart->prices.device);
	hart_charge(hart, hart->prices.device);
	hart->leave = 1;
	hart->yield = store && hart->window;
}

static bool physical_load(struct hart *hart, u64 address, u64 physical, unsigned width, u64 *value)
{
	if (ram_holds(hart->ram, physical, width)) {
		*value = ram_read(hart->ram, physical, width);
		return true;
	}
	hart->clock->state.now = hart_now(hart);
	if ((physical & (width - 1)) || !bus_read(hart->bus, physical, width, value))
		return access_fault(hart, WALK_ACCESS_FAULT, ACCESS_READ, address);
	device_touched(hart, physical, false);
	return true;
}

static bool physical_store(struct hart *hart, u64 address, u64 physical, unsigned width, u64 value)
{
	if (ram_holds(hart->ram, physical, width)) {
		ram_write(hart->ram, physical, value, width);
		if (hart->ram->touched->count)
			hart->leave = 1;
		return true;
	}
	hart->clock->state.now = hart_now(hart);
	if ((physical & (width - 1)) || !bus_write(hart->bus, physical, width, value))
		return access_fault(hart, WALK_ACCESS_FAULT, ACCESS_WRITE, address);
	device_touched(hart, physical, true);
	return true;
}

/* Bytes of an access that crosses into the next page, before the boundary; 0 when it does not. A
 * fault's tval is the address of the part that met it (3.1.16). */
static unsigned crossing(u64 address, unsigned width)
{
	u64 room = PAGE_SIZE - (address & ~PAGE_MASK);

	return room < width ? (unsigned)room : 0;
}

bool hart_load(struct hart *hart, u64 address, unsigned width, enum port_purpose purpose, u64 *value)
{
	enum access access = purpose == PORT_ATOMIC ? ACCESS_WRITE : ACCESS_READ;
	unsigned first = crossing(address, width);
	u64 physical, above;

	if (purpose == PORT_ATOMIC && (address & (width - 1)))
		return hart_fault(hart, CAUSE_store_misaligned, address);
	if (!first) {
		if (!translate(hart, address, width, access, &physical))
			return false;
		if (physical_load(hart, address, physical, width, value))
			return true;
		if (purpose == PORT_ATOMIC)
			hart->trap_cause = CAUSE_store_access;
		return false;
	}
	if (!translate(hart, address, first, access, &physical)
	    || !translate(hart, address + first, width - first, access, &above))
		return false;
	if (!ram_holds(hart->ram, physical, first))
		return access_fault(hart, WALK_ACCESS_FAULT, access, address);
	if (!ram_holds(hart->ram, above, width - first))
		return access_fault(hart, WALK_ACCESS_FAULT, access, address + first);
	*value = 0;
	for (unsigned i = 0; i < width; i++)
		*value |= ram_read(hart->ram, i < first ? physical + i : above + i - first, 1) << 8 * i;
	return true;
}

bool hart_store(struct hart *hart, u64 address, unsigned width, enum port_purpose purpose, u64 value)
{
	unsigned first = crossing(address, width);
	u64 physical, above;

	if (!first)
		return translate(hart, address, width, ACCESS_WRITE, &physical)
			&& physical_store(hart, address, physical, width, value);
	if (!translate(hart, address, first, ACCESS_WRITE, &physical)
	    || !translate(hart, address + first, width - first, ACCESS_WRITE, &above))
		return false;
	if (!ram_holds(hart->ram, physical, first))
		return access_fault(hart, WALK_ACCESS_FAULT, ACCESS_WRITE, address);
	if (!ram_holds(hart->ram, above, width - first))
		return access_fault(hart, WALK_ACCESS_FAULT, ACCESS_WRITE, address + first);
	for (unsigned i = 0; i < width; i++)
		ram_write(hart->ram, i < first ? physical + i : above + i - first, value >> 8 * i, 1);
	if (hart->ram->touched->count)
		hart->leave = 1;
	return true;
}

/* Reservations are for aligned words in RAM: elsewhere LR and SC fault. */
static bool port_reserve(void *self, u64 address, unsigned width, u64 *value)
{
	struct hart *hart = self;
	u64 physical;

	if (address & (width - 1))
		return hart_fault(hart, CAUSE_load_misaligned, address);
	if (!translate(hart, address, width, ACCESS_READ, &physical))
		return false;
	if (!ram_holds(hart->ram, physical, width))
		return hart_fault(hart, CAUSE_load_access, address);
	*value = ram_read(hart->ram, physical, width);
	hart->reserved = true;
	hart->reservation = physical;
	return true;
}

static bool port_conditional(void *self, u64 address, unsigned width, u64 value, bool *success)
{
	struct hart *hart = self;
	u64 physical;

	if (address & (width - 1))
		return hart_fault(hart, CAUSE_store_misaligned, address);
	if (!translate(hart, address, width, ACCESS_WRITE, &physical))
		return false;
	if (!ram_holds(hart->ram, physical, width))
		return hart_fault(hart, CAUSE_store_access, address);
	*success = hart->reserved && hart->reservation == physical;
	hart->reserved = false;
	return !*success || physical_store(hart, address, physical, width, value);
}

/* A store as far as faults go, for each operation; managing needs no more than to be readable. There
 * is no cache, so memory is as clean as it can be (CMO 1.0, 2.4 and 2.5). */
static bool port_block(void *self, u64 address, bool zero)
{
	struct hart *hart = self;
	u64 base = address & ~(u64)(CACHE_BLOCK - 1);
	u64 physical;

	if (!translate(hart, base, CACHE_BLOCK, zero ? ACCESS_WRITE : ACCESS_READ, &physical)) {
		bool page = hart->trap_cause == CAUSE_load_page || hart->trap_cause == CAUSE_store_page;

		return hart_fault(hart, page ? CAUSE_store_page : CAUSE_store_access, address);
	}
	if (!ram_holds(hart->ram, physical, CACHE_BLOCK))
		return hart_fault(hart, CAUSE_store_access, address);
	for (u64 at = 0; zero && at < CACHE_BLOCK; at += 8)
		ram_write(hart->ram, physical + at, 0, 8);
	if (hart->ram->touched->count)
		hart->leave = 1;
	return true;
}

static bool port_load(void *self, u64 address, unsigned width, enum port_purpose purpose, u64 *value)
{
	return hart_load(self, address, width, purpose, value);
}

static bool port_store(void *self, u64 address, unsigned width, enum port_purpose purpose, u64 value)
{
	return hart_store(self, address, width, purpose, value);
}

struct port hart_port(struct hart *hart)
{
	return (struct port){ hart, port_load, port_store, port_reserve, port_conditional,
		port_block };
}
