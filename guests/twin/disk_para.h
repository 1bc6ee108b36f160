/* The para back end's disk: virtio-blk. */
#ifndef TWIN_DISK_PARA_H
#define TWIN_DISK_PARA_H

#include "core/types.h"

u64 disk_para_start(void);
bool disk_para_read(u64 sector, u32 count, void *to);
bool disk_para_write(u64 sector, u32 count, const void *from);

#endif
