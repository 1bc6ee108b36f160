/*
 * A hart: registers, privileged state, TLB and counters, and the one way to run it: until an
 * absolute cycle, after which it tells why it came back. Where it stops is invisible to the guest:
 * stopping anywhere and going on leaves the same state as not stopping.
 *
 * cycle = steps + prices. A step is an instruction retired or a trap taken (or, added by a monitor,
 * an exit handled), each at least one cycle; so instret = cycle - charged, and no loop is free.
 */
#ifndef CPU_HART_H
#define CPU_HART_H

#include "core/bus.h"
#include "core/clock.h"
#include "core/count.h"
#include "core/snapshot.h"
#include "core/trace.h"
#include "cpu/block.h"
#include "cpu/exec.h"
#include "cpu/isa.h"
#include "cpu/priv.h"
#include "cpu/tlb.h"

enum exit_kind {
	EXIT_DEADLINE, /* the cycle asked for, or the clock's next event, was reached */
	EXIT_TRAP,     /* a trap to M that this hart's owner takes instead of mtvec */
	EXIT_WAIT,     /* wfi, and nothing enabled is pending */
	EXIT_YIELD,    /* one of several harts has stored to a device: let the others catch up */
	EXIT_WATCH,    /* a watched page of RAM was written to */
	EXIT_STOP      /* a device ended the run: see the board's stop word */
};

/* Why hart_run came back. For EXIT_TRAP the hart's pc is still the trapping instruction's. */
struct exit {
	enum exit_kind kind;
	u64 cause; /* with CAUSE_INTERRUPT */
	u64 tval;
};

/* Where time goes; each cycle goes to exactly one. */
enum time_kind { TIME_USER, TIME_KERNEL, TIME_MACHINE, TIME_MONITOR, TIME_FIRMWARE, TIME_IDLE,
	TIME_KINDS };

enum hart_count {
#define COUNT(name, unit, words) HART_COUNT_##name,
#include "cpu/count.def"
#undef COUNT
	HART_COUNTS
};
extern const struct count_row hart_count_rows[HART_COUNTS];

struct hart_prices {
#define PRICE(name, words) u32 name;
#include "cpu/prices.def"
#undef PRICE
};

/* Traps taken or left with, by level before, level of the handler (M: left, or to mtvec) and
 * cause; interrupts in the upper half. */
typedef u64 trap_counts[LEVELS][LEVELS][2 * CAUSES];

struct hart {
	/* First what the engines touch, within one displacement of the pointer. */
	u64 deadline;           /* cycle at which the running engine comes back */
	u64 pc;                 /* exact whenever the engine is not inside a block */
	u64 fetch_context;      /* tag bits of fetches and of data accesses (tlb.h) */
	u64 data_context;
	u32 leave;              /* nonzero: the engine returns after this instruction */
	u32 yield;              /* nonzero: and hart_run comes back too */
	bool watched;           /* likewise: EXIT_WATCH is due */
	u64 x[33];              /* x[32] takes what is written to x0 */
	u64 f[32];              /* singles are boxed: cpu/fpu.h */
	u64 cycle;              /* exact whenever pc is */
	u64 charged;            /* cycles that are not instructions retired */
	u64 next_pc;            /* set by system instructions */

	/* State. */
	struct priv priv;
	bool waiting;           /* in wfi */
	bool reserved;          /* holds a reservation ... */
	u64 reservation;        /* ... of this physical address */
	u64 steps_trapped;      /* traps taken or left with */
	u64 time[TIME_KINDS];   /* up to time_since; hart_account brings it up to date */
	u64 time_since;
	u8 time_kind;
	u8 time_of_level[LEVELS];
	trap_counts traps;
	u64 count[HART_COUNTS];

	/* The trap that the running instruction met. */
	u64 trap_cause, trap_tval;

	/* Wiring: not state. */
	bool leaves;            /* traps to M come back as EXIT_TRAP */
	bool monitored;         /* a monitor attributes time, by the guest's virtual level */
	u64 lines;              /* interrupt lines, set by devices (state of the devices) */
	struct bus *bus;
	struct ram *ram;
	struct clock *clock;
	const struct stop *stop;
	const struct isa *isa;
	struct blocks *blocks;
	struct trace *trace;
	const u64 *time_offset; /* the timer's: mtime minus the clock's ticks */
	const u64 *window;      /* one of several harts: the cycle that all of them read time by */
	struct hart_prices prices;
	u32 number;
	struct port port;

