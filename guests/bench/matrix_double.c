/*
 * Multiplying matrices of doubles: as matrix.c, with the hart's own floating point.
 */
#include "guests/bench/bench.h"

#include "guests/lib/string.h"

enum { SIZE = 48 };

static double a[SIZE][SIZE], b[SIZE][SIZE], c[SIZE][SIZE];

static void prepare(void)
{
	u64 state = 1;

	for (u32 i = 0; i < SIZE; i++) {
		for (u32 j = 0; j < SIZE; j++) {
			a[i][j] = (double)(bench_random(&state) & 0xffff) / 256;
			b[i][j] = (double)(bench_random(&state) & 0xff) / 3;
		}
	}
}

static u64 iterate(void)
{
	double trace = 0;
	u64 bits;

	for (u32 i = 0; i < SIZE; i++) {
		for (u32 j = 0; j < SIZE; j++) {
			double dot = 0;
			for (u32 k = 0; k < SIZE; k++)
				dot += a[i][k] * b[k][j];
			c[i][j] = dot;
		}
	}
	for (u32 i = 0; i < SIZE; i++)
		trace += c[i][(i * 7) % SIZE];
	memcpy(&bits, &trace, sizeof(bits));
	return bits;
}

const struct bench bench = {
	.name = "matrix-double", .iterations = 600, .operations = SIZE * SIZE * SIZE,
	.checksum = 0x41679f29ce600000,
	.floating = true,
	.prepare = prepare, .iterate = iterate,
};
