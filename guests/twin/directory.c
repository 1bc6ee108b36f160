/*
 * A directory is a file of struct directory_entry. Its first two are "." and "..".
 */
#include "guests/lib/string.h"
#include "guests/twin/directory.h"
#include "guests/twin/process.h"

static bool entry_read(struct inode *directory, u64 offset, struct directory_entry *entry)
{
	return inode_read(directory, offset, (u64)entry, sizeof(*entry), false)
		== (s64)sizeof(*entry);
}

static bool entry_write(struct inode *directory, u64 offset, u32 number, const char *name)
{
	struct directory_entry entry = {number, {0}};

	memcpy(entry.name, name, strlen(name));
	return inode_write(directory, offset, (u64)&entry, sizeof(entry), false)
		== (s64)sizeof(entry);
}

/* The inode number that a name stands for, and where; 0: no such name. */
static u32 find(struct inode *directory, const char *name, u64 *offset)
{
	struct directory_entry entry;

	for (*offset = 0; entry_read(directory, *offset, &entry); *offset += sizeof(entry))
		if (entry.inode != 0 && strncmp(entry.name, name, NAME_LENGTH) == 0)
			return entry.inode;
	return 0;
}

static bool add(struct inode *directory, const char *name, u32 number)
{
	struct directory_entry entry;
	u64 offset = 0;

	while (entry_read(directory, offset, &entry) && entry.inode != 0)
		offset += sizeof(entry);
	return entry_write(directory, offset, number, name);
}

static bool is_empty(struct inode *directory)
{
	struct directory_entry entry;

	for (u64 offset = 2 * sizeof(entry); entry_read(directory, offset, &entry);
		offset += sizeof(entry))
		if (entry.inode != 0)
			return false;
	return true;
}

/* The next name of a path into name[NAME_LENGTH + 1]; what follows it, or NULL: no more, or one
 * that is too long. */
static const char *next_name(const char *path, char *name)
{
	size_t length = 0;

	while (*path == '/')
		path++;
	while (path[length] != 0 && path[length] != '/')
		length++;
	if (length == 0 || length > NAME_LENGTH)
		return NULL;
	memcpy(name, path, length);
	name[length] = 0;
	path += length;
	while (*path == '/')
		path++;
	return path;
}

/* The directory that holds the last name of a path, held, and that name. */
static struct inode *walk_to_parent(const char *path, char *name)
{
	struct inode *at = *path == '/' ? inode_root() : inode_hold(process_current()->directory);

	while (at != NULL && (path = next_name(path, name)) != NULL) {
		if (at->disk.type != INODE_DIRECTORY)
			break;
		if (*path == 0)
			return at;
		u64 offset;
		u32 number = find(at, name, &offset);
		inode_put(at);
		at = number != 0 ? inode_get(number) : NULL;
	}
	if (at != NULL)
		inode_put(at);
	return NULL;
}

struct inode *path_find(const char *path)
{
	char name[NAME_LENGTH + 1];
	u64 offset;

	if (strcmp(path, "/") == 0)
		return inode_root();
	struct inode *parent = walk_to_parent(path, name);
	if (parent == NULL)
		return NULL;
	u32 number = find(parent, name, &offset);
	inode_put(parent);
	return number != 0 ? inode_get(number) : NULL;
}

struct inode *path_create(const char *path, enum inode_type type)
{
	char name[NAME_LENGTH + 1];
	u64 offset;
	struct inode *parent = walk_to_parent(path, name), *inode = NULL;

	if (parent == NULL)
		return NULL;
	if (find(parent, name, &offset) == 0 && parent->disk.links > 0)
		inode = inode_alloc(type);
	bool made = inode != NULL && add(parent, name, inode->number);
	if (made && type == INODE_DIRECTORY)
		made = entry_write(inode, 0, inode->number, ".")
			&& entry_write(inode, sizeof(struct directory_entry), parent->number, "..");
	if (inode != NULL && !made) {
		if (find(parent, name, &offset) != 0)
			entry_write(parent, offset, 0, "");
		inode->disk.links = 0;
		inode_put(inode);
		inode = NULL;
	}
	inode_put(parent);
	return inode;
}

bool path_remove(const char *path)
{
	char name[NAME_LENGTH + 1];
	u64 offset;
	struct inode *parent = walk_to_parent(path, name);

	if (parent == NULL)
		return false;
	bool dots = strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
	u32 number = dots ? 0 : find(parent, name, &offset);
	struct inode *inode = number != 0 ? inode_get(number) : NULL;
	bool removed = inode != NULL
		&& (inode->disk.type != INODE_DIRECTORY || is_empty(inode))
		&& entry_write(parent, offset, 0, "");
	if (removed) {
		inode->disk.links--;
		inode_update(inode);
	}
	if (inode != NULL)
		inode_put(inode);
	inode_put(parent);
	return removed;
}