	u32 generation;         /* of the TLB's contexts, when ours were asked for */
	struct tlb tlb;
};

/* What a snapshot carries of a hart. */
struct hart_state {
	u64 pc, x[32], f[32], cycle, charged, steps_trapped, lines;
	struct priv priv;
	u64 waiting, reserved, reservation;
	u64 time[TIME_KINDS], time_since, time_kind;
	trap_counts traps;
	u64 count[HART_COUNTS];
	struct tlb_state tlb;
};

struct hart_config {
	u32 number;
	struct bus *bus;
	struct clock *clock;
	const struct stop *stop;
	const struct isa *isa;
	struct blocks *blocks;
	struct trace *trace;       /* null: none */
	const u64 *time_offset;    /* mtime minus the clock's ticks */
	const u64 *window;         /* null: this is the only hart */
	struct hart_prices prices;
	bool leaves;
};

void hart_create(struct hart *hart, const struct hart_config *config);
void hart_reset(struct hart *hart, u64 pc);

/* Runs until `until` (absolute cycle), the clock's next event, or for another reason. */
struct exit hart_run(struct hart *hart, u64 until);

/* Spends `cycles` that are no instruction: prices, exits, idling. */
static inline void hart_charge(struct hart *hart, u64 cycles)
{
	hart->cycle += cycles;
	hart->charged += cycles;
}

/* From now on time goes to this kind. */
void hart_account(struct hart *hart, enum time_kind kind);

/* After privileged state was changed from outside: translation context, level, interrupts. */
void hart_changed(struct hart *hart);

/* The part of it that concerns translation: after a fence. */
void hart_contexts(struct hart *hart);

/* Pages of RAM written to since guest code last ran: drops what was decoded from them, and notes
 * whether one was watched. */
void hart_drain(struct hart *hart);

static inline u64 hart_retired(const struct hart *hart)
{
	return hart->cycle - hart->charged;
}

static inline u64 hart_steps(const struct hart *hart)
{
	return hart_retired(hart) + hart->steps_trapped;
}

/* The cycle by which time is told: the hart's own, or, where several share a window, the window's, so
 * that no hart reads a time that another has not reached. */
static inline u64 hart_now(const struct hart *hart)
{
	return hart->window ? *hart->window : hart->cycle;
}

static inline struct priv_in hart_in(const struct hart *hart)
{
	return (struct priv_in){
		.cycle = hart->cycle,
		.instret = hart_retired(hart),
		.now = hart_now(hart),
		.offset = *hart->time_offset,
		.lines = hart->lines,
	};
}

/* For the running instruction: sets the trap it met; always returns false. */
bool hart_fault(struct hart *hart, u64 cause, u64 tval);

void hart_trace_write(struct hart *hart, enum trace_kind kind, u64 a, u64 b, u32 insn, u64 price);

static inline void hart_trace(struct hart *hart, enum trace_kind kind, u64 a, u64 b, u32 insn,
	u64 price)
{
	if (hart->trace && trace_on(hart->trace))
		hart_trace_write(hart, kind, a, b, insn, price);
}

void hart_save(const struct hart *hart, struct hart_state *state);
void hart_restore(struct hart *hart, const struct hart_state *state);

/* memory.c: any access of the running instruction, fast or slow. False: it trapped. */
bool hart_load(struct hart *hart, u64 address, unsigned width, enum port_purpose purpose, u64 *value);
bool hart_store(struct hart *hart, u64 address, unsigned width, enum port_purpose purpose, u64 value);
/* Physical address of an instruction fetch at pc, filling the TLB. False: it trapped. */
bool hart_fetch(struct hart *hart, u64 address, struct tlb_fetch **entry, u64 *physical);
struct port hart_port(struct hart *hart);

/* system.c: the functions that CALL rows name, and what is no instruction at all. */
struct op;
#define SYSTEM_CALLS(X) X(ecall) X(ebreak) X(csrrw) X(csrrs) X(csrrc) X(csrrwi) X(csrrsi) X(csrrci) \
	X(fence_i) X(sret) X(mret) X(wfi) X(sfence_vma) X(sfence_inval) X(illegal)
#define SYSTEM_DECLARE(name) bool system_##name(struct hart *hart, const struct op *op);
SYSTEM_CALLS(SYSTEM_DECLARE)
#undef SYSTEM_DECLARE

#endif
