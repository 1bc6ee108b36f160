/*
 * What the device tests share: a console and a disk in memory, and register accesses. A device is
 * driven through the functions of its literal, as the bus does.
 */
#ifndef TESTS_UNIT_DEV_H
#define TESTS_UNIT_DEV_H

#include <string.h>

#include "core/clock.h"
#include "core/device.h"
#include "core/host.h"
#include "core/irq.h"
#include "tests/unit/unit.h"

struct console {
	u8 out[256];
	u64 written;
	u64 cycle;      /* of the last byte out */
	const char *in; /* bytes to come */
	bool ends;      /* after them: HOST_END instead of HOST_NONE */
	u32 polls;
};

static inline void console_write(void *self, u32 port, u64 cycle, const u8 *bytes, u64 length)
{
	struct console *console = self;

	(void)port;
	for (u64 i = 0; i < length; i++)
		console->out[console->written++ % sizeof(console->out)] = bytes[i];
	console->cycle = cycle;
}

static inline int console_read(void *self, u32 port, u64 cycle)
{
	struct console *console = self;

	(void)port;
	(void)cycle;
	console->polls++;
	if (console->in && *console->in)
		return (u8)*console->in++;
	return console->ends ? HOST_END : HOST_NONE;
}

static inline struct host console_host(struct console *console)
{
	return (struct host){ .self = console, .console_write = console_write,
		.console_read = console_read };
}

enum { DISK_SIZE = 64 * 512 };

struct disk {
	u8 bytes[DISK_SIZE];
	bool broken; /* every operation is a medium error */
	u32 reads, writes, flushes;
};

static inline bool disk_read(void *self, u64 offset, void *to, u64 length)
{
	struct disk *disk = self;

	assert_true(offset % 512 == 0 && length % 512 == 0);
	assert_true(offset <= DISK_SIZE && length <= DISK_SIZE - offset);
	disk->reads++;
	if (!disk->broken)
		memcpy(to, disk->bytes + offset, length);
	return !disk->broken;
}

static inline bool disk_write(void *self, u64 offset, const void *from, u64 length)
{
	struct disk *disk = self;

	assert_true(offset % 512 == 0 && length % 512 == 0);
	assert_true(offset <= DISK_SIZE && length <= DISK_SIZE - offset);
	disk->writes++;
	if (!disk->broken)
		memcpy(disk->bytes + offset, from, length);
	return !disk->broken;
}

static inline bool disk_flush(void *self)
{
	struct disk *disk = self;

	disk->flushes++;
	return !disk->broken;
}

/* Each byte of the disk tells its sector and place. */
static inline struct host_disk disk_host(struct disk *disk)
{
	memset(disk, 0, sizeof(*disk));
	for (u32 i = 0; i < DISK_SIZE; i++)
		disk->bytes[i] = (u8)(i / 512 * 7 + i);
	return (struct host_disk){ .self = disk, .size = DISK_SIZE, .read = disk_read,
		.write = disk_write, .flush = disk_flush };
}

/* A device, the object behind it, and the level of its interrupt line. */
struct probe {
	const struct device *device;
	void *self;
	u64 line;
};

static inline u64 probe_read(struct probe *probe, u64 offset, unsigned width)
{
	assert_true(probe->device->widths & width);
	return probe->device->read(probe->self, offset, width);
}

static inline void probe_write(struct probe *probe, u64 offset, u64 value, unsigned width)
{
	assert_true(probe->device->widths & width);
	probe->device->write(probe->self, offset, value, width);
}

/* A stream of numbers that look random and are always the same. */
static inline u64 next_random(u64 *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

#endif
