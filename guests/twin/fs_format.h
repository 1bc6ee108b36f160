/*
 * The file system as it lies on a volume, in blocks of 1 KiB. mkfs.py reads the numbers from here.
 *
 *	super block | bitmap of blocks (1: used) | inodes | data ...
 */
#ifndef TWIN_FS_FORMAT_H
#define TWIN_FS_FORMAT_H

#include "core/types.h"

enum fs_number {
	FS_MAGIC = 0x6e697774,
	FS_BLOCK = 1024,
	FS_DIRECT = 12,
	FS_INDIRECT = 256,
	FS_INODE_SIZE = 64,
	FS_ENTRY_SIZE = 32,
	FS_ROOT = 1
};

struct fs_super {
	u32 magic;
	u32 blocks; /* all of them */
	u32 bitmap; /* first block of the bitmap */
	u32 inodes; /* first block of the inodes */
	u32 inode_count;
	u32 data; /* first block of data */
};

struct fs_inode {
	u32 type; /* enum inode_type */
	u32 links;
	u32 size;
	u32 direct[FS_DIRECT]; /* block numbers; 0: none yet */
	u32 indirect;          /* a block of FS_INDIRECT more */
};

_Static_assert(sizeof(struct fs_inode) == FS_INODE_SIZE, "whole inodes in a block");

#endif
