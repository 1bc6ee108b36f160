/*
 * A hostile guest's memory: page tables, batches of calls, rings. See material.h; the guest gets
 * them when it is made and, changed, between the stretches of its run.
 */
#include "tests/fuzz/material.h"

#include <string.h>

/* What a guest with the right mapping could store. */
void memory_put(struct program *program, u64 address, u64 value, unsigned width)
{
	if (vm_writable(cell_vm(program->cell), address, width))
		ram_write(cell_slice(program->cell), address, value, width);
}

/* RAM where it is, tables read-only, devices where they are, and a window with this and that. */
void memory_tree(struct program *program, u64 tree)
{
	u64 first = TABLES + tree * TREE_FRAMES;
	u64 root = frame(first + TREE_ROOT), middle = frame(first + TREE_RAM);
	bool direct = roll(program, 4);
	bool honest = roll(program, 6);
	u64 user = direct ? PTE_U : 0;
	u64 dirty = roll(program, 2) ? PTE_A | PTE_D : 0;

	for (u64 i = 0; i < TREE_FRAMES; i++)
		for (u64 at = 0; at < PAGE_SIZE; at += 8)
			memory_put(program, frame(first + i) + at, 0, 8);
	for (u64 i = 0; i < 512; i++) {
		u64 rights = PTE_R | PTE_W;

		if (i < CODE + CODE_FRAMES)
			rights = PTE_R | PTE_X | (roll(program, 4) ? 0 : PTE_W);
		else if (i >= TABLES && i < TABLES + TABLE_FRAMES && honest)
			rights = PTE_R;
		memory_put(program, entry(frame(first + TREE_LOW), i), leaf(frame(i), rights | user | dirty),
			8);
		memory_put(program, entry(frame(first + TREE_HIGH), i), leaf(frame(512 + i),
			PTE_R | PTE_W | user), 8);
	}
	memory_put(program, entry(root, 0), leaf(0, PTE_R | PTE_W | user), 8);
	memory_put(program, entry(root, 1), leaf(frame(first + TREE_WINDOW), 0), 8);
	memory_put(program, entry(root, 2), leaf(middle, 0), 8);
	memory_put(program, entry(middle, 0), leaf(frame(first + TREE_LOW), 0), 8);
	memory_put(program, entry(middle, 1), roll(program, 2) ? leaf(frame(first + TREE_HIGH), 0)
		: leaf(BOARD_ram + (2 << 20), PTE_R | PTE_W | user), 8);
	memory_put(program, entry(frame(first + TREE_WINDOW), 0), leaf(frame(first + TREE_LEAVES), 0), 8);
	for (u64 i = 0; i < 8; i++)
		memory_put(program, entry(frame(first + TREE_LEAVES), roll(program, 512)),
			leaf(frame(DATA + roll(program, 32)), PTE_R | PTE_W | user), 8);
	for (u64 n = roll(program, 4) ? 0 : roll(program, 8); n; n--)
		memory_put(program, entry(frame(first + roll(program, TREE_LEAVES + 1)), roll(program, 512)),
			random_pte(program), 8);
}

/* The results of the second and third call go to a page that the first has made a table. */
void memory_suicide(struct program *program, u64 tree)
{
	u64 page = frame(TABLES + tree * TREE_FRAMES + TREE_FRAMES - 1);

	for (u64 i = 0; i < 3; i++) {
		u64 at = page - 64 + i * 64;

		memory_put(program, at, hypercall_rows[HYPERCALL_para_version].eid, 8);
		memory_put(program, at + 8, i ? hypercall_rows[HYPERCALL_para_version].fid
			: hypercall_rows[HYPERCALL_para_table_pin].fid, 8);
		memory_put(program, at + 16, 0, 8);
		memory_put(program, at + 24, i ? 0 : page, 8);
		memory_put(program, at + 48, 0, 8);
		memory_put(program, at + 56, 0, 8);
	}
}

static void put_multicalls(struct program *program)
{
	for (u64 i = 0; i < 128; i++) {
		u64 at = frame(BATCH) + i * 64;
		u32 row = random_row(program);
		u64 argument[6];

		random_arguments(program, row, argument);
		memory_put(program, at, hypercall_rows[row].eid, 8);
		memory_put(program, at + 8, hypercall_rows[row].fid, 8);
		for (u32 a = 0; a < 4; a++)
			memory_put(program, at + 16 + a * 8, argument[a], 8);
	}
}

