/*
 * The table of open files. Closing a file that was written to makes the volume complete.
 */
#include "guests/twin/buffer.h"
#include "guests/twin/console.h"
#include "guests/twin/directory.h"
#include "guests/twin/file.h"
#include "guests/twin/pipe.h"

enum { OPEN_FILES = 96 };

static struct file files[OPEN_FILES];

static struct file *alloc(u32 flags, struct inode *inode, struct pipe *pipe)
{
	for (u32 i = 0; i < OPEN_FILES; i++)
		if (files[i].holders == 0) {
			files[i] = (struct file){1, flags, inode, pipe, 0};
			return &files[i];
		}
	return NULL;
}

static struct inode *open_inode(const char *path, u64 flags)
{
	struct inode *inode = path_find(path);

	if (inode == NULL && (flags & OPEN_CREATE) != 0)
		inode = path_create(path, INODE_FILE);
	if (inode == NULL)
		return NULL;
	if (inode->disk.type == INODE_DIRECTORY && (flags & OPEN_WRITE) != 0) {
		inode_put(inode);
		return NULL;
	}
	return inode;
}

struct file *file_open(const char *path, u64 flags)
{
	struct inode *inode = open_inode(path, flags);

	if (inode == NULL)
		return NULL;
	struct file *file = alloc((u32)flags, inode, NULL);
	if (file == NULL)
		inode_put(inode);
	else if (inode->disk.type == INODE_FILE && (flags & OPEN_EMPTY) != 0)
		inode_empty(inode);
	return file;
}

bool file_pipe(struct file **reader, struct file **writer)
{
	struct pipe *pipe = pipe_create();

	if (pipe == NULL)
		return false;
	*reader = alloc(OPEN_READ, NULL, pipe);
	*writer = alloc(OPEN_WRITE, NULL, pipe);
	if (*reader != NULL && *writer != NULL)
		return true;
	if (*reader != NULL)
		(*reader)->holders = 0;
	if (*writer != NULL)
		(*writer)->holders = 0;
	pipe_close(pipe, true);
	pipe_close(pipe, false);
	return false;
}

struct file *file_hold(struct file *file)
{
	file->holders++;
	return file;
}

void file_close(struct file *file)
{
	if (--file->holders > 0)
		return;
	if (file->pipe != NULL) {
		pipe_close(file->pipe, (file->flags & OPEN_WRITE) != 0);
		return;
	}
	inode_put(file->inode);
	if ((file->flags & OPEN_WRITE) != 0)
		buffer_sync();
}

s64 file_read(struct file *file, u64 to, u64 length)
{
	if ((file->flags & OPEN_READ) == 0)
		return -1;
	if (file->pipe != NULL)
		return pipe_read(file->pipe, to, length);
	if (file->inode->disk.type == INODE_CONSOLE)
		return console_read(to, length);
	s64 count = inode_read(file->inode, file->offset, to, length, true);
	if (count > 0)
		file->offset += (u64)count;
	return count;
}

s64 file_write(struct file *file, u64 from, u64 length)
{
	if ((file->flags & OPEN_WRITE) == 0)
		return -1;
	if (file->pipe != NULL)
		return pipe_write(file->pipe, from, length);
	if (file->inode->disk.type == INODE_CONSOLE)
		return console_write(from, length);
	if ((file->flags & OPEN_APPEND) != 0)
		file->offset = file->inode->disk.size;
	s64 count = inode_write(file->inode, file->offset, from, length, true);
	if (count > 0)
		file->offset += (u64)count;
	return count;
}
