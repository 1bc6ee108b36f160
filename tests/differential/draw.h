/*
 * Between the files that draw: the group being drawn, what its registers are known to hold, and
 * how items put their steps.
 */
#ifndef DIFFERENTIAL_DRAW_H
#define DIFFERENTIAL_DRAW_H

#include "tests/differential/program.h"
#include "tests/differential/random.h"

struct draw {
	const struct program *program;
	struct coverage *coverage;
	struct group *group;
	u64 random;
	u8 item;            /* number of the item being drawn */
	bool last;          /* nothing may follow it */
	/* Registers: x[n] is still what the group starts with; its value has been decided. */
	u32 written, decided;
	/* Where the program will be, if all goes as drawn. */
	enum level level;
	bool translated;    /* data accesses are */
	enum level data;    /* their level */
	u64 alias;          /* what is added to physical addresses of code */
	bool interrupts;    /* some may be pending and enabled */
	bool junk;          /* S state has been filled with junk: the level must not drop */
	bool returned;      /* levels have changed */
	u8 skipped_to;      /* items before this one may be jumped over */
	bool failed;        /* the item found no register: it is not taken */
	struct step spill;  /* where steps go that find no room */
};

u32 draw_below(struct draw *draw, u32 below);
bool draw_once_in(struct draw *draw, u32 n);
bool draw_with(const struct draw *draw, enum exception exception);

/* An interesting number. */
u64 draw_number(struct draw *draw);

u64 draw_float_number(struct draw *draw);
/* Is FS dirty, or does it not matter? */
bool draw_float_dirty(const struct draw *draw);

/* A register to read, whatever it holds; to write; both may be x0. */
u8 draw_source(struct draw *draw);
u8 draw_target(struct draw *draw);
/* A register to write that is not x0 and not in `mask`. */
u8 draw_fresh(struct draw *draw, u32 mask);
/* A register that holds this value here. */
u8 draw_holding(struct draw *draw, u64 value);
/* Makes register `number` hold the value at the group's start; false: it is too late for that. */
bool draw_decide(struct draw *draw, u8 number, u64 value);
void draw_wrote(struct draw *draw, u8 number);

/* Appends a step to the item. */
struct step *draw_put(struct draw *draw, struct insn insn);
struct step *draw_step(struct draw *draw, unsigned id, u8 rd, u8 rs1, u8 rs2, s32 imm);
/* A compressed word of which `is` is true, or one with INSN_NONE after many tries. */
struct insn draw_compressed(struct draw *draw, bool (*is)(const struct insn *insn));
/* rd = the target's address, in two steps. */
void draw_address_of(struct draw *draw, u8 rd, u8 target);

/* An item a little further on, to jump to. */
u8 draw_item_ahead(struct draw *draw);
/* An instruction of the verbs LET, ALU and ALUW, without its rd. */
struct insn draw_arithmetic(struct draw *draw);

/* The kinds of items. */
#define DRAW_ITEMS(X) \
	X(integer) X(compressed_integer) X(branch) X(jump) X(loop) X(patch) X(fence) X(float) \
	X(memory) X(memory_compressed) X(amo) X(reserve) X(conditional) X(map) X(wild) \
	X(csr) X(csr_restored) X(csr_timed) X(csr_refused) X(trap) X(illegal) X(trap_return) \
	X(redirect) X(wait) X(fence_vma)
#define DRAW_DECLARE(name) void draw_##name(struct draw *draw);
DRAW_ITEMS(DRAW_DECLARE)
#undef DRAW_DECLARE

/* An address for an access of this width: surely good; in RAM, if it translates at all; mostly good
 * for a load; the same for a store, which must not do half of its work (exception
 * misaligned_nowhere). */
enum place { PLACE_GOOD, PLACE_RAM, PLACE_LOAD, PLACE_STORE };
u64 draw_place(struct draw *draw, unsigned width, enum place place);

#endif
