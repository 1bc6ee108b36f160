/*
 * Snapshots: a list of the live machine's sections, written to bytes and read back. emu/ makes the
 * list and calls; the tests of invariance compare digests.
 *
 *	file      magic[8] version(u32) count(u32)  section * count
 *	section   name[32] version(u32) length(u64) checksum(u64)  payload[length]
 *	payload   a struct's bytes, or for RAM: size(u64), then {page number(u64), page} ascending,
 *	          for each page that is not zero
 *
 * All numbers are little-endian. The checksum is of the payload; name, version and length must be
 * those of the live machine anyway.
 */
#include "core/snapshot.h"

#include "core/file.h"
#include "core/hash.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "sections are the host's own structs");

enum {
	SNAPSHOT_VERSION = 1,
	SNAPSHOT_HEADER = 8 + 4 + 4,
	SNAPSHOT_NAME = 32,
	SECTION_HEADER = SNAPSHOT_NAME + 4 + 8 + 8,
	PAGE_RECORD = 8 + PAGE_SIZE,
};

static const char snapshot_magic[8] = "RINGSNAP";

/* The list. */

static struct snapshot_section *snapshot_new(struct snapshot *snapshot, const char *prefix,
	const char *name)
{
	struct snapshot_section *section = &snapshot->section[snapshot->count];

	assert(snapshot->count < SNAPSHOT_SECTIONS);
	memset(section, 0, sizeof(*section));

	int length = snprintf(section->name, sizeof(section->name), "%s.%s", prefix, name);

	assert(length < SNAPSHOT_NAME);
	(void)length;
	for (u32 i = 0; i < snapshot->count; i++)
		assert(strcmp(snapshot->section[i].name, section->name) != 0);
	snapshot->count++;
	return section;
}

void snapshot_add(struct snapshot *snapshot, const char *prefix, const char *name, u32 version,
	void *state, u64 size)
{
	struct snapshot_section *section = snapshot_new(snapshot, prefix, name);

	section->version = version;
	section->state = state;
	section->size = size;
}

void snapshot_add_ram(struct snapshot *snapshot, const char *prefix, struct ram *ram)
{
	struct snapshot_section *section = snapshot_new(snapshot, prefix, "ram");

	section->version = 1;
	section->ram = ram;
}

/* Writing. */

static void put(u8 **to, const void *from, u64 length)
{
	memcpy(*to, from, length);
	*to += length;
}

static u64 section_length(const struct snapshot_section *section)
{
	u64 length = sizeof(u64);

	if (!section->ram)
		return section->size;
	for (u64 offset = 0; offset < section->ram->size; offset += PAGE_SIZE) {
		if (!ram_is_zero(section->ram->bytes + offset, PAGE_SIZE))
			length += PAGE_RECORD;
	}
	return length;
}

static void section_put_ram(u8 **to, const struct ram *ram)
{
	put(to, &ram->size, sizeof(ram->size));
	for (u64 page = 0; page < ram->size >> PAGE_SHIFT; page++) {
		const u8 *bytes = ram->bytes + (page << PAGE_SHIFT);

		if (ram_is_zero(bytes, PAGE_SIZE))
			continue;
		put(to, &page, sizeof(page));
		put(to, bytes, PAGE_SIZE);
	}
}

static void section_put(u8 **to, const struct snapshot_section *section)
{
	u8 *payload = *to + SECTION_HEADER;
	u64 length = section_length(section);

	put(to, section->name, SNAPSHOT_NAME);
	put(to, &section->version, sizeof(section->version));
	put(to, &length, sizeof(length));
	*to = payload;
	if (section->ram)
		section_put_ram(to, section->ram);
	else
		put(to, section->state, length);
	assert((u64)(*to - payload) == length);

	u64 checksum = hash_bytes(HASH_SEED, payload, length);

	memcpy(payload - sizeof(checksum), &checksum, sizeof(checksum));
}

