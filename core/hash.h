/*
 * A 64-bit hash of bytes, for checksums and digests of state: equal on every run, not meant against
 * malice. Each step (xor, odd multiplication, xor with itself shifted) can be undone, so a change
 * of any one word always changes the result. Header-only.
 */
#ifndef CORE_HASH_H
#define CORE_HASH_H

#include "core/types.h"

#include <string.h>

#define HASH_SEED UINT64_C(0x52696e6773696465) /* "Ringside" */

static inline u64 hash_word(u64 hash, u64 word)
{
	hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15); /* 2^64 / golden ratio, odd */
	return hash ^ hash >> 29;
}

static inline u64 hash_bytes(u64 hash, const void *bytes, u64 length)
{
	const u8 *from = bytes;
	u64 word;

	hash = hash_word(hash, length);
	for (; length >= 8; from += 8, length -= 8) {
		memcpy(&word, from, 8);
		hash = hash_word(hash, word);
	}
	word = 0;
	for (; length; length--)
		word = word << 8 | from[length - 1];
	return hash_word(hash, word);
}

#endif
