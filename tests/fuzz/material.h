/*
 * What the makers of a hostile guest share: where things lie in its memory, random values of every
 * kind that matter (random.c), memory filled with nearly right structures (memory.c), and code
 * (code.c). program.c puts them together.
 */
#ifndef TESTS_FUZZ_MATERIAL_H
#define TESTS_FUZZ_MATERIAL_H

#include "pv/hypercall.h"
#include "tests/fuzz/program.h"

/* Frames of the guest's memory. */
enum {
	CODE = 0, CODE_FRAMES = 16, SHARED = 16, SHARED_FRAMES = 4, BATCH = 20, BATCH_FRAMES = 4,
	RINGS = 24, RINGS_FRAMES = 8, TABLES = 32, TABLE_FRAMES = 64, DATA = 96,
	FRAMES = 1024, TREES = 4, TREE_FRAMES = TABLE_FRAMES / TREES
};

/* Frames of a tree of page tables; those behind are spare. */
enum { TREE_ROOT, TREE_RAM, TREE_LOW, TREE_HIGH, TREE_WINDOW, TREE_LEAVES };

#define WINDOW UINT64_C(0x40000000)

static inline u64 roll(struct program *program, u64 sides)
{
	return program_roll(program, sides);
}

static inline u64 frame(u64 number)
{
	return BOARD_ram + number * PAGE_SIZE;
}

static inline u64 leaf(u64 target, u64 bits)
{
	return target >> PAGE_SHIFT << 10 | bits | PTE_V;
}

static inline u64 entry(u64 table, u64 index)
{
	return table + index * 8;
}

/* random.c */
u64 random_word(struct program *program);
u64 random_device(struct program *program);
u64 random_table(struct program *program);
u64 random_root(struct program *program);
u64 random_frame(struct program *program);
/* Where things are, where they would be if the guest knew the machine, and where nothing is. */
u64 random_address(struct program *program);
u64 random_value(struct program *program);
u64 random_pte(struct program *program);
/* A table that the monitor holds for one now, as a guest that kept books would know. */
u64 random_known_table(struct program *program);
/* A row of hypercall.def, and six arguments that may suit it. */
u32 random_row(struct program *program);
void random_arguments(struct program *program, u32 row, u64 *argument);

/* memory.c; what is sealed stays as it is. */
void memory_put(struct program *program, u64 address, u64 value, unsigned width);
void memory_tree(struct program *program, u64 tree);
void memory_suicide(struct program *program, u64 tree);
void memory_batches(struct program *program);
void memory_rings(struct program *program);

struct register_value {
	u32 offset, value;
};

enum { DRIVER_STEPS = 24 };

/* A virtio driver's stores, as they should be but for what is rolled. */
void memory_driver(struct program *program, struct register_value *step);

/* code.c */
void code_page(struct program *program, u64 page);
/* How a guest's hart begins, in a frame of its own. */
void code_begin(struct program *program, u64 number);

#endif
