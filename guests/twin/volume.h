/*
 * Where the file system lies: on the disk, if there is one and it holds a file system, or else on
 * the RAM disk that is part of the kernel's image. And the raw disk, for measuring.
 */
#ifndef TWIN_VOLUME_H
#define TWIN_VOLUME_H

#include "core/types.h"

void volume_start(void);

/* One block of FS_BLOCK bytes of the file system. */
void volume_read(u32 block, void *to);
void volume_write(u32 block, const void *from);

/* One block of DISK_BLOCK bytes of the disk; false: no disk, or no such block, or an error. */
bool volume_disk_read(u64 block, void *to);

#endif
