/*
 * Multiplying matrices of 32-bit integers: three loops, long straight code, loads that hit.
 */
#include "guests/bench/bench.h"

enum { SIZE = 48 };

static s32 a[SIZE][SIZE], b[SIZE][SIZE], c[SIZE][SIZE];

static void prepare(void)
{
	u64 state = 1;

	for (u32 i = 0; i < SIZE; i++) {
		for (u32 j = 0; j < SIZE; j++) {
			a[i][j] = (s32)(bench_random(&state) & 0xffff) - 0x8000;
			b[i][j] = (s32)(bench_random(&state) & 0xff) - 0x80;
		}
	}
}

static u64 iterate(void)
{
	u64 sum = 0;

	for (u32 i = 0; i < SIZE; i++) {
		for (u32 j = 0; j < SIZE; j++) {
			s32 dot = 0;
			for (u32 k = 0; k < SIZE; k++)
				dot += a[i][k] * b[k][j];
			c[i][j] = dot;
		}
	}
	for (u32 i = 0; i < SIZE; i++)
		sum = sum * 31 + (u32)c[i][(i * 7) % SIZE];
	return sum;
}

const struct bench bench = {
	.name = "matrix", .iterations = 600, .operations = SIZE * SIZE * SIZE,
	.checksum = 0xccbb8d37f4b3b803,
	.prepare = prepare, .iterate = iterate,
};