bool snapshot_save(const struct snapshot *snapshot, u8 **bytes, u64 *length, struct fault *fault)
{
	u32 version = SNAPSHOT_VERSION;

	*length = SNAPSHOT_HEADER;
	for (u32 i = 0; i < snapshot->count; i++)
		*length += SECTION_HEADER + section_length(&snapshot->section[i]);
	*bytes = malloc(*length);
	if (!*bytes)
		return fault_set(fault, "no memory for a snapshot of %llu bytes",
			(unsigned long long)*length);

	u8 *to = *bytes;

	put(&to, snapshot_magic, sizeof(snapshot_magic));
	put(&to, &version, sizeof(version));
	put(&to, &snapshot->count, sizeof(snapshot->count));
	for (u32 i = 0; i < snapshot->count; i++)
		section_put(&to, &snapshot->section[i]);
	assert(to == *bytes + *length);
	return true;
}

/* Reading: first all is verified, then all is applied. */

static bool section_verify_ram(const struct ram *ram, const char *name, const u8 *payload,
	u64 length, struct fault *fault)
{
	u64 size, page, least = 0;

	if (length < sizeof(size) || (length - sizeof(size)) % PAGE_RECORD)
		return fault_set(fault, "section '%s' of the snapshot is no list of pages", name);
	memcpy(&size, payload, sizeof(size));
	if (size != ram->size)
		return fault_set(fault, "the snapshot has %llu KiB in '%s', this machine %llu KiB",
			(unsigned long long)size >> 10, name, (unsigned long long)ram->size >> 10);
	for (u64 at = sizeof(size); at < length; at += PAGE_RECORD) {
		memcpy(&page, payload + at, sizeof(page));
		if (page < least || page >= size >> PAGE_SHIFT)
			return fault_set(fault, "page %llu of section '%s' of the snapshot is out "
				"of place", (unsigned long long)page, name);
		least = page + 1;
	}
	return true;
}

/* Takes one section off `bytes`, which become what follows it. */
static bool section_verify(const struct snapshot_section *section, const u8 **bytes, u64 *left,
	struct fault *fault)
{
	const u8 *header = *bytes, *payload = header + SECTION_HEADER;
	u64 length, checksum;
	u32 version;

	if (*left < SECTION_HEADER)
		return fault_set(fault, "the snapshot ends before section '%s'", section->name);
	memcpy(&version, header + SNAPSHOT_NAME, sizeof(version));
	memcpy(&length, header + SNAPSHOT_NAME + 4, sizeof(length));
	memcpy(&checksum, header + SNAPSHOT_NAME + 12, sizeof(checksum));
	if (memcmp(header, section->name, SNAPSHOT_NAME) != 0)
		return fault_set(fault, "the snapshot has section '%.*s' where this machine has "
			"'%s'", SNAPSHOT_NAME, (const char *)header, section->name);
	if (version != section->version)
		return fault_set(fault, "section '%s' of the snapshot has version %u, this program "
			"%u", section->name, version, section->version);
	if (length > *left - SECTION_HEADER)
		return fault_set(fault, "the snapshot ends inside section '%s'", section->name);
	if (checksum != hash_bytes(HASH_SEED, payload, length))
		return fault_set(fault, "section '%s' of the snapshot is damaged (its checksum "
			"differs)", section->name);
	if (!section->ram && length != section->size)
		return fault_set(fault, "section '%s' of the snapshot has %llu bytes, this program "
			"%llu", section->name, (unsigned long long)length,
			(unsigned long long)section->size);
	if (section->ram
			&& !section_verify_ram(section->ram, section->name, payload, length, fault))
		return false;
	*bytes = payload + length;
	*left -= SECTION_HEADER + length;
	return true;
}

static bool snapshot_verify(const struct snapshot *snapshot, const u8 *bytes, u64 left,
	struct fault *fault)
{
	u32 version, count;

