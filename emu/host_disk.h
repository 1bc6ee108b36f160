/*
 * A disk from a file. What the guest writes is kept in memory and forgotten at the end, so that a
 * run always begins with the same disk; or, when asked for, written to the file. Without a file it
 * is memory alone.
 */
#ifndef EMU_HOST_DISK_H
#define EMU_HOST_DISK_H

#include "core/fault.h"
#include "core/host.h"

enum { DISK_SECTOR = 512, DISK_GRAIN = 64 << 10 };

struct disk {
	int file;    /* -1: none; what is nowhere else reads as zeros */
	bool write;  /* through to the file */
	u64 size;    /* bytes */
	u8 **grain;  /* changed pieces of DISK_GRAIN bytes, null where nothing changed */
};

/* The file's size must be a multiple of 512. Nobody else may write to it meanwhile. */
bool disk_open(struct disk *disk, const char *path, bool write, struct fault *fault);
bool disk_create(struct disk *disk, u64 size, struct fault *fault);
void disk_close(struct disk *disk);

struct host_disk disk_host(struct disk *disk);

#endif
