/*
 * The integer names that every file uses, and the three sizes that the whole house agrees on.
 * Widths are in the name, so that a reader never has to ask how wide an `int` is.
 */
#ifndef CORE_TYPES_H
#define CORE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;
typedef unsigned __int128 u128;
typedef __int128 s128;

enum {
	PAGE_SHIFT = 12,
	PAGE_SIZE = 1 << PAGE_SHIFT, /* bytes */
	CYCLES_PER_TICK = 100,       /* mtime counts at 10 MHz, the hart at a nominal 1 GHz */
};

#define PAGE_MASK (~(u64)(PAGE_SIZE - 1))

/* A cycle that never comes. */
#define NEVER UINT64_MAX

#endif
