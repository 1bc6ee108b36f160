/* The native back end's disk: ATA, by programmed I/O. */
#ifndef TWIN_DISK_NATIVE_H
#define TWIN_DISK_NATIVE_H

#include "core/types.h"

u64 disk_native_start(void);
bool disk_native_read(u64 sector, u32 count, void *to);
bool disk_native_write(u64 sector, u32 count, const void *from);

#endif
