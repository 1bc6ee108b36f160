/*
 * What the files of the stress guest share.
 */
#ifndef TESTS_INVARIANCE_STRESS_H
#define TESTS_INVARIANCE_STRESS_H

#include "core/types.h"

enum { ROUNDS = 3, PERIOD = 150, FRAMES = 8, ENTRIES = 512, HARTS = 3 };
enum { PTE_V = 1, PTE_R = 2, PTE_W = 4, PTE_X = 8, PTE_U = 16, PTE_G = 32, PTE_A = 64, PTE_D = 128 };

#define WINDOW UINT64_C(0x40000000)  /* 4 KiB pages */
#define BIG UINT64_C(0x40200000)     /* a 2 MiB page, or not */
#define HUGE UINT64_C(0xffffffffc0000000) /* an alias of all RAM */
#define SPARE UINT64_C(0x80400000)   /* RAM that nobody else uses */

struct frame {
	u64 x[32];
	u64 epc, status, cause, tval;
};

struct call {
	u64 eid, fid, argument[4];
	s64 error;
	u64 value;
};

struct page {
	u64 word[ENTRIES];
} __attribute__((aligned(PAGE_SIZE)));

/* stress_entry.S */
void stress_start(void);
void stress_trap(void);
void stress_bounce(void);
void stress_user_done(void);
void stress_program(void);
u64 stress_user(u64 pc, u64 argument, u64 stack);
u64 stress_replace(u32 instruction);

/* stress.c: called by stress_entry.S */
void stress_secondary(u64 hart);
void stress_handle(struct frame *frame);
u64 stress_handle_bounce(struct frame *frame);
_Noreturn void stress_lost(void);
void main(u64 hart, u64 tree);

/* stress.c */
extern struct page stress_frames[FRAMES];
extern u8 stress_user_stack[PAGE_SIZE];
void stress_mix(u64 value);
u64 stress_roll(u64 sides);
u64 stress_entry(const void *target, u64 bits);
/* An access of some kind to an address that may be anything. */
u64 stress_touch(u64 address);

/* stress_para.c: direct page tables. */
void stress_para_begin(void);
void stress_para_phase(void);

#endif
