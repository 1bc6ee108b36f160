/*
 * A machine built around one guest so that an escape shows: between the guest's slice, the
 * monitor's area and the ends of RAM lie canary pages that nobody may change, full of a secret that
 * nobody may come to know.
 *
 *	virtualized   [canary][monitor's area][canary][slice][canary]
 *	native        [slice][canary]
 */
#ifndef TESTS_FUZZ_CELL_H
#define TESTS_FUZZ_CELL_H

#include "pv/monitor.h"

enum { CELL_CANARY_PAGES = 4, CELL_CANARIES = 3, CELL_DISK = 32 << 10, CELL_TAIL = 8,
	CELL_HARTS = 3, CELL_DISKS = 3, CELL_SLOTS = 5 };
#define CELL_CANARY ((u64)CELL_CANARY_PAGES * PAGE_SIZE)
#define CELL_SLICE (UINT64_C(4) << 20)

struct cell_config {
	const struct isa *isa;
	const struct virt_mode *mode;
	bool bare;      /* native only: the guest begins at M, without firmware */
	u32 harts;
	u32 area_pages; /* for shadow tables */
	u32 legacy;     /* bit n: virtio slot n speaks the old transport */
	u64 secret;
};

struct cell {
	struct cell_config config;
	struct clock clock;
	struct ram ram;
	struct bus bus;
	struct blocks blocks;
	struct hart hart[CELL_HARTS];
	struct monitor monitor;
	u64 no_offset;
	u32 canaries;
	u64 canary[CELL_CANARIES]; /* machine addresses */
	u8 disk[CELL_DISKS][CELL_DISK];
	u8 wire[HOST_FRAME];       /* the last frame sent, which comes back */
	u32 wire_length;
	u8 tail[CELL_TAIL];        /* the console's last bytes */
	bool leaked;               /* the secret was written to the console, or sent */
};

static inline bool cell_real(const struct cell *cell)
{
	return cell->config.mode->guest_is_real;
}

static inline struct vm *cell_vm(struct cell *cell)
{
	return &cell->monitor.vm;
}

static inline struct ram *cell_slice(struct cell *cell)
{
	return &cell->monitor.vm.board.ram;
}

/* The guest will begin at `entry`; its RAM is empty. Exits the program when the host is out of
 * memory. Memory of a cell that was destroyed is not looked at. */
void cell_create(struct cell *cell, const struct cell_config *config);
void cell_boot(struct cell *cell, u64 entry);
void cell_destroy(struct cell *cell);

/* Of all harts together. */
static inline u64 cell_steps(const struct cell *cell)
{
	u64 steps = 0;

	for (u32 i = 0; i < cell->config.harts; i++)
		steps += hart_steps(&cell->hart[i]);
	return steps;
}

static inline u64 cell_retired(const struct cell *cell)
{
	u64 retired = 0;

	for (u32 i = 0; i < cell->config.harts; i++)
		retired += hart_retired(&cell->hart[i]);
	return retired;
}

/* Runs for about so many steps, over waits too. False: the guest has ended, or waits for ever. */
bool cell_run(struct cell *cell, u64 steps);

#endif
