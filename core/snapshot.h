/*
 * A snapshot: sections {name, version, length, checksum}, little-endian. A section is a plain
 * struct of the running machine; RAM is written sparsely, zero pages left out. The list of sections
 * is made by walking the machine in its order of assembly; loading checks every name, version,
 * length and checksum before it changes one byte.
 */
#ifndef CORE_SNAPSHOT_H
#define CORE_SNAPSHOT_H

#include "core/fault.h"
#include "core/ram.h"

enum { SNAPSHOT_SECTIONS = 160 };

struct snapshot_section {
	char name[32];
	u32 version;
	void *state;      /* plain data of the live machine */
	u64 size;
	struct ram *ram;  /* instead of state: the bytes of a RAM */
};

struct snapshot {
	u32 count;
	struct snapshot_section section[SNAPSHOT_SECTIONS];
};

/* "prefix.name"; asserts that there is room and that the name is new. */
void snapshot_add(struct snapshot *snapshot, const char *prefix, const char *name, u32 version,
	void *state, u64 size);
void snapshot_add_ram(struct snapshot *snapshot, const char *prefix, struct ram *ram);

/* Serializes into a buffer that the caller frees. */
bool snapshot_save(const struct snapshot *snapshot, u8 **bytes, u64 *length, struct fault *fault);

/* Verifies everything, then overwrites the live state; on a fault nothing has changed. */
bool snapshot_load(const struct snapshot *snapshot, const u8 *bytes, u64 length,
	struct fault *fault);

/* The same through a file, written to a temporary name and renamed. */
bool snapshot_write_file(const struct snapshot *snapshot, const char *path, struct fault *fault);
bool snapshot_read_file(const struct snapshot *snapshot, const char *path, struct fault *fault);

/* A digest of all sections, RAM included: two machines in the same state have the same one. */
u64 snapshot_digest(const struct snapshot *snapshot);

#endif
