/*
 * Open files: what a process reads from and writes to, be it a file, a pipe or the console.
 */
#ifndef TWIN_FILE_H
#define TWIN_FILE_H

#include "guests/twin/abi.h"
#include "guests/twin/inode.h"

struct pipe;

struct file {
	u32 holders;
	u32 flags;           /* enum open_flag */
	struct inode *inode; /* NULL: an end of a pipe */
	struct pipe *pipe;
	u64 offset;
};

/* Opens a path; NULL: it cannot be. */
struct file *file_open(const char *path, u64 flags);

/* The two ends of a new pipe; false: no room. */
bool file_pipe(struct file **reader, struct file **writer);

struct file *file_hold(struct file *file);
void file_close(struct file *file);

/* At user addresses. How many bytes, 0 at the end, -1 if it cannot be. */
s64 file_read(struct file *file, u64 to, u64 length);
s64 file_write(struct file *file, u64 from, u64 length);

#endif
