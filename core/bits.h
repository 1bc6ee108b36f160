/*
 * Fields of words: take one out, put one in, extend a sign. Header-only; used everywhere.
 */
#ifndef CORE_BITS_H
#define CORE_BITS_H

#include "core/types.h"

/* `width` bits of `word` from bit `low` up; width 1 to 63. */
static inline u64 bits_get(u64 word, unsigned low, unsigned width)
{
	return (word >> low) & ((UINT64_C(1) << width) - 1);
}

/* `word` with `width` bits from `low` up replaced by `value`; what does not fit is dropped. */
static inline u64 bits_put(u64 word, unsigned low, unsigned width, u64 value)
{
	u64 mask = ((UINT64_C(1) << width) - 1) << low;
	return (word & ~mask) | ((value << low) & mask);
}

/* The field that `mask` (contiguous, not zero) selects, moved down to bit 0. */
static inline u64 field_get(u64 word, u64 mask)
{
	return (word & mask) / (mask & -mask);
}

static inline u64 field_put(u64 word, u64 mask, u64 value)
{
	return (word & ~mask) | ((value * (mask & -mask)) & mask);
}

/* The low `width` bits of `word` read as a two's complement number; width 1 to 64. */
static inline s64 sign_extend(u64 word, unsigned width)
{
	return (s64)(word << (64 - width)) >> (64 - width);
}

#endif
