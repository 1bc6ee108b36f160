/*
 * Whole files in and out: what images and snapshots are read from and written to.
 */
#ifndef CORE_FILE_H
#define CORE_FILE_H

#include "core/fault.h"
#include "core/types.h"

/* Size in bytes of a regular file that is not empty; a fault says what else it is. */
bool file_size(const char *path, u64 *size, struct fault *fault);

/* Reads the first `length` bytes into `to`; a fault when the file has fewer. */
bool file_read(const char *path, void *to, u64 length, struct fault *fault);

/* Reads all of a file of at most `most` bytes into a buffer that the caller frees. */
bool file_read_all(const char *path, u64 most, u8 **bytes, u64 *length, struct fault *fault);

/* Writes a new file beside `path` and renames it, so that `path` is old or new, never half. */
bool file_write_all(const char *path, const u8 *bytes, u64 length, struct fault *fault);

#endif
