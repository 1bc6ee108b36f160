/*
 * Processes: what they are, who runs, who waits. The kernel itself is not preempted: a process in
 * the kernel runs until it sleeps, yields or returns to user code. So only what an interrupt
 * handler also touches needs interrupts masked: the queue of those ready to run.
 */
#ifndef TWIN_PROCESS_H
#define TWIN_PROCESS_H

#include "guests/twin/abi.h"
#include "guests/twin/space.h"

enum { PROCESSES = 48, KERNEL_STACK = 8192 };

enum process_state {
	PROCESS_UNUSED,
	PROCESS_READY,    /* in the queue, or running */
	PROCESS_SLEEPING, /* until somebody wakes `channel` */
	PROCESS_ZOMBIE    /* has exited; its parent has not asked yet */
};

/* What switch_context keeps of a process that does not run. */
struct context {
	u64 ra, sp, s[12];
};

struct process {
	enum process_state state;
	bool killed;
	u32 id; /* 0: the idle process */
	char name[16];
	struct process *parent, *next; /* next: in the queue */
	const void *channel;
	s64 status; /* of exit */
	u8 *stack;  /* the lowest address of its kernel stack */
	struct context context;
	struct space space;
	struct file *file[FILES];
	struct inode *directory; /* the current one */
};

/* Makes the table; the caller becomes the idle process. */
void process_start(void);

/* Creates process 1 from the program at `path`. */
void process_first(const char *path);

/* Runs what is ready, and else waits for interrupts, for ever. For the idle process. */
_Noreturn void process_idle(void);

struct process *process_current(void);

/* Where a trap from the process's user code leaves its frame. */
struct frame *process_frame(const struct process *process);

/* What the system calls of the same names do; negative: failed. exit does not return. */
s64 process_fork(void);
s64 process_wait(s64 *status);
_Noreturn void process_exit(s64 status);
s64 process_kill(u32 id);

/* Lets others run that are ready. */
void process_yield(void);

/* Waits until `channel` is woken: check the condition in a loop. False: the process was killed. */
bool process_sleep(const void *channel);
void process_wake(const void *channel);

/* The time slice is over: yield on the way back to user code. process_leave does it. */
void process_slice_over(void);
void process_leave(void);

/* Makes the current process's address space the one that the hart uses. */
void process_use_space(void);

/* Describes at most `most` processes; how many. */
u64 process_list(struct process_info *info, u64 most);

#endif
