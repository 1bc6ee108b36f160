/*
 * The world outside a machine, in memory: a console that hashes what it is given and types a text,
 * and two disks. It is plain data, so that a test can put it back together with a snapshot.
 */
#ifndef TESTS_INVARIANCE_OUTSIDE_H
#define TESTS_INVARIANCE_OUTSIDE_H

#include <string.h>

#include "core/hash.h"
#include "core/host.h"

enum { OUTSIDE_DISK = 64 << 10, OUTSIDE_DISKS = 2 };

struct outside {
	u64 written;      /* bytes to the console */
	u64 console;      /* hash of them and of the cycle at which each was written */
	const char *text; /* typed byte by byte, then silence */
	u64 typed;
	u8 disk[OUTSIDE_DISKS][OUTSIDE_DISK];
};

static inline void outside_write(void *self, u32 port, u64 cycle, const u8 *bytes, u64 length)
{
	struct outside *outside = self;

	for (u64 i = 0; i < length; i++)
		outside->console = hash_word(outside->console, cycle << 8 | bytes[i]);
	outside->written += length;
}

static inline int outside_read(void *self, u32 port, u64 cycle)
{
	struct outside *outside = self;

	if (!outside->text || !outside->text[outside->typed])
		return HOST_NONE;
	return (u8)outside->text[outside->typed++];
}

static inline bool outside_disk_read(void *self, u64 offset, void *to, u64 length)
{
	memcpy(to, (u8 *)self + offset, length);
	return true;
}

static inline bool outside_disk_write(void *self, u64 offset, const void *from, u64 length)
{
	memcpy((u8 *)self + offset, from, length);
	return true;
}

static inline bool outside_disk_flush(void *self)
{
	return true;
}

static inline void outside_create(struct outside *outside, const char *text)
{
	memset(outside, 0, sizeof(*outside));
	outside->console = HASH_SEED;
	outside->text = text;
	for (u32 i = 0; i < OUTSIDE_DISKS; i++)
		for (u32 at = 0; at < OUTSIDE_DISK; at++)
			outside->disk[i][at] = (u8)(at / 512 * 7 + at + i);
}

static inline struct host outside_host(struct outside *outside)
{
	return (struct host){ outside, outside_write, outside_read };
}

static inline struct host_disk outside_disk(struct outside *outside, u32 which)
{
	return (struct host_disk){ .self = outside->disk[which], .size = OUTSIDE_DISK,
		.read = outside_disk_read, .write = outside_disk_write,
		.flush = outside_disk_flush };
}

static inline u64 outside_digest(const struct outside *outside)
{
	u64 hash = hash_word(outside->console, outside->written);

	return hash_bytes(hash_word(hash, outside->typed), outside->disk, sizeof(outside->disk));
}

#endif
