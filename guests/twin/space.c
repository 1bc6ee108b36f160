/*
 * Address spaces: regions say what may be there, page tables what is there. Every entry is read and
 * written through ops, so that the tables may belong to the processor or to a monitor.
 */
#include "guests/lib/board.h"
#include "guests/lib/string.h"
#include "guests/twin/abi.h"
#include "guests/twin/clock.h"
#include "guests/twin/memory.h"
#include "guests/twin/panic.h"
#include "guests/twin/pte.h"
#include "guests/twin/space.h"

enum { HEAP = 0 };

#define USER_PAGE (PTE_V | PTE_U | PTE_A | PTE_D)

/* The kernel's own space: what every other one begins as. */
static struct roots kernel_roots;
static u8 asid_used[ASIDS] = {1};

/* The kernel's map, built before paging is on. */

static u64 kernel_table(u64 entry)
{
	if ((ops->pte_read(entry) & PTE_V) == 0)
		ops->pte_write(entry, pte_make(table_alloc(), PTE_V));
	return pte_frame(ops->pte_read(entry));
}

/* Maps [low, high) to itself: 2 MiB at a time where possible, unless `small`. */
static void map_kernel(u64 low, u64 high, u64 rights, bool small)
{
	for (u64 at = low; at < high;) {
		u64 table = kernel_table(pte_entry(kernel_roots.kernel, 2, at));
		unsigned level = !small && at % PTE_SPAN(1) == 0 && high - at >= PTE_SPAN(1);
		if (level == 0)
			table = kernel_table(pte_entry(table, 1, at));
		ops->pte_write(pte_entry(table, level, at),
			pte_make(at, rights | ops->kernel_leaf));
		at += PTE_SPAN(level);
	}
}

void space_start(void)
{
	u64 low = memory_tables_low(), high = memory_tables_high();

	kernel_roots.kernel = table_alloc();
	map_kernel(BOARD_uart & ~(PTE_SPAN(1) - 1), (BOARD_uart & ~(PTE_SPAN(1) - 1)) + PTE_SPAN(1),
		PTE_R | PTE_W, false);
	map_kernel((u64)text_start, (u64)text_end, PTE_R | PTE_X, false);
	map_kernel((u64)text_end, (u64)rodata_end, PTE_R, false);
	map_kernel((u64)rodata_end, low, PTE_R | PTE_W, false);
	map_kernel(low, high, ops->tables_guarded ? PTE_R : PTE_R | PTE_W, true);
	map_kernel(high, memory_end(), PTE_R | PTE_W, false);
	ops->paging_start(&kernel_roots);
}

/* Walking. */

/* The table that `entry` points to; with `create` made if it is missing. 0: none. The top entry of
 * the user part stands in both roots. */
static u64 next_table(u64 entry, u64 twin_entry, bool create)
{
	u64 pte = ops->pte_read(entry);

	if ((pte & PTE_V) == 0) {
		u64 table = create ? table_alloc() : 0;
		if (table == 0)
			return 0;
		pte = pte_make(table, PTE_V);
		ops->pte_write(entry, pte);
		if (twin_entry != 0)
			ops->pte_write(twin_entry, pte);
	}
	return pte_frame(pte);
}

/* The address of the last-level entry for a user address; 0: there is no table for it. Pages are
 * mostly neighbours, so the table found last is tried first. */
static u64 walk(struct space *space, u64 address, bool create)
{
	u64 user = space->roots.user, number = address / PTE_SPAN(1);

	if (number == space->near)
		return pte_entry(space->near_table, 0, address);
	u64 table = next_table(pte_entry(space->roots.kernel, 2, address),
		user != 0 ? pte_entry(user, 2, address) : 0, create);
	if (table != 0)
		table = next_table(pte_entry(table, 1, address), 0, create);
	if (table == 0)
		return 0;
	space->tables[number % PTE_ENTRIES / 64] |= UINT64_C(1) << number % 64;
	space->near = number;
	space->near_table = table;
	return pte_entry(table, 0, address);
}

/* The next page of [*at, end) that is there: the address of its entry, *at moved to it, and *pte
 * what the entry holds. 0: no more. */
static u64 next_page(struct space *space, u64 *at, u64 end, u64 *pte)
{
	while (*at < end) {
		u64 entry = walk(space, *at, false);
		if (entry == 0) {
			*at = (*at & ~(PTE_SPAN(1) - 1)) + PTE_SPAN(1);
			continue;
		}
		*pte = ops->pte_read(entry);
		if ((*pte & PTE_V) != 0)
			return entry;
		*at += PAGE_SIZE;
	}
	return 0;
}

