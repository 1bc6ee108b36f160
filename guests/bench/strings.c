/*
 * Functions on strings and memory, short and long: what kernels and small programs spend much of
 * their time in.
 */
#include "guests/bench/bench.h"

#include "guests/lib/string.h"

enum { LONGEST = 2048, ROUNDS = 16 };

static char one[LONGEST + 16], other[LONGEST + 16];

static u64 iterate(void)
{
	u64 sum = 0;

	for (u32 round = 0; round < ROUNDS; round++) {
		size_t length = round < 12 ? 3 + 7 * round : (u32)LONGEST >> (16 - round);
		memset(one, 'a' + (int)round, length);
		one[length] = 0;
		memcpy(other, one, length + 1);
		sum = sum * 31 + strlen(other);
		other[length - 1] = 'z';
		sum = sum * 31 + (u64)(strcmp(one, other) < 0);
		sum = sum * 31 + (u64)(strchr(other, 'z') - other);
		memmove(other + 1, other, length);
		sum = sum * 31 + (u64)(memcmp(one, other, length) == 0);
		sum = sum * 31 + (u8)other[length];
	}
	return sum;
}

const struct bench bench = {
	.name = "strings", .iterations = 5000, .operations = ROUNDS,
	.checksum = 0x14ed3b83f86e7d54,
	.iterate = iterate,
};
