/*
 * Names: directories, and paths through them. A path begins at the root, or at the current
 * directory of the process.
 */
#ifndef TWIN_DIRECTORY_H
#define TWIN_DIRECTORY_H

#include "guests/twin/inode.h"

/* The inode at the end of a path, held for the caller; NULL: there is none. */
struct inode *path_find(const char *path);

/* A new file or directory, held for the caller; NULL: the name exists, or there is no room. */
struct inode *path_create(const char *path, enum inode_type type);

/* Takes a name away; only an empty directory may lose its name. */
bool path_remove(const char *path);

#endif