/* Making and unmaking. */

static u64 asid_alloc(void)
{
	for (u64 asid = 1; asid < ASIDS; asid++)
		if (!asid_used[asid]) {
			asid_used[asid] = 1;
			return asid;
		}
	panic("no address space identifier is left");
}

/* A root is pinned as zeros: what goes into it is validated entry by entry. */
static u64 root_alloc(void)
{
	u64 root = table_alloc();

	if (root != 0)
		ops->root_pin(root);
	return root;
}

static void share_kernel(struct roots *roots, u64 address)
{
	u64 pte = ops->pte_read(pte_entry(kernel_roots.kernel, 2, address));

	ops->pte_write(pte_entry(roots->kernel, 2, address), pte);
}

bool space_create(struct space *space)
{
	memset(space, 0, sizeof(*space));
	struct roots *roots = &space->roots;
	roots->asid = asid_alloc();
	roots->kernel = root_alloc();
	if (roots->kernel != 0) {
		share_kernel(roots, BOARD_uart);
		share_kernel(roots, BOARD_ram);
	}
	if (ops->two_roots)
		roots->user = root_alloc();
	if (roots->kernel != 0 && (roots->user != 0 || !ops->two_roots))
		return true;
	space_destroy(space);
	return false;
}

static void unmap(struct space *space, u64 start, u64 end)
{
	u64 at = start, pte;

	for (u64 entry; (entry = next_page(space, &at, end, &pte)) != 0; at += PAGE_SIZE) {
		frame_drop(pte_frame(pte));
		ops->pte_write(entry, 0);
	}
}

static void free_table(u64 entry)
{
	u64 table = pte_frame(ops->pte_read(entry));

	ops->pte_write(entry, 0);
	table_free(table);
}

void space_clear(struct space *space)
{
	struct roots *roots = &space->roots;
	u64 top = pte_entry(roots->kernel, 2, USER_LOW);

	for (u32 i = 0; i < REGIONS; i++)
		unmap(space, space->region[i].start, space->region[i].end);
	memset(space->region, 0, sizeof(space->region));
	if (roots->kernel == 0 || (ops->pte_read(top) & PTE_V) == 0)
		return;
	u64 table = pte_frame(ops->pte_read(top));
	for (u64 i = 0; i < PTE_ENTRIES; i++)
		if ((space->tables[i / 64] >> i % 64 & 1) != 0)
			free_table(table + 8 * i);
	memset(space->tables, 0, sizeof(space->tables));
	space->near = 0;
	if (roots->user != 0)
		ops->pte_write(pte_entry(roots->user, 2, USER_LOW), 0);
	free_table(top);
}

static void root_free(u64 root)
{
	if (root == 0)
		return;
	ops->root_unpin(root);
	table_free(root);
}

void space_destroy(struct space *space)
{
	struct roots *roots = &space->roots;

	space_clear(space);
	if (roots->kernel != 0) {
		ops->pte_write(pte_entry(roots->kernel, 2, BOARD_uart), 0);
		ops->pte_write(pte_entry(roots->kernel, 2, BOARD_ram), 0);
	}
	root_free(roots->kernel);
	root_free(roots->user);
	ops->asid_retire(roots->asid);
	asid_used[roots->asid] = 0;
	memset(space, 0, sizeof(*space));
}

/* Shares one page, from now on without the right to write: whoever writes first makes a copy. */
static bool share_page(u64 entry, u64 pte, struct space *child, u64 at)
{
	u64 child_entry = walk(child, at, true);

	if (child_entry == 0)
		return false;
	if ((pte & PTE_W) != 0) {
		pte &= ~(u64)PTE_W;
		ops->pte_write(entry, pte);
	}
	ops->pte_write(child_entry, pte);
	frame_hold(pte_frame(pte));
	return true;
}

bool space_fork(struct space *parent, struct space *child)
{
	memcpy(child->region, parent->region, sizeof(child->region));
	for (u32 i = 0; i < REGIONS; i++) {
		u64 at = parent->region[i].start, end = parent->region[i].end, pte;
		for (u64 entry; (entry = next_page(parent, &at, end, &pte)) != 0; at += PAGE_SIZE)
			if (!share_page(entry, pte, child, at))
				return false;
	}
	ops->tlb_flush_all(&parent->roots);
	return true;
}

/* Regions. */

