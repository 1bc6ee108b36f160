/*
 * The volume that carries the file system, and the disk beneath it.
 */
#include "guests/lib/string.h"
#include "guests/twin/abi.h"
#include "guests/twin/console.h"
#include "guests/twin/fs_format.h"
#include "guests/twin/memory.h"
#include "guests/twin/ops.h"
#include "guests/twin/panic.h"
#include "guests/twin/volume.h"

enum { SECTOR = 512 };

/* fs_image.S */
extern u8 fs_image[], fs_image_end[];

static u64 disk_sectors;
static bool on_disk;

static bool has_file_system(const void *block)
{
	const struct fs_super *super = block;

	return super->magic == FS_MAGIC && super->blocks <= disk_sectors / (FS_BLOCK / SECTOR);
}

void volume_start(void)
{
	disk_sectors = ops->disk_start();
	u64 frame = frame_alloc();
	if (frame == 0)
		panic("no memory for the disk");
	on_disk = disk_sectors >= FS_BLOCK / SECTOR
		&& ops->disk_read(0, FS_BLOCK / SECTOR, (void *)frame)
		&& has_file_system((void *)frame);
	frame_drop(frame);
	console_print("twin: files on the %s; disk: %lu KiB\n", on_disk ? "disk" : "RAM disk",
		disk_sectors / 2);
}

void volume_read(u32 block, void *to)
{
	if (!on_disk)
		memcpy(to, fs_image + (u64)block * FS_BLOCK, FS_BLOCK);
	else if (!ops->disk_read((u64)block * (FS_BLOCK / SECTOR), FS_BLOCK / SECTOR, to))
		panic("the disk cannot read block %u", block);
}

void volume_write(u32 block, const void *from)
{
	if (!on_disk)
		memcpy(fs_image + (u64)block * FS_BLOCK, from, FS_BLOCK);
	else if (!ops->disk_write((u64)block * (FS_BLOCK / SECTOR), FS_BLOCK / SECTOR, from))
		panic("the disk cannot write block %u", block);
}

bool volume_disk_read(u64 block, void *to)
{
	u64 sectors = DISK_BLOCK / SECTOR;

	return block < disk_sectors / sectors && ops->disk_read(block * sectors, (u32)sectors, to);
}
