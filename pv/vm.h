/*
 * A virtual machine: a slice of RAM, a board of its own, virtual harts, and what the monitor keeps
 * about it. A native guest under the built-in firmware is the same thing with one difference: its
 * privileged state is the hart's own.
 */
#ifndef PV_VM_H
#define PV_VM_H

#include "core/board.h"
#include "cpu/hart.h"
#include "pv/frame.h"
#include "pv/price.h"
#include "pv/shadow.h"

struct monitor;
struct vm;

enum exit_reason {
#define EXIT(name, words) EXIT_##name,
#include "pv/exits.def"
#undef EXIT
	EXIT_REASONS
};

struct exit_info {
	const char *name, *words;
};
extern const struct exit_info exit_infos[EXIT_REASONS];

enum vm_count {
#define COUNT(name, unit, words) VM_COUNT_##name,
#include "pv/count.def"
#undef COUNT
	VM_COUNTS
};
extern const struct count_row vm_count_rows[VM_COUNTS];

enum hypercall_id {
#define EXTENSION(name, eid, words)
#define HYPERCALL(extension, fid, name, arguments, words) HYPERCALL_##extension##_##name,
#include "pv/hypercall.def"
#undef EXTENSION
#undef HYPERCALL
	HYPERCALLS
};

/*
 * Everything counted about a guest, as one flat run of u64: a workload's cost is a difference of
 * two of these.
 */
struct tally {
	u64 cycles, instructions, steps;
	u64 exits, firmware_calls;
	u64 time[TIME_KINDS]; /* of all harts together */
	u64 exit[EXIT_REASONS], exit_cycles[EXIT_REASONS];
	u64 hypercall[HYPERCALLS];
	u64 primitive[PRICES];
	u64 count[VM_COUNTS];
	u64 hart[HART_COUNTS];
	u64 trap[LEVELS][2 * CAUSES]; /* of the real hart, by level trapped from */
};
enum { TALLY_WORDS = sizeof(struct tally) / sizeof(u64) };

enum { WORKLOADS = 64, WORKLOAD_NAME = 32 };

/* A stretch of the guest's run between its two markers. */
struct workload {
	char name[WORKLOAD_NAME];
	u64 operations; /* 0 while it runs */
	struct tally tally;
};

/* Virtual hart: the privileged state that the guest believes in. */
struct vcpu_state {
	struct priv priv;
	u64 lines;        /* virtual interrupt lines: set by the VM's board */
	u64 lines_seen;   /* as they were when the guest was last entered or interrupted */
	u64 stopped;      /* by HSM, or not started yet */
	u64 poked;        /* latest cycle at which another hart did something that may wake this one */
	u64 reload;       /* shadow tables went away under it: look for the root again */
	u64 shadow;       /* index of the shadow root in force */
	u64 waiting;
	u64 retired;      /* instructions that were emulated: retired for the guest alone */
	/* paravirtual */
	u64 features;     /* mask of enum para_feature */
	u64 page;         /* guest-physical address of the shared page */
	u64 entry;        /* where traps bounce to */
	u64 direct;       /* direct page tables are in force */
	u64 root[2];      /* user's and kernel's root tables, guest-physical; 0: none */
};

struct vcpu {
	struct vcpu_state state;
	struct priv *priv; /* &state.priv, or the hart's own for a native guest */
	u64 *lines;        /* likewise */
	struct vm *vm;
	struct hart *hart;
	u32 number;
	/* Of the exit being handled. */
	enum exit_reason reason;
	u64 reason_value;  /* CSR, address, call, ... */
	u32 reason_insn;   /* the instruction, where it is known */
	bool resumed;      /* pc and registers have been set; do not step over the instruction */
	u64 trap_cause, trap_tval; /* met by a guarded access */
};

enum { VM_VCPUS = 8 };

struct vm_state {
	struct tally tally; /* cycles, instructions, time and hart are filled in by vm_tally */
	u32 workloads;
	u32 running; /* the last workload has not ended */
	struct workload workload[WORKLOADS];
	struct tally begin;
};

struct vm {
	struct vm_state state;
	struct monitor *monitor;
	const struct virt_mode *mode;
	struct board board;
	u64 offset;        /* machine address = guest-physical address + offset */
	u32 vcpus;
	struct vcpu vcpu[VM_VCPUS];
	struct shadow shadow;
	struct frames frames;
	struct host host;
};

/* Charges n times a primitive of the price list. */
void vcpu_charge(struct vcpu *vcpu, enum price price, u64 n);

/* Everything counted so far. */
void vm_tally(const struct vm *vm, struct tally *tally);

/* A guest-physical range of RAM that calls may write into: in RAM and not a table. */
bool vm_writable(const struct vm *vm, u64 address, u64 length);

/* Forgets cached translations on all harts of the guest (see tlb_flush), at this one's cost. */
void vm_flush(struct vcpu *vcpu, bool all_addresses, u64 address, s32 asid);

/* What the rules of privilege need to know, for this virtual hart. */
struct priv_in vcpu_in(const struct vcpu *vcpu);

#endif
