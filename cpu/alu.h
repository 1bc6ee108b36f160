/*
 * The arithmetic of alu.def as functions: alu_add(a, b), branch_eq(a, b). For the engines.
 */
#ifndef CPU_ALU_H
#define CPU_ALU_H

#include "core/types.h"

/* Each byte that is not zero becomes 0xff. */
static inline u64 alu_fill_bytes(u64 a)
{
	const u64 low = UINT64_C(0x7f7f7f7f7f7f7f7f);
	u64 top = (((a & low) + low) | a) & ~low;

	return (top >> 7) * 0xff;
}

/* The product of two polynomials over bits. */
static inline u128 alu_carryless(u64 a, u64 b)
{
	u128 product = 0;

	for (; b != 0; b &= b - 1)
		product ^= (u128)a << __builtin_ctzll(b);
	return product;
}

#define ALU_FUNCTION(name, value) \
	static inline u64 alu_##name(u64 a, u64 b) { return (u64)(value); }
#define BRANCH_CONDITION(name, truth) \
	static inline bool branch_##name(u64 a, u64 b) { return truth; }
#define AMO_FUNCTION(name, value)
#include "cpu/alu.def"
#undef ALU_FUNCTION
#undef BRANCH_CONDITION
#undef AMO_FUNCTION

#endif
