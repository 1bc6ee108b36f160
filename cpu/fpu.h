/*
 * Floating point: IEEE 754 arithmetic on bits, exact in every rounding mode and with exact flags,
 * by integer operations alone, so that it is the same on every host (RISC-V unprivileged
 * specification, F and D). The engines may take a shortcut through the host's arithmetic where it
 * is known to agree (cpu/fpu_host.h); this is what such a shortcut must equal.
 */
#ifndef CPU_FPU_H
#define CPU_FPU_H

#include "cpu/isa.h"

/* Rounding modes, as in rm and in frm. */
enum fpu_rounding { ROUND_EVEN, ROUND_ZERO, ROUND_DOWN, ROUND_UP, ROUND_AWAY, ROUND_MODES,
	ROUND_DYNAMIC = 7 };

/* fcsr: the flags in bits 4:0, the rounding mode above. */
enum fpu_flag { FPU_INEXACT = 1, FPU_UNDERFLOW = 2, FPU_OVERFLOW = 4, FPU_DIVIDE = 8,
	FPU_INVALID = 16, FPU_FLAGS = 31 };
enum { FPU_ROUNDING_SHIFT = 5 };

/* A single lies in the low half of its register, with ones above it; otherwise it reads as NaN. */
#define FPU_BOX (~(u64)0 << 32)

/* What an FPU row works on. */
struct fpu_registers {
	u64 *x;      /* what rd = 0 writes is the caller's business: rd is used as it is */
	u64 *f;
	u64 *fcsr;
	u64 *status; /* mstatus: FS becomes dirty with f or fcsr */
};

/* Performs a row of verb FPU; imm as its format has it. False: illegal, its rounding mode is
 * reserved; nothing has changed. That FS is not off is for the caller to know. */
bool fpu_execute(const struct fpu_registers *registers, enum insn_id id, u8 rd, u8 rs1, u8 rs2,
	s32 imm);

#endif
