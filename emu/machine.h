/*
 * The composition root: one complete machine, from an option-like description to something that
 * runs. All that a machine is hangs on this struct and nothing outside it, so that several can run
 * side by side in one process (comparison, lockstep, tests).
 */
#ifndef EMU_MACHINE_H
#define EMU_MACHINE_H

#include "core/image.h"
#include "emu/htif.h"
#include "pv/monitor.h"

/* AUTO: none for a guest that speaks HTIF (emu/htif.h), else the built-in one. */
enum firmware { FIRMWARE_BUILTIN, FIRMWARE_NONE, FIRMWARE_FILE, FIRMWARE_AUTO };

struct machine_config {
	const struct virt_mode *mode;
	u64 memory;                 /* bytes the guest sees */
	u32 harts;                  /* 1 to BOARD_HARTS; 0 means 1 */
	const char *isa;            /* null: everything there is */
	enum firmware firmware;
	const char *firmware_path;  /* for FIRMWARE_FILE */
	const char *guest;          /* ELF or raw image; may be null with a firmware file */
	const char *initrd;         /* null: none */
	const char *bootargs;       /* null: none */
	struct prices prices;
	struct host host;
	u32 disks;
	struct host_disk disk[BOARD_DISKS];
	bool has_ata;
	struct host_disk ata;
	u32 nets;
	struct host_net net[BOARD_NETS];
	bool has_rng;
	u64 rng_seed;
	bool has_console;           /* a virtio console beside the serial port */
	u32 legacy;                 /* bit n: virtio slot n speaks version 1 of the transport */
	bool chaos;                 /* drop every cache at random moments: nothing may change */
	u64 chaos_seed;
	u32 trace;                  /* events to keep; 0: no trace. A power of two */
	/* Called when all harts wait: `cycles` of virtual time are about to be skipped. May be null. */
	void *idle_self;
	void (*idle)(void *self, u64 cycles);
};

struct machine {
	struct machine_config config;
	struct clock clock;
	struct ram ram;
	struct bus bus;             /* the real one of a virtualized guest: RAM and nothing else */
	struct isa isa;
	struct blocks blocks;
	struct trace trace;
	u32 harts;
	struct hart hart[BOARD_HARTS];
	struct monitor monitor;
	struct image firmware, image;
	struct htif htif;
	u64 no_offset;
	u64 chaos_state;
	struct hart_state *hart_state; /* what snapshots carry of the harts */
	struct snapshot *snapshot;
};

enum machine_end {
	MACHINE_LIMIT,    /* the steps asked for have been made */
	MACHINE_POWEROFF, /* see stop.status */
	MACHINE_REBOOT,
	MACHINE_STUCK     /* every hart waits and nothing can wake it */
};

/* Null with a fault. The strings and disks of `config` must outlive the machine. */
struct machine *machine_create(const struct machine_config *config, struct fault *fault);
void machine_destroy(struct machine *machine);

/* Runs until the machine has made `steps` steps since reset, or ends. */
enum machine_end machine_run(struct machine *machine, u64 steps);

/* Runs to an absolute cycle at the most; for tests that stop at odd places. */
enum machine_end machine_run_cycles(struct machine *machine, u64 until);

/* Of all harts together. */
static inline u64 machine_steps(const struct machine *machine)
{
	u64 steps = 0;

	for (u32 i = 0; i < machine->harts; i++)
		steps += hart_steps(&machine->hart[i]);
	return steps;
}

/* The cycle of the hart whose turn it is: what a run up to a cycle goes by. */
static inline u64 machine_cycle(const struct machine *machine)
{
	return machine->hart[machine->monitor.state.turn].cycle;
}

static inline const struct stop *machine_stop(const struct machine *machine)
{
	return &machine->monitor.vm.board.stop;
}

/* Everything counted since reset. */
void machine_tally(const struct machine *machine, struct tally *tally);

/* A snapshot in memory that the caller frees, and back. Disks and console are the host's. */
bool machine_save(struct machine *machine, u8 **bytes, u64 *length, struct fault *fault);
bool machine_load(struct machine *machine, const u8 *bytes, u64 length, struct fault *fault);

/* Two machines in the same state have the same digest. */
u64 machine_digest(struct machine *machine);

#endif
