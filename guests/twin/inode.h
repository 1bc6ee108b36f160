/*
 * Inodes: files and directories by number. An inode in memory has holders; one without links and
 * holders gives its blocks back.
 */
#ifndef TWIN_INODE_H
#define TWIN_INODE_H

#include "guests/twin/abi.h"
#include "guests/twin/fs_format.h"

struct inode {
	u32 number, holders;
	struct fs_inode disk; /* as on the volume, perhaps newer: inode_update writes it */
};

/* Reads the super block. */
void inode_start(void);

struct inode *inode_root(void);
struct inode *inode_get(u32 number); /* NULL: too many are in use */
struct inode *inode_hold(struct inode *inode);
void inode_put(struct inode *inode);

/* A new one, with a link; NULL: none left. */
struct inode *inode_alloc(enum inode_type type);

void inode_update(const struct inode *inode);
void inode_empty(struct inode *inode);

/* Bytes at an offset of the content, to or from the kernel or (`user`) the current process. How
 * many; fewer at the end of the file, the volume or the largest file; -1: a bad user address. */
s64 inode_read(struct inode *inode, u64 offset, u64 to, u64 length, bool user);
s64 inode_write(struct inode *inode, u64 offset, u64 from, u64 length, bool user);

#endif
