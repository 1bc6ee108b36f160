/*
 * What a program of the twin kernel has: the system calls (one stub each, user/stubs.S), printing
 * and a few helpers. Calls return a negative number when they fail.
 */
#ifndef TWIN_USER_H
#define TWIN_USER_H

#include "guests/lib/format.h"
#include "guests/lib/string.h"
#include "guests/twin/abi.h"

_Noreturn void exit(s64 status);
s64 fork(void);
s64 wait(s64 *status);
s64 exec(const char *path, const char *const *arguments);
s64 getpid(void);
s64 kill(u64 process);
s64 yield(void);
s64 sleep(u64 ticks);
s64 sbrk(s64 bytes);
s64 map(u64 pages, u64 flags);
s64 unmap(u64 address);
s64 open(const char *path, u64 flags);
s64 close(s64 file);
s64 read(s64 file, void *bytes, u64 length);
s64 write(s64 file, const void *bytes, u64 length);
s64 pipe(s32 *files);
s64 dup(s64 file);
s64 mkdir(const char *path);
s64 unlink(const char *path);
s64 chdir(const char *path);
s64 status(const char *path, struct file_status *status);
s64 processes(struct process_info *info, u64 most);
s64 option(const char *name, char *value, u64 size);
s64 poweroff(void);
s64 tick_interval(u64 microseconds);
s64 measure_begin(const char *name);
s64 measure_end(u64 operations);
s64 mask(u64 times);
s64 lines(u64 count);
s64 disk_read(u64 block, void *bytes);
s64 frames(void);

/* Standard output, gathered into few writes. */
__attribute__((format(printf, 1, 2)))
void print(const char *format, ...);

/* Says what went wrong, on standard error, and exits with status 1. */
__attribute__((format(printf, 1, 2)))
_Noreturn void fail(const char *format, ...);

/* A line of input without its newline; false at the end. What does not fit is dropped. */
bool read_line(s64 file, char *line, size_t size);

/* Ticks of the timer since boot, without a system call. */
static inline u64 ticks(void)
{
	return ((const struct clock_page *)(u64)CLOCK_PAGE)->ticks;
}

#endif
