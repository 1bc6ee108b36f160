/*
 * The monitor: runs virtual machines on a hart. What it does on an exit depends on the guest's
 * `struct virt_mode`, which is what "pluggable" means here: native, trap and pv are three literals
 * (mode_*.c), and a class can write a fourth.
 */
#ifndef PV_MONITOR_H
#define PV_MONITOR_H

#include "pv/vm.h"

enum { VIRT_MODE_VERSION = 1 };

/* The real hart of a virtualized guest is interrupted for its monitor's sake by this line. */
enum { REAL_INTERRUPTS = 1 << IRQ_machine_timer };

/* Handles one kind of exit, from why the hart came back to what the guest finds. */
typedef void exit_handler(struct vcpu *vcpu, const struct exit *exit);

struct virt_mode {
	u32 size, version; /* sizeof(struct virt_mode), VIRT_MODE_VERSION */
	const char *name;
	const char *words;
	bool guest_is_real;     /* the guest's privileged state is the hart's own */
	bool para;              /* offers the paravirtual extension */
	u32 time;               /* enum time_kind that its work counts as */
	exit_handler *const *exception; /* by cause of the trap; null: passed on to the guest */
	exit_handler *interrupt;        /* an interrupt of the real hart */
	/* Before the guest goes on: deliver what is pending, load the real state. */
	void (*enter)(struct vcpu *vcpu);
	/* Whenever the guest stops running: take over what it changed of the real state. May be null. */
	void (*leave)(struct vcpu *vcpu);
};

extern const struct virt_mode mode_native, mode_trap, mode_pv;

/*
 * Several harts share windows of time on one host thread. In a window each runs up to its end in
 * turn; a store to a device passes the turn on; an event ends the window. All of them read time by
 * the beginning of the window, so that it never runs backwards between them.
 */
struct monitor_state {
	u64 window;     /* its beginning: cycle */
	u64 window_end; /* alone, a hart has no windows: its end is the next event */
	u64 turn;       /* whose turn it is */
};

enum { MONITOR_WINDOW = 5000 /* cycles: 5 microseconds */ };

struct monitor {
	struct monitor_state state;
	struct clock *clock;
	struct ram *ram;       /* the machine's */
	struct prices prices;
	struct trace *trace;
	struct hart *hart;     /* the machine's harts, one for each virtual hart */
	struct vm vm;
};

struct monitor_config {
	const struct virt_mode *mode;
	struct prices prices;
	struct board_config board; /* of the guest; lines are filled in here, harts are counted */
	u64 guest_memory;          /* bytes of the slice */
	u64 area;                  /* machine address of the monitor's own area, for shadow tables */
	u64 area_size;
	u64 slice;                 /* machine address of the slice, a multiple of 2 MiB; for native
	                            * guests the RAM's base */
};

/* How much the monitor needs for itself beside a guest of that size: a multiple of 2 MiB. */
u64 monitor_area_size(u64 guest_memory);

/* `hart` is an array, as long as the board has harts; they may be created after this, but before
 * monitor_boot. */
bool monitor_create(struct monitor *monitor, struct hart *hart, struct ram *ram,
	struct clock *clock, struct trace *trace, const struct monitor_config *config,
	struct fault *fault);
void monitor_destroy(struct monitor *monitor);

/* The guest begins at `entry` at S with a0 = hart, a1 = device tree. */
void monitor_boot(struct monitor *monitor, u64 entry, u64 device_tree);

/* A bare-metal guest begins at `entry` at M, and nothing ever leaves. */
void monitor_boot_bare(struct monitor *monitor, u64 entry, u64 device_tree);

/*
 * Runs until the hart whose turn it is reaches the absolute cycle (EXIT_DEADLINE), it is another's
 * turn (EXIT_YIELD), a watched page was written to (EXIT_WATCH), the guest stops (EXIT_STOP), or
 * every hart waits (EXIT_WAIT: monitor_idle).
 */
struct exit monitor_run(struct monitor *monitor, u64 until);

/*
 * After EXIT_WAIT: time passes to the next event, at most to `until`, and counts as idle. False: no
 * event is set, so nothing will ever end the wait but input.
 */
bool monitor_idle(struct monitor *monitor, u64 until);

void monitor_sections(struct monitor *monitor, struct snapshot *snapshot);

/* After a snapshot was loaded: what is derived from state. */
void monitor_restored(struct monitor *monitor);

/* Delivers a trap to the guest's kernel, as its virtual state says. */
void vcpu_inject(struct vcpu *vcpu, u64 cause, u64 tval);

/* Goes on behind the trapped instruction. */
void vcpu_skip(struct vcpu *vcpu, u32 length);

/* The exit's reason, once known; TRACE_EXIT carries it. insn: 0 where it is not at hand. */
void vcpu_reason(struct vcpu *vcpu, enum exit_reason reason, u64 value, u32 insn);

/* An exit from beginning to end: counted, charged, handled, and the guest's real state loaded. */
void vcpu_exit(struct vcpu *vcpu, const struct exit *exit);

/* Something was done on another hart that may wake or interrupt this one. */
void vcpu_poke(struct vcpu *vcpu, const struct vcpu *by);

/* Time passes for it without work, up to the absolute cycle `until`. */
void vcpu_idle(struct vcpu *vcpu, u64 until);

/* A stopped virtual hart begins at S, as the first did. */
void vcpu_start(struct vcpu *vcpu, u64 entry, u64 argument);

/* Firmware's state for a guest that begins at S: what OpenSBI sets up. */
void firmware_boot(struct priv *priv);
/* Interrupts for M that the built-in firmware takes; true when the cause was one. */
bool firmware_interrupt(struct vcpu *vcpu, u64 cause);

/* hypercall.c: ecall at (virtual) S. */
void hypercall(struct vcpu *vcpu, const struct exit *exit);
/* Is it a workload marker? Then it is performed and costs nothing. */
bool measure_call(struct vcpu *vcpu, const struct exit *exit);

/* emulate.c, access.c */
void emulate(struct vcpu *vcpu, const struct exit *exit);
/* Performs the memory access at pc in the guest's stead: a device, or RAM that may not be mapped. */
void access_emulate(struct vcpu *vcpu);

/* The features of the paravirtual extension: pv/ABI.md. */
enum para_feature { PARA_TRAPS = 1, PARA_IRQ_FLAG = 2, PARA_TABLES = 4, PARA_MULTICALL = 8,
	PARA_FEATURES = 15 };

#endif
