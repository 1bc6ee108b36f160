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

#ifndef __ASSEMBLER__
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
