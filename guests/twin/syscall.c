/*
 * The table of system calls, and those on processes, memory and the machine. Those on files are in
 * syscall_file.c.
 */
#include "guests/lib/string.h"
#include "guests/twin/clock.h"
#include "guests/twin/console.h"
#include "guests/twin/device_tree.h"
#include "guests/twin/exec.h"
#include "guests/twin/memory.h"
#include "guests/twin/power.h"
#include "guests/twin/process.h"
#include "guests/twin/syscall.h"
#include "guests/twin/user_memory.h"
#include "guests/twin/volume.h"

enum { OPTION_LENGTH = 64 };

static s64 (*const calls[])(const u64 *argument) = {
#define SYSCALL(number, name, arguments, words) [number] = syscall_##name,
#include "guests/twin/syscall.def"
#undef SYSCALL
};

void syscall(struct frame *frame)
{
	u64 number = frame->x[REG_A7];
	s64 result = -1;

	if (number < sizeof(calls) / sizeof(calls[0]) && calls[number] != NULL)
		result = calls[number](&frame->x[REG_A0]);
	frame->x[REG_A0] = (u64)result;
}

s64 syscall_exit(const u64 *argument)
{
	process_exit((s64)argument[0]);
}

s64 syscall_fork(const u64 *argument)
{
	return process_fork();
}

s64 syscall_wait(const u64 *argument)
{
	s64 status;
	s64 id = process_wait(&status);

	if (id > 0 && argument[0] != 0 && !user_write(argument[0], &status, sizeof(status)))
		return -1;
	return id;
}

s64 syscall_exec(const u64 *argument)
{
	char path[PATH_LENGTH];

	return user_string(path, argument[0], sizeof(path)) ? exec(path, argument[1]) : -1;
}

s64 syscall_getpid(const u64 *argument)
{
	return process_current()->id;
}

s64 syscall_kill(const u64 *argument)
{
	return process_kill((u32)argument[0]);
}

s64 syscall_yield(const u64 *argument)
{
	process_yield();
	return 0;
}

s64 syscall_sleep(const u64 *argument)
{
	return clock_sleep(argument[0]) ? 0 : -1;
}

s64 syscall_sbrk(const u64 *argument)
{
	u64 old = space_grow(&process_current()->space, (s64)argument[0]);

	return old != 0 ? (s64)old : -1;
}

s64 syscall_map(const u64 *argument)
{
	bool now = (argument[1] & MAP_NOW) != 0;
	u64 address = space_map(&process_current()->space, argument[0], now);

	return address != 0 ? (s64)address : -1;
}

s64 syscall_unmap(const u64 *argument)
{
	return space_unmap(&process_current()->space, argument[0]) ? 0 : -1;
}

s64 syscall_processes(const u64 *argument)
{
	struct process_info *info = (struct process_info *)frame_alloc();
	u64 most = PAGE_SIZE / sizeof(*info);

	if (info == NULL)
		return -1;
	u64 count = process_list(info, argument[1] < most ? argument[1] : most);
	bool told = user_write(argument[0], info, count * sizeof(*info));
	frame_drop((u64)info);
	return told ? (s64)count : -1;
}

s64 syscall_option(const u64 *argument)
{
	char name[OPTION_LENGTH], value[OPTION_LENGTH];

	if (!user_string(name, argument[0], sizeof(name))
		|| !device_tree_option(name, value, sizeof(value)))
		return -1;
	size_t length = strlen(value) + 1;
	return length <= argument[2] && user_write(argument[1], value, length) ? 0 : -1;
}

s64 syscall_poweroff(const u64 *argument)
{
	power_off(false);
}

s64 syscall_tick_interval(const u64 *argument)
{
	clock_set_interval(argument[0], process_current()->id);
	return 0;
}

s64 syscall_measure_begin(const u64 *argument)
{
	static char name[OPTION_LENGTH];

	if (!user_string(name, argument[0], sizeof(name)))
		return -1;
	ops->measure_begin(name, strlen(name));
	return 0;
}

s64 syscall_measure_end(const u64 *argument)
{
	ops->measure_end(argument[0]);
	return 0;
}

s64 syscall_mask(const u64 *argument)
{
	for (u64 i = 0; i < argument[0] && !process_current()->killed; i++)
		ops->irq_restore(ops->irq_save());
	return 0;
}

s64 syscall_lines(const u64 *argument)
{
	for (u64 i = 0; i < argument[0] && !process_current()->killed; i++)
		console_print("%79lu\n", i);
	return 0;
}

s64 syscall_disk_read(const u64 *argument)
{
	u64 frame = frame_alloc_zero();
	bool done = frame != 0 && volume_disk_read(argument[0], (void *)frame)
		&& (argument[1] == 0 || user_write(argument[1], (void *)frame, DISK_BLOCK));

	if (frame != 0)
		frame_drop(frame);
	return done ? 0 : -1;
}

s64 syscall_frames(const u64 *argument)
{
	return (s64)frames_free();
}
