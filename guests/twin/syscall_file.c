/*
 * The system calls on files.
 */
#include "guests/twin/buffer.h"
#include "guests/twin/directory.h"
#include "guests/twin/file.h"
#include "guests/twin/process.h"
#include "guests/twin/syscall.h"
#include "guests/twin/user_memory.h"

/* The process's file of a descriptor, or NULL. */
static struct file *file_of(u64 descriptor)
{
	return descriptor < FILES ? process_current()->file[descriptor] : NULL;
}

/* Gives the file the lowest free descriptor; -1, and the file is closed, when there is none. */
static s64 give_descriptor(struct file *file)
{
	struct process *process = process_current();

	for (u32 i = 0; i < FILES; i++)
		if (process->file[i] == NULL) {
			process->file[i] = file;
			return i;
		}
	file_close(file);
	return -1;
}

s64 syscall_open(const u64 *argument)
{
	char path[PATH_LENGTH];
	struct file *file = user_string(path, argument[0], sizeof(path))
		? file_open(path, argument[1]) : NULL;

	return file != NULL ? give_descriptor(file) : -1;
}

s64 syscall_close(const u64 *argument)
{
	struct file *file = file_of(argument[0]);

	if (file == NULL)
		return -1;
	process_current()->file[argument[0]] = NULL;
	file_close(file);
	return 0;
}

s64 syscall_read(const u64 *argument)
{
	struct file *file = file_of(argument[0]);

	return file != NULL ? file_read(file, argument[1], argument[2]) : -1;
}

s64 syscall_write(const u64 *argument)
{
	struct file *file = file_of(argument[0]);

	return file != NULL ? file_write(file, argument[1], argument[2]) : -1;
}

s64 syscall_pipe(const u64 *argument)
{
	struct file *reader, *writer;

	if (!file_pipe(&reader, &writer))
		return -1;
	s64 read = give_descriptor(reader), write = give_descriptor(writer);
	s32 both[2] = {(s32)read, (s32)write};
	if (read >= 0 && write >= 0 && user_write(argument[0], both, sizeof(both)))
		return 0;
	if (read >= 0)
		syscall_close((const u64[]){(u64)read});
	if (write >= 0)
		syscall_close((const u64[]){(u64)write});
	return -1;
}

s64 syscall_dup(const u64 *argument)
{
	struct file *file = file_of(argument[0]);

	return file != NULL ? give_descriptor(file_hold(file)) : -1;
}

s64 syscall_mkdir(const u64 *argument)
{
	char path[PATH_LENGTH];
	struct inode *inode = user_string(path, argument[0], sizeof(path))
		? path_create(path, INODE_DIRECTORY) : NULL;

	if (inode == NULL)
		return -1;
	inode_put(inode);
	buffer_sync();
	return 0;
}

s64 syscall_unlink(const u64 *argument)
{
	char path[PATH_LENGTH];

	if (!user_string(path, argument[0], sizeof(path)) || !path_remove(path))
		return -1;
	buffer_sync();
	return 0;
}

s64 syscall_chdir(const u64 *argument)
{
	char path[PATH_LENGTH];
	struct inode *inode = user_string(path, argument[0], sizeof(path)) ? path_find(path) : NULL;

	if (inode == NULL || inode->disk.type != INODE_DIRECTORY) {
		if (inode != NULL)
			inode_put(inode);
		return -1;
	}
	inode_put(process_current()->directory);
	process_current()->directory = inode;
	return 0;
}

s64 syscall_status(const u64 *argument)
{
	char path[PATH_LENGTH];
	struct inode *inode = user_string(path, argument[0], sizeof(path)) ? path_find(path) : NULL;

	if (inode == NULL)
		return -1;
	struct file_status status = {inode->number, inode->disk.type, inode->disk.links,
		inode->disk.size};
	inode_put(inode);
	return user_write(argument[1], &status, sizeof(status)) ? 0 : -1;
}
