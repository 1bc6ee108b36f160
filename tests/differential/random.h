/*
 * Random numbers from a seed: the same on every host.
 */
#ifndef DIFFERENTIAL_RANDOM_H
#define DIFFERENTIAL_RANDOM_H

#include "core/types.h"

/* splitmix64: any seed will do, and neighbouring seeds have nothing in common. */
static inline u64 random_next(u64 *state)
{
	u64 z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* 0 to below - 1. */
static inline u32 random_below(u64 *state, u32 below)
{
	return (u32)((random_next(state) >> 32) * below >> 32);
}

/* True once in `n` times. */
static inline bool random_once_in(u64 *state, u32 n)
{
	return random_below(state, n) == 0;
}

#endif
