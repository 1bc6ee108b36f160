/*
 * What the kernel and the user programs agree on, apart from the system calls themselves
 * (syscall.def).
 */
#ifndef TWIN_ABI_H
#define TWIN_ABI_H

#include "core/types.h"

/* The user part of an address space. */
enum user_address {
	USER_LOW = 0x40000000,  /* the program, then its heap */
	MAP_LOW = 0x60000000,   /* what map() gives */
	MAP_HIGH = 0x7f000000,
	STACK_LOW = 0x7ffe0000,
	STACK_HIGH = 0x7ffff000,
	CLOCK_PAGE = 0x7ffff000 /* struct clock_page, read only */
};

#define USER_HIGH UINT64_C(0x80000000)

/* Kept by the kernel, read by programs without a system call. */
struct clock_page {
	volatile u64 ticks; /* of the timer, since boot */
};

enum open_flag { OPEN_READ = 1, OPEN_WRITE = 2, OPEN_CREATE = 4, OPEN_EMPTY = 8, OPEN_APPEND = 16 };

enum inode_type { INODE_FREE, INODE_DIRECTORY, INODE_FILE, INODE_CONSOLE };

enum { NAME_LENGTH = 28, PATH_LENGTH = 128, FILES = 16, DISK_BLOCK = 4096 };

/* An entry of a directory, as read() gives it. inode 0: unused. */
struct directory_entry {
	u32 inode;
	char name[NAME_LENGTH]; /* filled up with zeros; a name of full length has none */
};

struct file_status {
	u32 inode;
	u32 type; /* enum inode_type */
	u32 links;
	u32 size; /* bytes */
};

struct process_info {
	u32 id, parent;
	char state[12];
	char name[16];
};

enum { MAP_NOW = 1 }; /* pages at once, and not when touched */

enum { STATUS_KILLED = -1 }; /* what wait() tells of a process that did not exit by itself */

#endif
