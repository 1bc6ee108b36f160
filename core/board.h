/*
 * The board without a processor: RAM, bus and devices at the addresses of QEMU's `virt` machine
 * (board.def), assembled once for a real machine and once more for each virtual one. It owns its
 * devices; the clock, the host services and the harts' interrupt words are its user's.
 */
#ifndef CORE_BOARD_H
#define CORE_BOARD_H

#include "core/bus.h"
#include "core/clock.h"
#include "core/dev/ata.h"
#include "core/dev/clint.h"
#include "core/dev/finisher.h"
#include "core/dev/plic.h"
#include "core/dev/rtc.h"
#include "core/dev/uart16550.h"
#include "core/dev/virtio.h"
#include "core/dev/virtio_blk.h"
#include "core/dev/virtio_console.h"
#include "core/dev/virtio_net.h"
#include "core/dev/virtio_rng.h"
#include "core/host.h"
#include "core/irq.h"
#include "core/snapshot.h"

enum {
	BOARD_HARTS = 8,
	BOARD_SLOTS = 8, /* of virtio: enough for all of the following */
	BOARD_DISKS = 4,
	BOARD_NETS = 2,
	BOARD_CONSOLE_PORT = 1 /* of the host: the virtio console; 0 is the serial port */
};

/* Addresses and interrupt numbers, one row each in board.def. */
enum board_address {
#define BOARD(name, base, irq, words) BOARD_##name = base,
#include "core/board.def"
#undef BOARD
};

enum board_irq {
#define BOARD(name, base, irq, words) BOARD_IRQ_##name = irq,
#include "core/board.def"
#undef BOARD
};

struct board_config {
	u32 harts;
	u64 *lines[BOARD_HARTS]; /* each hart's word of interrupt lines, bits as in mip */
	struct host host;
	u32 disks;                           /* virtio-blk, in order */
	struct host_disk disk[BOARD_DISKS];
	bool has_ata;
	struct host_disk ata;
	u32 nets;                            /* virtio-net, in order */
	struct host_net net[BOARD_NETS];
	bool has_rng;                        /* virtio-rng */
	u64 rng_seed;
	bool has_console;                    /* virtio-console */
	u32 legacy;                          /* bit n: virtio slot n speaks transport version 1 */
};

struct board {
	struct clock *clock;
	struct ram ram; /* a RAM of its own or a slice; not owned */
	struct bus bus;
	struct stop stop;
	u32 harts;
	struct uart16550 uart;
	struct clint clint;
	struct plic plic;
	struct rtc rtc;
	struct finisher finisher;
	struct ata ata;
	bool has_ata;
	u32 disks;
	struct virtio_blk disk[BOARD_DISKS];
	u32 nets;
	struct virtio_net net[BOARD_NETS];
	bool has_rng;
	struct virtio_rng rng;
	bool has_console;
	struct virtio_console console;
	u32 slots; /* of virtio, taken: disks first, then networks, random numbers, console */
	struct virtio *slot[BOARD_SLOTS];
};

/* Assembles a board on `clock` and `ram` (copied; bytes stay the owner's). */
void board_create(struct board *board, struct clock *clock, const struct ram *ram,
	const struct board_config *config);
void board_reset(struct board *board);

/* Adds the sections of the board's state (not RAM, not the clock) to a snapshot's list, names
 * prefixed. */
void board_sections(struct board *board, struct snapshot *snapshot, const char *prefix);

/* Restores what a snapshot does not carry: levels of lines, addends, caches. clock_restored comes
 * before it. */
void board_restored(struct board *board);

#endif
