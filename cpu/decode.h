/*
 * From a word in memory to an instruction. Used by the block builder, the monitor's emulation, the
 * disassembler and the debugger alike: there is one decoder.
 */
#ifndef CPU_DECODE_H
#define CPU_DECODE_H

#include "cpu/isa.h"

/* `word` holds at least the 16 bits, and all 32 when its low two bits are 11. Never fails: what is
 * no instruction of `isa` comes back with id INSN_NONE and its length. */
struct insn decode(const struct isa *isa, u32 word);

/* Assembler text as binutils writes it with -M no-aliases,numeric off: "addi a0,a0,-1". Branch and
 * jump targets are printed as absolute addresses from `pc`. Never more than `size` bytes. */
void disasm(const struct insn *insn, u64 pc, char *text, size_t size);

extern const char *const register_names[32]; /* "zero", "ra", "sp", ... */
extern const char *const float_register_names[32]; /* "ft0", "ft1", ... */

#endif
