/*
 * The life of a process, and the choice of who runs: those that are ready stand in a queue and are
 * served in turn. One hart runs them; a second one would need its own `hart` and a lock around this
 * file's queue.
 */
#include "guests/lib/string.h"
#include "guests/twin/clock.h"
#include "guests/twin/console.h"
#include "guests/twin/exec.h"
#include "guests/twin/file.h"
#include "guests/twin/inode.h"
#include "guests/twin/memory.h"
#include "guests/twin/panic.h"
#include "guests/twin/power.h"
#include "guests/twin/process.h"

enum { STACK_MARK = 0x7477696e };

/* What one hart is doing. */
static struct {
	struct process *process;
	u64 root; /* of the space in use; the idle process has none and takes what is there */
	bool slice_over;
} hart;

static struct process idle, processes[PROCESSES];
static struct process *queue_head, *queue_tail;
static u32 last_id;

void switch_context(struct context *from, struct context *to);

/* The queue. Interrupts are masked. */

static void enqueue(struct process *process)
{
	process->state = PROCESS_READY;
	process->next = NULL;
	if (queue_head == NULL)
		queue_head = process;
	else
		queue_tail->next = process;
	queue_tail = process;
}

static struct process *dequeue(void)
{
	struct process *process = queue_head;

	if (process != NULL)
		queue_head = process->next;
	return process;
}

void process_use_space(void)
{
	const struct roots *roots = &hart.process->space.roots;

	if (roots->kernel == 0 || roots->kernel == hart.root)
		return;
	hart.root = roots->kernel;
	ops->space_switch(roots);
}

/* Gives the hart to who is next. Returns when the caller is next again. */
static void schedule(void)
{
	struct process *from = hart.process, *to = dequeue();

	if (to == NULL)
		to = &idle;
	if (to == from)
		return;
	if (from != &idle && *(u32 *)(void *)from->stack != STACK_MARK)
		panic("process %u: its kernel stack was too small", from->id);
	hart.process = to;
	process_use_space();
	switch_context(&from->context, &to->context);
}

_Noreturn void process_idle(void)
{
	for (;;) {
		if (queue_head != NULL)
			schedule();
		else
			ops->idle();
	}
}

struct process *process_current(void)
{
	return hart.process;
}

/* Beginning. */

void process_start(void)
{
	for (u32 i = 0; i < PROCESSES; i++) {
		processes[i].stack = memory_take(KERNEL_STACK);
		*(u32 *)(void *)processes[i].stack = STACK_MARK;
	}
	string_copy(idle.name, "idle", sizeof(idle.name));
	hart.process = &idle;
}

struct frame *process_frame(const struct process *process)
{
	return (struct frame *)(void *)(process->stack + KERNEL_STACK) - 1;
}

static struct process *find_unused(void)
{
	for (u32 i = 0; i < PROCESSES; i++)
		if (processes[i].state == PROCESS_UNUSED)
			return &processes[i];
	return NULL;
}

/* A process that will begin by returning from a trap, to what the caller puts into its frame. */
static struct process *create(void)
{
	struct process *process = find_unused();

	if (process == NULL || !space_create(&process->space))
		return NULL;
	process->id = ++last_id;
	process->killed = false;
	process->status = 0;
	process->parent = hart.process;
	memset(&process->context, 0, sizeof(process->context));
	memset(process_frame(process), 0, sizeof(struct frame));
	process->context.ra = (u64)ops->trap_exit;
	process->context.sp = (u64)process_frame(process);
	return process;
}

static void ready(struct process *process)
{
	bool unmask = ops->irq_save();

	enqueue(process);
	ops->irq_restore(unmask);
}

void process_first(const char *path)
{
	struct process *process = create();

	if (process == NULL || exec_first(process, path) < 0)
		panic("%s cannot be started", path);
	process->directory = inode_root();
	process->file[0] = file_open("/console", OPEN_READ | OPEN_WRITE);
	for (u32 i = 1; i <= 2 && process->file[0] != NULL; i++)
		process->file[i] = file_hold(process->file[0]);
	ready(process);
}

