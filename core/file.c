/*
 * Whole files in and out, with a sentence for all that can be wrong with a path. image.c and
 * snapshot.c call it.
 */
#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Not blocking, so that naming a pipe by mistake is a fault and not a wait. */
static int file_open(const char *path, u64 *size, struct fault *fault)
{
	struct stat status;
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (file < 0 || fstat(file, &status) < 0)
		fault_set(fault, "cannot read '%.200s': %s", path, strerror(errno));
	else if (S_ISDIR(status.st_mode))
		fault_set(fault, "'%.200s' is a directory, not a file", path);
	else if (!S_ISREG(status.st_mode))
		fault_set(fault, "'%.200s' is not a regular file", path);
	else if (status.st_size == 0)
		fault_set(fault, "'%.200s' is empty", path);
	else {
		*size = (u64)status.st_size;
		return file;
	}
	if (file >= 0)
		close(file);
	return -1;
}

bool file_size(const char *path, u64 *size, struct fault *fault)
{
	int file = file_open(path, size, fault);

	if (file < 0)
		return false;
	close(file);
	return true;
}

static bool file_fill(int file, const char *path, u8 *to, u64 length, struct fault *fault)
{
	while (length) {
		ssize_t got = read(file, to, length);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fault_set(fault, "cannot read '%.200s': %s", path, strerror(errno));
		if (got == 0)
			return fault_set(fault, "'%.200s' is %llu bytes too short", path,
				(unsigned long long)length);
		to += got;
		length -= (u64)got;
	}
	return true;
}

bool file_read(const char *path, void *to, u64 length, struct fault *fault)
{
	u64 size;
	int file = file_open(path, &size, fault);

	if (file < 0)
		return false;

	bool done = file_fill(file, path, to, length, fault);

	close(file);
	return done;
}

bool file_read_all(const char *path, u64 most, u8 **bytes, u64 *length, struct fault *fault)
{
	u64 size;
	int file = file_open(path, &size, fault);

	*bytes = NULL;
	*length = 0;
	if (file < 0)
		return false;
	if (size > most)
		fault_set(fault, "'%.200s' has %llu bytes, where at most %llu fit", path,
			(unsigned long long)size, (unsigned long long)most);
	else if (!(*bytes = malloc(size)))
		fault_set(fault, "no memory for the %llu bytes of '%.200s'",
			(unsigned long long)size, path);
	else if (file_fill(file, path, *bytes, size, fault))
		*length = size;
	close(file);
	if (*length == 0) {
		free(*bytes);
		*bytes = NULL;
		return false;
	}
	return true;
}

static bool file_pour(int file, const u8 *bytes, u64 length)
{
	while (length) {
		ssize_t put = write(file, bytes, length);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return false;
		bytes += put;
		length -= (u64)put;
	}
	return fsync(file) == 0;
}

bool file_write_all(const char *path, const u8 *bytes, u64 length, struct fault *fault)
{
	u64 room = strlen(path) + sizeof(".XXXXXX");
	char *beside = malloc(room);

	if (!beside)
		return fault_set(fault, "no memory to write '%.200s'", path);
	snprintf(beside, room, "%s.XXXXXX", path);

	int file = mkstemp(beside);
	bool done = false;

	if (file >= 0) {
		done = file_pour(file, bytes, length);
		done = close(file) == 0 && done;
		done = done && rename(beside, path) == 0;
	}
	if (!done)
		fault_set(fault, "cannot write '%.200s': %s", path, strerror(errno));
	if (!done && file >= 0)
		unlink(beside);
	free(beside);
	return done;
}
