/*
 * How the programs of isa-check run one instruction and check its result: the instruction's own
 * 32-bit form, its operands in registers that the compiler chooses (or where the name says), and
 * what has to come out. Macros, since the instruction is text.
 */
#ifndef GUESTS_ISA_CHECK_TRY_H
#define GUESTS_ISA_CHECK_TRY_H

#include "guests/check/check.h"

/* The operands at which arithmetic has its edges: least and greatest of 64 and of 32 bits. */
#define MIN UINT64_C(0x8000000000000000)
#define MAX UINT64_C(0x7fffffffffffffff)
#define ONES UINT64_C(0xffffffffffffffff)
#define MIN32 UINT64_C(0xffffffff80000000)
#define MAX32 UINT64_C(0x000000007fffffff)
#define BIT31 UINT64_C(0x0000000080000000)
#define LOW32 UINT64_C(0x00000000ffffffff)
#define SOME UINT64_C(0x0123456789abcdef)
#define OTHER UINT64_C(0xfedcba9876543210)

/* As written, never compressed. */
#define PLAIN(text) ".option push\n\t.option norvc\n\t" text "\n\t.option pop"

#define TRY_RR(insn, a, b, wanted) do { \
	u64 result; \
	asm volatile(PLAIN(#insn " %0, %1, %2") : "=r"(result) : "r"((u64)(a)), "r"((u64)(b))); \
	check_equal(#insn " " #a " " #b, result, wanted); \
} while (0)

#define TRY_RI(insn, a, imm, wanted) do { \
	u64 result; \
	asm volatile(PLAIN(#insn " %0, %1, " #imm) : "=r"(result) : "r"((u64)(a))); \
	check_equal(#insn " " #a " " #imm, result, wanted); \
} while (0)

#endif