s64 process_fork(void)
{
	struct process *parent = hart.process, *child = create();

	if (child == NULL)
		return -1;
	if (!space_fork(&parent->space, &child->space)) {
		space_destroy(&child->space);
		return -1;
	}
	*process_frame(child) = *process_frame(parent);
	process_frame(child)->x[REG_A0] = 0;
	for (u32 i = 0; i < FILES; i++)
		child->file[i] = parent->file[i] != NULL ? file_hold(parent->file[i]) : NULL;
	child->directory = inode_hold(parent->directory);
	string_copy(child->name, parent->name, sizeof(child->name));
	ready(child);
	return child->id;
}

/* Ending. */

static void give_away_children(struct process *parent)
{
	for (u32 i = 0; i < PROCESSES; i++)
		if (processes[i].state != PROCESS_UNUSED && processes[i].parent == parent)
			processes[i].parent = &processes[0];
}

_Noreturn void process_exit(s64 status)
{
	struct process *process = hart.process;

	if (process == &processes[0]) {
		console_print("twin: %s has exited with status %ld\n", process->name, status);
		power_off(status != 0);
	}
	for (u32 i = 0; i < FILES; i++)
		if (process->file[i] != NULL) {
			file_close(process->file[i]);
			process->file[i] = NULL;
		}
	inode_put(process->directory);
	clock_release(process->id);
	ops->console_flush();
	space_clear(&process->space);
	give_away_children(process);
	ops->irq_save();
	process->status = status;
	process->state = PROCESS_ZOMBIE;
	process_wake(&processes[0]);
	process_wake(process->parent);
	schedule();
	panic("a process came back from the dead");
}

/* A child that has exited; *any: there are children at all. */
static struct process *find_zombie(const struct process *parent, bool *any)
{
	*any = false;
	for (u32 i = 0; i < PROCESSES; i++) {
		if (processes[i].state == PROCESS_UNUSED || processes[i].parent != parent)
			continue;
		*any = true;
		if (processes[i].state == PROCESS_ZOMBIE)
			return &processes[i];
	}
	return NULL;
}

s64 process_wait(s64 *status)
{
	for (;;) {
		bool any;
		struct process *child = find_zombie(hart.process, &any);
		if (child != NULL) {
			u32 id = child->id;
			*status = child->status;
			space_destroy(&child->space);
			child->state = PROCESS_UNUSED;
			return id;
		}
		if (!any || hart.process->killed)
			return -1;
		process_sleep(hart.process);
	}
}

s64 process_kill(u32 id)
{
	for (u32 i = 0; i < PROCESSES; i++) {
		struct process *process = &processes[i];
		if (process->state == PROCESS_UNUSED || process->id != id)
			continue;
		process->killed = true;
		bool unmask = ops->irq_save();
		if (process->state == PROCESS_SLEEPING)
			enqueue(process);
		ops->irq_restore(unmask);
		return 0;
	}
	return -1;
}

/* Waiting and taking turns. */

void process_yield(void)
{
	bool unmask = ops->irq_save();

	hart.slice_over = false;
	if (queue_head != NULL) {
		enqueue(hart.process);
		schedule();
	}
	ops->irq_restore(unmask);
}

bool process_sleep(const void *channel)
{
	bool unmask = ops->irq_save();
	struct process *process = hart.process;

	process->channel = channel;
	process->state = PROCESS_SLEEPING;
	schedule();
	process->channel = NULL;
	ops->irq_restore(unmask);
	return !process->killed;
}

void process_wake(const void *channel)
{
	bool unmask = ops->irq_save();

	for (u32 i = 0; i < PROCESSES; i++)
		if (processes[i].state == PROCESS_SLEEPING && processes[i].channel == channel)
			enqueue(&processes[i]);
	ops->irq_restore(unmask);
}

void process_slice_over(void)
{
	hart.slice_over = true;
}

void process_leave(void)
{
	if (hart.slice_over)
		process_yield();
	if (hart.process->killed)
		process_exit(STATUS_KILLED);
}

u64 process_list(struct process_info *info, u64 most)
{
	static const char *const states[] = {"unused", "ready", "sleeping", "zombie"};
	u64 count = 0;

	for (u32 i = 0; i < PROCESSES && count < most; i++) {
		const struct process *process = &processes[i];
		if (process->state == PROCESS_UNUSED)
			continue;
		memset(info, 0, sizeof(*info));
		info->id = process->id;
		info->parent = process->parent != NULL ? process->parent->id : 0;
		string_copy(info->state, process == hart.process ? "running"
			: states[process->state], sizeof(info->state));
		string_copy(info->name, process->name, sizeof(info->name));
		info++;
		count++;
	}
	return count;
}