/* An entry as it would stand in a table of this type. */
static u64 fitting_pte(struct program *program, u32 type)
{
	u64 tree = TABLES + roll(program, TREES) * TREE_FRAMES;
	u64 rights = roll(program, 2) ? PTE_R | PTE_W : PTE_R;

	if (roll(program, 12) == 0)
		rights |= roll(program, 2) ? PTE_G : UINT64_C(1) << (54 + roll(program, 10));
	switch (roll(program, 8) ? type : FRAME_FREE) {
	case FRAME_TABLE0:
		return leaf(roll(program, 4) ? frame(DATA + roll(program, FRAMES - DATA))
			: random_frame(program), rights | PTE_U);
	case FRAME_TABLE1:
		if (roll(program, 3) == 0)
			return leaf(BOARD_ram + (2 << 20), rights | PTE_U);
		return leaf(frame(tree + (roll(program, 2) ? TREE_LEAVES : TREE_HIGH)), 0);
	case FRAME_TABLE2:
		return leaf(frame(tree + (roll(program, 2) ? TREE_WINDOW : TREE_RAM)), 0);
	default:
		return roll(program, 2) ? random_pte(program) : 0;
	}
}

/* Mostly for the tables that there are; the low ones, which hold the code, are left alone a bit. */
static void put_records(struct program *program)
{
	const struct frames *frames = &cell_vm(program->cell)->frames;

	for (u64 i = 0; i < 512; i++) {
		u64 at = frame(BATCH + 2) + i * 16;
		u64 table = roll(program, 16) ? random_known_table(program) : random_address(program);
		u64 number = (table - BOARD_ram) >> PAGE_SHIFT;
		u32 type = frames->frame && number < FRAMES ? frames->frame[number].type : FRAME_FREE;
		u64 index = roll(program, 4) ? CODE_FRAMES + roll(program, 512 - CODE_FRAMES)
			: roll(program, 512);

		memory_put(program, at, entry(table & PAGE_MASK, index), 8);
		memory_put(program, at + 8, roll(program, 6) ? fitting_pte(program, type) : 0, 8);
	}
}

/* Where a device is told to read or write. */
static u64 random_buffer(struct program *program)
{
	switch (roll(program, 4)) {
	case 0:
		return random_address(program);
	case 1:
		return random_known_table(program) + roll(program, PAGE_SIZE);
	default:
		return frame(RINGS + 4) + roll(program, 64) * 16;
	}
}

/* A queue of eight: descriptors in the first page, the two rings behind. The old transport wants
 * the first ring in the same page. */
void memory_rings(struct program *program)
{
	u64 base = frame(RINGS), count = roll(program, 4) ? roll(program, 9) : roll(program, 65536);

	for (u64 i = 0; i < 8; i++) {
		u64 at = base + i * 16;
		u64 flags = roll(program, 4) ? roll(program, 4) : roll(program, 8);

		memory_put(program, at, random_buffer(program), 8);
		memory_put(program, at + 8, roll(program, 3) ? 16 : roll(program, 3) ? 512
			: random_value(program), 4);
		memory_put(program, at + 12, flags, 2);
		memory_put(program, at + 14, roll(program, 9), 2);
	}
	for (u64 ring = base + 128; ring <= base + PAGE_SIZE; ring += PAGE_SIZE - 128) {
		memory_put(program, ring, 0, 2);
		memory_put(program, ring + 2, count, 2);
		for (u64 i = 0; i < 8; i++)
			memory_put(program, ring + 4 + i * 2, roll(program, 9), 2);
	}
	for (u64 i = 0; i < 64; i++) {
		memory_put(program, frame(RINGS + 4) + i * 16, roll(program, 2) ? roll(program, 2)
			: roll(program, 12), 4);
		memory_put(program, frame(RINGS + 4) + i * 16 + 8, roll(program, 70), 8);
	}
}

void memory_driver(struct program *program, struct register_value *step)
{
	u64 base = frame(RINGS);
	u64 used = roll(program, 3) ? base + 2 * PAGE_SIZE : random_known_table(program);
	u32 queue = (u32)roll(program, 3);
	const struct register_value steps[DRIVER_STEPS] = {
		{ 0x70, 0 }, { 0x70, 1 }, { 0x70, 3 }, { 0x24, 0 },
		{ 0x20, (u32)(roll(program, 4) << 28) }, { 0x24, 1 }, { 0x20, 1 }, { 0x70, 11 },
		{ 0x28, PAGE_SIZE }, { 0x30, queue }, { 0x38, 8 }, { 0x3c, PAGE_SIZE },
		{ 0x40, (u32)((roll(program, 3) ? base : used) >> PAGE_SHIFT) },
		{ 0x80, (u32)base }, { 0x84, 0 }, { 0x90, (u32)(base + PAGE_SIZE) }, { 0x94, 0 },
		{ 0xa0, (u32)used }, { 0xa4, 0 }, { 0x44, 1 }, { 0x70, 15 }, { 0x50, queue },
		{ 0x50, queue }, { 0x64, 1 },
	};

	memcpy(step, steps, sizeof(steps));
	if (roll(program, 3) == 0)
		step[roll(program, DRIVER_STEPS)].value = (u32)random_value(program);
}

void memory_batches(struct program *program)
{
	put_multicalls(program);
	put_records(program);
}
