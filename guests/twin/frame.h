/*
 * What a trap leaves on the kernel stack: every register of the code that it interrupted, and why.
 * entry_*.S writes it by these offsets. `status` means what the back end wants it to mean; `cause`
 * and `tval` are as scause and stval in both.
 */
#ifndef TWIN_FRAME_H
#define TWIN_FRAME_H

#define FRAME_EPC 256
#define FRAME_STATUS 264
#define FRAME_CAUSE 272
#define FRAME_TVAL 280
#define FRAME_SIZE 288

#ifdef __ASSEMBLER__
/* `instruction` (sd or ld) for each register but x0, sp and t0, at its place in the frame. */
	.macro each_register instruction
	.irp n, 1, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, \
		25, 26, 27, 28, 29, 30, 31
	\instruction x\n, 8 * \n (sp)
	.endr
	.endm
#else
#include "core/types.h"

struct frame {
	u64 x[32]; /* x[0] is free: the exit path keeps a word there */
	u64 epc, status, cause, tval;
};

_Static_assert(sizeof(struct frame) == FRAME_SIZE, "entry_*.S knows the frame's size");
_Static_assert(offsetof(struct frame, epc) == FRAME_EPC, "and where its words are");
_Static_assert(offsetof(struct frame, tval) == FRAME_TVAL, "and where its words are");

enum register_number { REG_SP = 2, REG_A0 = 10, REG_A1 = 11, REG_A7 = 17 };
#endif

#endif