	if (left < SNAPSHOT_HEADER || memcmp(bytes, snapshot_magic, sizeof(snapshot_magic)) != 0)
		return fault_set(fault, "this is not a snapshot");
	memcpy(&version, bytes + 8, sizeof(version));
	memcpy(&count, bytes + 12, sizeof(count));
	if (version != SNAPSHOT_VERSION)
		return fault_set(fault, "the snapshot has format version %u, this program reads %u",
			version, SNAPSHOT_VERSION);
	if (count != snapshot->count)
		return fault_set(fault, "the snapshot has %u sections, this machine %u: was it "
			"made with other options?", count, snapshot->count);
	bytes += SNAPSHOT_HEADER;
	left -= SNAPSHOT_HEADER;
	for (u32 i = 0; i < count; i++) {
		if (!section_verify(&snapshot->section[i], &bytes, &left, fault))
			return false;
	}
	if (left)
		return fault_set(fault, "%llu bytes follow the snapshot's last section",
			(unsigned long long)left);
	return true;
}

/* Each page counts as written to, changed or not, so that nothing derived from it survives. */
static void section_load_ram(struct ram *ram, const u8 *payload, u64 length)
{
	u64 at = sizeof(u64);

	for (u64 page = 0; page < ram->size >> PAGE_SHIFT; page++) {
		u64 saved = NEVER;

		if (at < length)
			memcpy(&saved, payload + at, sizeof(saved));
		if (saved == page) {
			ram_restore(ram, page, payload + at + sizeof(saved));
			at += PAGE_RECORD;
		} else {
			ram_restore(ram, page, NULL);
		}
	}
}

bool snapshot_load(const struct snapshot *snapshot, const u8 *bytes, u64 length,
	struct fault *fault)
{
	if (!snapshot_verify(snapshot, bytes, length, fault))
		return false;
	bytes += SNAPSHOT_HEADER;
	for (u32 i = 0; i < snapshot->count; i++) {
		const struct snapshot_section *section = &snapshot->section[i];
		u64 size;

		memcpy(&size, bytes + SNAPSHOT_NAME + 4, sizeof(size));
		bytes += SECTION_HEADER;
		if (section->ram)
			section_load_ram(section->ram, bytes, size);
		else
			memcpy(section->state, bytes, size);
		bytes += size;
	}
	return true;
}

bool snapshot_write_file(const struct snapshot *snapshot, const char *path, struct fault *fault)
{
	u8 *bytes;
	u64 length;

	if (!snapshot_save(snapshot, &bytes, &length, fault))
		return false;

	bool done = file_write_all(path, bytes, length, fault);

	free(bytes);
	return done;
}

bool snapshot_read_file(const struct snapshot *snapshot, const char *path, struct fault *fault)
{
	struct fault inner;
	u8 *bytes;
	u64 length;

	if (!file_read_all(path, UINT64_MAX, &bytes, &length, fault))
		return false;

	bool done = snapshot_load(snapshot, bytes, length, &inner);

	if (!done)
		fault_set(fault, "'%.150s': %.160s", path, inner.text);
	free(bytes);
	return done;
}

u64 snapshot_digest(const struct snapshot *snapshot)
{
	u64 digest = HASH_SEED;

	for (u32 i = 0; i < snapshot->count; i++) {
		const struct snapshot_section *section = &snapshot->section[i];

		digest = hash_bytes(digest, section->name, SNAPSHOT_NAME);
		digest = hash_word(digest, section->version);
		if (!section->ram) {
			digest = hash_bytes(digest, section->state, section->size);
			continue;
		}
		digest = hash_word(digest, section->ram->size);
		for (u64 page = 0; page < section->ram->size >> PAGE_SHIFT; page++) {
			const u8 *bytes = section->ram->bytes + (page << PAGE_SHIFT);

			if (!ram_is_zero(bytes, PAGE_SIZE))
				digest = hash_bytes(hash_word(digest, page), bytes, PAGE_SIZE);
		}
	}
	return digest;
}
