/*
 * Frames: a mark that moves up through memory never used, and a list of those given back. The list
 * runs through the free frames themselves; that of the tables is an array, since tables must stay
 * zeros (and, in the para back end, cannot be written).
 */
#include "guests/lib/string.h"
#include "guests/twin/device_tree.h"
#include "guests/twin/memory.h"
#include "guests/twin/ops.h"
#include "guests/twin/panic.h"

enum { MOST_RAM = 1 << 30 }; /* what the kernel's one gigabyte of address space can hold */

static u64 end, first, mark, list, listed;
static u16 *holders; /* of the frames from `first` on */

static u64 tables_low, tables_unused;
static u64 table_list[TABLES];
static u32 tables_listed;

void memory_start(void)
{
	u64 size = device_tree.ram_size < MOST_RAM ? device_tree.ram_size : MOST_RAM;

	end = (device_tree.ram + size) & PAGE_MASK;
	tables_low = (u64)guest_end;
	tables_unused = tables_low;
	memset(guest_end, 0, (u64)TABLES * PAGE_SIZE);
	mark = memory_tables_high();
	u64 frames = (end - mark) / PAGE_SIZE;
	holders = memory_take(frames * sizeof(holders[0]));
	first = mark;
}

u64 memory_tables_low(void)
{
	return tables_low;
}

u64 memory_tables_high(void)
{
	return tables_low + (u64)TABLES * PAGE_SIZE;
}

u64 memory_end(void)
{
	return end;
}

void *memory_take(u64 bytes)
{
	u64 taken = mark;

	mark += (bytes + PAGE_SIZE - 1) & PAGE_MASK;
	if (mark > end)
		panic("%lu KiB of RAM are not enough", (end - device_tree.ram) >> 10);
	memset((void *)taken, 0, mark - taken);
	return (void *)taken;
}

static u16 *holders_of(u64 frame)
{
	return &holders[(frame - first) / PAGE_SIZE];
}

u64 frame_alloc(void)
{
	u64 frame = list;

	if (frame != 0) {
		list = *(u64 *)frame;
		listed--;
	} else if (mark < end) {
		frame = mark;
		mark += PAGE_SIZE;
	} else {
		return 0;
	}
	*holders_of(frame) = 1;
	return frame;
}

u64 frame_alloc_zero(void)
{
	u64 frame = frame_alloc();

	if (frame != 0)
		memset((void *)frame, 0, PAGE_SIZE);
	return frame;
}

void frame_hold(u64 frame)
{
	++*holders_of(frame);
}

void frame_drop(u64 frame)
{
	if (--*holders_of(frame) > 0)
		return;
	*(u64 *)frame = list;
	list = frame;
	listed++;
}

u32 frame_holders(u64 frame)
{
	return *holders_of(frame);
}

u64 frames_free(void)
{
	return listed + (end - mark) / PAGE_SIZE;
}

u64 table_alloc(void)
{
	if (tables_listed > 0)
		return table_list[--tables_listed];
	if (tables_unused == memory_tables_high())
		return 0;
	u64 table = tables_unused;
	tables_unused += PAGE_SIZE;
	return table;
}

void table_free(u64 table)
{
	table_list[tables_listed++] = table;
}