bool space_add(struct space *space, u64 start, u64 end, u64 rights)
{
	for (u32 i = HEAP + 1; i < REGIONS; i++)
		if (space->region[i].start == space->region[i].end) {
			space->region[i] = (struct region){start, end, rights};
			return true;
		}
	return false;
}

u64 space_page(struct space *space, u64 address, u64 rights)
{
	u64 entry = walk(space, address, true);
	u64 frame = entry != 0 ? frame_alloc_zero() : 0;

	if (frame != 0)
		ops->pte_write(entry, pte_make(frame, USER_PAGE | rights));
	return frame;
}

bool space_finish(struct space *space, u64 start)
{
	u64 entry = walk(space, CLOCK_PAGE, true);

	if (entry == 0 || !space_add(space, CLOCK_PAGE, USER_HIGH, PTE_R))
		return false;
	frame_hold(clock_frame());
	ops->pte_write(entry, pte_make(clock_frame(), USER_PAGE | PTE_R));
	space->region[HEAP] = (struct region){start, start, PTE_R | PTE_W};
	return true;
}

u64 space_grow(struct space *space, s64 delta)
{
	struct region *heap = &space->region[HEAP];
	u64 old = heap->end, new = old + (u64)delta;

	if (delta > 0 ? new > MAP_LOW || new < old : new < heap->start || new > old)
		return 0;
	u64 above = (new + PAGE_SIZE - 1) & PAGE_MASK;
	if (above < old) {
		unmap(space, above, old);
		ops->tlb_flush_all(&space->roots);
	}
	heap->end = new;
	return old;
}

/* The lowest address from MAP_LOW on with `size` bytes in no region; 0: none. */
static u64 find_gap(const struct space *space, u64 size)
{
	u64 at = MAP_LOW;

	for (u32 i = 0; i < REGIONS; i++) {
		const struct region *region = &space->region[i];
		if (region->start < at + size && region->end > at) {
			at = region->end;
			i = UINT32_MAX; /* begin again */
		}
	}
	return size <= MAP_HIGH - MAP_LOW && at + size <= MAP_HIGH ? at : 0;
}

u64 space_map(struct space *space, u64 pages, bool now)
{
	u64 start = pages > 0 && pages <= MAP_HIGH / PAGE_SIZE
		? find_gap(space, pages * PAGE_SIZE) : 0;
	u64 end = start + pages * PAGE_SIZE;

	if (start == 0 || !space_add(space, start, end, PTE_R | PTE_W))
		return 0;
	for (u64 at = start; now && at < end; at += PAGE_SIZE)
		if (space_page(space, at, PTE_R | PTE_W) == 0) {
			space_unmap(space, start);
			return 0;
		}
	return start;
}

bool space_unmap(struct space *space, u64 address)
{
	for (u32 i = HEAP + 1; i < REGIONS; i++) {
		struct region *region = &space->region[i];
		if (region->start != address || region->end == address || address < MAP_LOW
			|| region->end > MAP_HIGH)
			continue;
		unmap(space, region->start, region->end);
		ops->tlb_flush_all(&space->roots);
		*region = (struct region){0, 0, 0};
		return true;
	}
	return false;
}

/* Faults. */

static const struct region *region_of(const struct space *space, u64 address)
{
	for (u32 i = 0; i < REGIONS; i++)
		if (address >= space->region[i].start && address < space->region[i].end)
			return &space->region[i];
	return NULL;
}

/* A write to a page that may be shared: the last holder takes it, others copy. */
static bool own_page(u64 entry, u64 pte)
{
	u64 old = pte_frame(pte), frame = old;

	if (frame_holders(old) > 1) {
		frame = frame_alloc();
		if (frame == 0)
			return false;
		memcpy((void *)frame, (const void *)old, PAGE_SIZE);
		frame_drop(old);
	}
	ops->pte_write(entry, pte_make(frame, (pte & (PTE_R | PTE_X)) | USER_PAGE | PTE_W));
	return true;
}

bool space_fault(struct space *space, u64 address, u64 right)
{
	const struct region *region = region_of(space, address);
	u64 page = address & PAGE_MASK;

	if (region == NULL || (region->rights & right) == 0)
		return false;
	u64 entry = walk(space, page, true);
	if (entry == 0)
		return false;
	u64 pte = ops->pte_read(entry);
	if ((pte & PTE_V) == 0)
		return space_page(space, page, region->rights) != 0;
	if (right == PTE_W && (pte & PTE_W) == 0 && !own_page(entry, pte))
		return false;
	ops->tlb_flush(&space->roots, page);
	return true;
}
