/*
 * Starting a program: an ELF file becomes an address space.
 */
#ifndef TWIN_EXEC_H
#define TWIN_EXEC_H

#include "guests/twin/process.h"

/* Replaces the program of the current process. `arguments` is a user address: pointers to strings,
 * the last one null. On failure (-1) the old program goes on. */
s64 exec(const char *path, u64 arguments);

/* The same for a new process that has an empty space and has never run; its only argument is the
 * path. */
s64 exec_first(struct process *process, const char *path);

#endif
