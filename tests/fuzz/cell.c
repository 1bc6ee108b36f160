/*
 * Assembling and running a cell. See cell.h; called by hostile.c.
 */
#include "tests/fuzz/cell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SLICE_UNIT = 2 << 20 };

static void console_write(void *self, u32 port, u64 cycle, const u8 *bytes, u64 length)
{
	struct cell *cell = self;

	for (u64 i = 0; i < length; i++) {
		memmove(cell->tail, cell->tail + 1, CELL_TAIL - 1);
		cell->tail[CELL_TAIL - 1] = bytes[i];
		cell->leaked |= !memcmp(cell->tail, &cell->config.secret, CELL_TAIL);
	}
}

static int console_read(void *self, u32 port, u64 cycle)
{
	return (int)(cycle >> 7 & 0xff);
}

static bool disk_read(void *self, u64 offset, void *to, u64 length)
{
	memcpy(to, (u8 *)self + offset, length);
	return true;
}

static bool disk_write(void *self, u64 offset, const void *from, u64 length)
{
	memcpy((u8 *)self + offset, from, length);
	return true;
}

static bool disk_flush(void *self)
{
	return true;
}

static void net_send(void *self, u64 cycle, const u8 *frame, u32 length)
{
	struct cell *cell = self;

	memcpy(cell->wire, frame, length);
	cell->wire_length = length;
	for (u32 i = 0; i + 8 <= length; i++)
		cell->leaked |= !memcmp(frame + i, &cell->config.secret, 8);
}

static u32 net_receive(void *self, u64 cycle, u8 *frame, u32 room)
{
	struct cell *cell = self;
	u32 length = cell->wire_length;

	memcpy(frame, cell->wire, length);
	cell->wire_length = 0;
	return length;
}

static u64 net_next(void *self, u64 cycle)
{
	struct cell *cell = self;

	return cell->wire_length ? cycle + 1000 : NEVER;
}

static struct host_disk cell_disk(struct cell *cell, u32 which)
{
	return (struct host_disk){ .self = cell->disk[which], .size = CELL_DISK,
		.read = disk_read, .write = disk_write, .flush = disk_flush };
}

static void place_canary(struct cell *cell, u64 address)
{
	cell->canary[cell->canaries++] = address;
	for (u64 at = 0; at < CELL_CANARY; at += 8)
		ram_write(&cell->ram, address + at, cell->config.secret, 8);
}

static void give_up(const struct fault *fault)
{
	fprintf(stderr, "hostile: %s\n", fault->text);
	exit(2);
}

void cell_create(struct cell *cell, const struct cell_config *config)
{
	bool real = config->mode->guest_is_real;
	u64 area_size = real ? 0 : (u64)config->area_pages * PAGE_SIZE;
	u64 before = real ? 0 : (CELL_CANARY + area_size + CELL_CANARY + SLICE_UNIT - 1)
		/ SLICE_UNIT * SLICE_UNIT;
	struct monitor_config monitor = {
		.mode = config->mode,
		.board = { .harts = config->harts, .host = { cell, console_write, console_read },
			.disks = 2, .disk = { cell_disk(cell, 0), cell_disk(cell, 1) },
			.has_ata = true, .ata = cell_disk(cell, 2),
			.nets = 1, .net = { { cell, { 2 }, net_send, net_receive, net_next } },
			.has_rng = true, .rng_seed = config->secret >> 7,
			.has_console = true, .legacy = config->legacy },
		.guest_memory = CELL_SLICE,
		.area = BOARD_ram + CELL_CANARY,
		.area_size = area_size,
		.slice = BOARD_ram + before,
	};
	struct hart_config hart = { .clock = &cell->clock, .isa = config->isa,
		.blocks = &cell->blocks };
	struct fault fault;

	memset(cell, 0, sizeof(*cell));
	cell->config = *config;
	clock_create(&cell->clock);
	if (!prices_load(&monitor.prices, "k3", &fault)
	    || !ram_create(&cell->ram, BOARD_ram, before + CELL_SLICE + CELL_CANARY, &fault)
	    || !blocks_create(&cell->blocks, &cell->ram, config->isa, &fault)
	    || !monitor_create(&cell->monitor, cell->hart, &cell->ram, &cell->clock, NULL,
	    &monitor, &fault))
		give_up(&fault);
	hart.prices = monitor.prices.hart;
	bus_create(&cell->bus, &cell->ram);
	hart.bus = real ? &cell->monitor.vm.board.bus : &cell->bus;
	hart.stop = &cell->monitor.vm.board.stop;
	hart.time_offset = real ? &cell->monitor.vm.board.clint.state.offset : &cell->no_offset;
	hart.window = config->harts > 1 ? &cell->monitor.state.window : NULL;
	for (hart.number = 0; hart.number < config->harts; hart.number++)
		hart_create(&cell->hart[hart.number], &hart);
	if (!real) {
		place_canary(cell, BOARD_ram);
		place_canary(cell, BOARD_ram + before - CELL_CANARY);
	}
	place_canary(cell, BOARD_ram + before + CELL_SLICE);
}

void cell_boot(struct cell *cell, u64 entry)
{
	if (cell->config.bare)
		monitor_boot_bare(&cell->monitor, entry, 0);
	else
		monitor_boot(&cell->monitor, entry, 0);
}

void cell_destroy(struct cell *cell)
{
	monitor_destroy(&cell->monitor);
	blocks_destroy(&cell->blocks);
	ram_destroy(&cell->ram);
}

bool cell_run(struct cell *cell, u64 steps)
{
	u64 end = cell_steps(cell) + steps;

	while (cell_steps(cell) < end) {
		u64 until = cell->hart[cell->monitor.state.turn].cycle + end - cell_steps(cell);
		struct exit exit = monitor_run(&cell->monitor, until);

		if (exit.kind == EXIT_STOP)
			return false;
		/* Time that passes while the guest sleeps is no step: a wait ends the stretch. */
		if (exit.kind == EXIT_WAIT)
			return monitor_idle(&cell->monitor, NEVER - 1);
	}
	return true;
}
