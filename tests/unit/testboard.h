/*
 * A board on a table: RAM, clock, interrupt words, and the console and the disk of dev.h. For tests
 * that need a whole board.
 */
#ifndef TESTS_UNIT_TESTBOARD_H
#define TESTS_UNIT_TESTBOARD_H

#include "core/board.h"
#include "tests/unit/dev.h"

#define TESTBOARD_RAM UINT64_C(0x80000000)

struct testboard {
	struct clock clock;
	struct ram ram;
	u64 lines[BOARD_HARTS];
	struct board board;
	struct console console;
	struct disk disk; /* all disks are this one */
};

/* What the table brings with it is filled into `config` here: lines, console, disks. */
static inline void testboard_create_with(struct testboard *t, u64 ram_size,
	struct board_config config)
{
	struct fault fault;

	memset(t, 0, sizeof(*t));
	config.host = console_host(&t->console);
	for (u32 i = 0; i < BOARD_HARTS; i++)
		config.lines[i] = &t->lines[i];
	config.ata = disk_host(&t->disk);
	for (u32 i = 0; i < BOARD_DISKS; i++)
		config.disk[i] = config.ata;
	clock_create(&t->clock);
	assert_true(ram_create(&t->ram, TESTBOARD_RAM, ram_size, &fault));
	board_create(&t->board, &t->clock, &t->ram, &config);
}

static inline void testboard_create(struct testboard *t, u64 ram_size, u32 harts, u32 disks,
	bool has_ata)
{
	testboard_create_with(t, ram_size, (struct board_config){ .harts = harts, .disks = disks,
		.has_ata = has_ata });
}

/* All devices that there are; the fifth virtio slot in its legacy version. */
static inline void testboard_create_full(struct testboard *t, u64 ram_size)
{
	testboard_create_with(t, ram_size, (struct board_config){ .harts = 2,
		.disks = BOARD_DISKS, .has_ata = true, .nets = BOARD_NETS, .has_rng = true,
		.rng_seed = 1, .has_console = true, .legacy = 1 << 4 });
}

static inline void testboard_destroy(struct testboard *t)
{
	ram_destroy(&t->ram);
}

#endif
