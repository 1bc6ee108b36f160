/*
 * Disks from files, with changes in memory or through. See host_disk.h.
 */
#include "emu/host_disk.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/file.h"

static const u64 disk_most = UINT64_C(1) << 40; /* bytes: a pointer for each grain stays small */

static u64 disk_grains(const struct disk *disk)
{
	return (disk->size + DISK_GRAIN - 1) / DISK_GRAIN;
}

static bool disk_overlay(struct disk *disk, struct fault *fault)
{
	disk->grain = calloc(disk_grains(disk), sizeof(*disk->grain));
	if (!disk->grain)
		return fault_set(fault, "no memory for a disk of %llu bytes",
			(unsigned long long)disk->size);
	return true;
}

static bool disk_check_size(const char *path, u64 size, struct fault *fault)
{
	if (size % DISK_SECTOR)
		return fault_set(fault, "'%.200s' is no disk: its %llu bytes are not a multiple of "
			"%d", path, (unsigned long long)size, DISK_SECTOR);
	if (size > disk_most)
		return fault_set(fault, "'%.200s' is too large for a disk: at most 1 TiB", path);
	return true;
}

bool disk_open(struct disk *disk, const char *path, bool write, struct fault *fault)
{
	*disk = (struct disk){ .file = -1, .write = write };
	if (!file_size(path, &disk->size, fault) || !disk_check_size(path, disk->size, fault))
		return false;
	disk->file = open(path, (write ? O_RDWR : O_RDONLY) | O_CLOEXEC);
	if (disk->file < 0)
		return fault_set(fault, "cannot open '%.200s' for %s: %s", path,
			write ? "writing" : "reading", strerror(errno));
	/* File systems without locks have none to keep. */
	if (flock(disk->file, (write ? LOCK_EX : LOCK_SH) | LOCK_NB) < 0 && errno == EWOULDBLOCK) {
		disk_close(disk);
		return fault_set(fault, "'%.200s' is in use as a disk elsewhere", path);
	}
	if (!write && !disk_overlay(disk, fault)) {
		disk_close(disk);
		return false;
	}
	return true;
}

bool disk_create(struct disk *disk, u64 size, struct fault *fault)
{
	*disk = (struct disk){ .file = -1, .size = size };
	return disk_check_size("memory", size, fault) && disk_overlay(disk, fault);
}

void disk_close(struct disk *disk)
{
	for (u64 i = 0; disk->grain && i < disk_grains(disk); i++)
		free(disk->grain[i]);
	free(disk->grain);
	disk->grain = NULL;
	if (disk->file >= 0)
		close(disk->file);
	disk->file = -1;
}

/* The file, or zeros where there is none. */

static bool below_read(const struct disk *disk, u64 offset, u8 *to, u64 length)
{
	if (disk->file < 0) {
		memset(to, 0, length);
		return true;
	}
	while (length) {
		ssize_t got = pread(disk->file, to, length, (off_t)offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		to += got;
		offset += (u64)got;
		length -= (u64)got;
	}
	return true;
}

static bool below_write(const struct disk *disk, u64 offset, const u8 *from, u64 length)
{
	while (length) {
		ssize_t put = pwrite(disk->file, from, length, (off_t)offset);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		from += put;
		offset += (u64)put;
		length -= (u64)put;
	}
	return true;
}

/* How much of a transfer lies in the grain where it begins. */
static u64 grain_part(u64 offset, u64 length)
{
	u64 left = DISK_GRAIN - offset % DISK_GRAIN;

	return length < left ? length : left;
}

/* The grain of `offset`, made from what lies below if it had not changed yet; null: no memory, or
 * the file cannot be read. */
static u8 *grain_own(struct disk *disk, u64 offset)
{
	u64 number = offset / DISK_GRAIN, start = number * DISK_GRAIN;
	u64 length = disk->size - start < DISK_GRAIN ? disk->size - start : DISK_GRAIN;
	u8 *grain = disk->grain[number];

	if (grain)
		return grain;
	grain = malloc(length);
	if (!grain || !below_read(disk, start, grain, length)) {
		free(grain);
		return NULL;
	}
	disk->grain[number] = grain;
	return grain;
}

static bool disk_read(void *self, u64 offset, void *to, u64 length)
{
	struct disk *disk = self;
	u8 *at = to;

	assert(offset <= disk->size && length <= disk->size - offset);
	while (length) {
		u64 part = grain_part(offset, length);
		const u8 *grain = disk->grain ? disk->grain[offset / DISK_GRAIN] : NULL;

		if (grain)
			memcpy(at, grain + offset % DISK_GRAIN, part);
		else if (!below_read(disk, offset, at, part))
			return false;
		at += part;
		offset += part;
		length -= part;
	}
	return true;
}

static bool disk_write(void *self, u64 offset, const void *from, u64 length)
{
	struct disk *disk = self;
	const u8 *at = from;

	assert(offset <= disk->size && length <= disk->size - offset);
	if (disk->write)
		return below_write(disk, offset, at, length);
	while (length) {
		u64 part = grain_part(offset, length);
		u8 *grain = grain_own(disk, offset);

		if (!grain)
			return false;
		memcpy(grain + offset % DISK_GRAIN, at, part);
		at += part;
		offset += part;
		length -= part;
	}
	return true;
}

static bool disk_flush(void *self)
{
	struct disk *disk = self;

	return !disk->write || fdatasync(disk->file) == 0;
}

struct host_disk disk_host(struct disk *disk)
{
	return (struct host_disk){ disk, disk->size, false, disk_read, disk_write, disk_flush };
}
