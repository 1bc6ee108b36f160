/*
 * SHA-256 (FIPS 180-4) of 64 KiB: rotations and additions in long blocks without branches.
 */
#include "guests/bench/bench.h"

#include "guests/lib/string.h"

enum { BLOCK = 64, LENGTH = 65536, WORDS = 8, ROUNDS = 64 };

/* The first 32 bits of the fractions of the cube roots of the first 64 primes. */
static const u32 constants[ROUNDS] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

/* The same of the square roots of the first eight. */
static const u32 beginning[WORDS] = {
	0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

static u8 message[LENGTH + BLOCK];

static u32 rotate(u32 word, u32 by)
{
	return word >> by | word << (32 - by);
}

static u32 big_endian(const u8 *bytes)
{
	return (u32)bytes[0] << 24 | (u32)bytes[1] << 16 | (u32)bytes[2] << 8 | bytes[3];
}

static void hash_block(u32 *hash, const u8 *block)
{
	u32 schedule[ROUNDS];
	u32 v[WORDS];

	for (u32 i = 0; i < 16; i++)
		schedule[i] = big_endian(block + 4 * i);
	for (u32 i = 16; i < ROUNDS; i++) {
		u32 early = schedule[i - 15], late = schedule[i - 2];
		schedule[i] = schedule[i - 16] + schedule[i - 7]
			+ (rotate(early, 7) ^ rotate(early, 18) ^ early >> 3)
			+ (rotate(late, 17) ^ rotate(late, 19) ^ late >> 10);
	}
	memcpy(v, hash, sizeof(v));
	for (u32 i = 0; i < ROUNDS; i++) {
		u32 choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
		u32 majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
		u32 first = v[7] + (rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25)) + choice
			+ constants[i] + schedule[i];
		u32 second = (rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22)) + majority;
		v[7] = v[6];
		v[6] = v[5];
		v[5] = v[4];
		v[4] = v[3] + first;
		v[3] = v[2];
		v[2] = v[1];
		v[1] = v[0];
		v[0] = first + second;
	}
	for (u32 i = 0; i < WORDS; i++)
		hash[i] += v[i];
}

/* Bytes 0 to 255 again and again, then what the standard puts behind a message: a one, zeros and
 * its length in bits, big-endian. */
static void prepare(void)
{
	for (u32 i = 0; i < LENGTH; i++)
		message[i] = (u8)i;
	message[LENGTH] = 0x80;
	message[LENGTH + BLOCK - 3] = (u8)(LENGTH * 8 >> 16);
	message[LENGTH + BLOCK - 2] = (u8)(LENGTH * 8 >> 8);
	message[LENGTH + BLOCK - 1] = (u8)(LENGTH * 8);
}

static u64 iterate(void)
{
	u32 hash[WORDS];

	memcpy(hash, beginning, sizeof(hash));
	for (u32 at = 0; at < LENGTH + BLOCK; at += BLOCK)
		hash_block(hash, message + at);
	return (u64)hash[0] << 32 | hash[1];
}

const struct bench bench = {
	.name = "sha256", .iterations = 80, .operations = LENGTH,
	.checksum = 0x7daca2095d043826, /* the first eight bytes of the hash */
	.prepare = prepare, .iterate = iterate,
};
