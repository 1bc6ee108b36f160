/*
 * A drawn program: groups of a few instructions, each with the whole state that it starts from, on
 * common page tables and scratch pages. A step is one instruction; steps of the same item belong
 * together, so that the reducer leaves out whole items.
 */
#ifndef DIFFERENTIAL_PROGRAM_H
#define DIFFERENTIAL_PROGRAM_H

#include "core/ram.h"
#include "cpu/decode.h"
#include "cpu/priv.h"
#include "tests/differential/layout.h"

/* What our machine and QEMU 7.2 both have; without Svade and Svadu, hardware sets A and D. */
#define DIFFERENTIAL_ISA \
	"rv64imafdc_zicntr_zicsr_zifencei_zihintpause_zba_zbb_zbc_zbs"

enum { GROUP_STEPS = 72, ROOTS = 3, SCRATCH_PAGES = 16, WINDOW_PAGES = 64, GOOD_PAGES = 8 };

enum exception {
#define EXCEPTION(name, section, words) EXCEPTION_##name,
#define CSR_ABSENT(name, first, last, section, words) EXCEPTION_##name,
#define CSR_EXCEPTION(name, first, last, unwritten, unread, section, words) EXCEPTION_##name,
#include "tests/differential/exceptions.def"
#undef EXCEPTION
#undef CSR_ABSENT
#undef CSR_EXCEPTION
	EXCEPTIONS
};

/* Which part of a step's immediate is known only when addresses are. */
enum fix {
	FIX_NONE,
	FIX_TARGET, /* pc-relative: to the target */
	FIX_LOW     /* low part of an address whose auipc is `back` steps before: target - auipc */
};

struct step {
	struct insn insn; /* length 2: `word` as drawn, or, with FIX_TARGET, looked up */
	u8 item;          /* which item it belongs to; rises */
	u8 fix, back;
	u8 target;        /* the first step of this item or a later one; beyond all: the end */
};

struct environment {
	enum level level;
	u8 root;          /* 0: bare; 1 to ROOTS: page table */
	bool high;        /* S: runs at its alias in the upper half */
	bool mprv;        /* data accesses as at user level */
	u64 mstatus, medeleg, mideleg, mie, mip, stvec_mode, mcounteren, scounteren;
	bool pmp;
	u64 pmpcfg, pmpaddr[4];
};

struct group {
	struct environment environment;
	u64 x[32], f[32], fcsr;
	u64 at;         /* physical address of its code */
	u32 steps;
	struct step step[GROUP_STEPS];
};

/* How often what was drawn. */
struct coverage {
	u64 rows[INSN_COUNT], compressed, csrs[CSR_ROWS], illegal;
};

struct program {
	const struct isa *isa;
	u64 seed;       /* of the page tables and scratch pages */
	u64 with;       /* bit per enum exception: drawn although excepted */
	u32 groups;
	struct group *group;
};

/* Virtual addresses in every page table; what is no alias is no physical address of anything. */
#define WINDOW       UINT64_C(0x240000000)        /* 4 KiB pages, then 2 MiB pages 2 MiB apart */
#define WINDOW_HIGH  UINT64_C(0xffffffff80000000) /* the same once more */
#define ALIAS_U      UINT64_C(0xc0000000)         /* RAM, for user level */
#define ALIAS_HIGH   UINT64_C(0xffffffffc0000000) /* RAM, for supervisor level */
#define GIGAPAGE     UINT64_C(0x100000000)        /* RAM, with drawn rights */
enum { MEGAPAGES = 15 };
/* Which window pages may lead to no memory at all. */
static inline bool window_nowhere(u32 page)
{
	return page % 4 == 3;
}

/* Is the row one of this ISA's instructions? */
static inline bool isa_has(const struct isa *isa, unsigned id)
{
	return isa->extensions >> insn_rows[id].extension & 1;
}

/* Which may be run by user level. */
static inline bool window_user_code(u32 page)
{
	return page % 8 == 4;
}

/* tables.c. The last scratch page holds nothing but ecall: what a wild jump may land on. */
enum { TRAP_PAGE = SCRATCH_PAGES - 1 };
u64 tables_satp(u32 root);
u64 tables_leaf(u32 root, u32 page);  /* physical address of a window page's entry */
u64 tables_entry(const struct program *program, u64 *random, u32 page);
void tables_write(const struct program *program, struct ram *ram);

/* assemble.c: groups and headers into RAM; symbols are the harness's. */
struct symbols {
	u64 state, s_vector;
};
void assemble(const struct program *program, const struct symbols *symbols, struct ram *ram);

/* What to add to the physical address of code to get where a group runs. */
u64 environment_alias(const struct environment *environment);
/* Lays the groups one behind the other; they keep their places when others are left out. */
void place_groups(struct program *program);
/* No code lies here or above. */
u64 code_end(const struct program *program);
/* Addresses of a group's steps; returns its end. */
u64 group_addresses(const struct group *group, u64 *address);
/* A step as it stands in memory. */
u32 step_word(const struct program *program, const struct group *group, u32 step,
	const u64 *address);

/* draw.c */
/* `final`: the program's last group, which may lock protection rules. */
void draw_group(const struct program *program, u64 *random, bool final, struct group *group,
	struct coverage *coverage);

#endif
