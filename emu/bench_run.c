/*
 * Running benchmark guests in child processes. The parent reads what the child has to say from a
 * pipe and takes the CPU time from the kernel's account of it. Both kinds of child are pinned to the
 * same CPU and have a limit of CPU time, so that a guest that hangs ends too.
 */
#define _GNU_SOURCE /* sched_setaffinity, pipe2 */
#include "emu/bench_run.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "emu/machine.h"

enum { LIMIT_SECONDS = 120, NO_PROGRAM = 127, GUEST_MEMORY = 128 << 20 };

static const char qemu[] = "qemu-system-riscv64";

/* In the child. */

/* To the last CPU that we may use: the first ones have the most to do beside. */
static void pin(void)
{
	struct rlimit limit = { LIMIT_SECONDS, LIMIT_SECONDS };
	cpu_set_t allowed, one;

	setrlimit(RLIMIT_CPU, &limit);
	CPU_ZERO(&one);
	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		return;
	for (int cpu = CPU_SETSIZE - 1; cpu >= 0; cpu--) {
		if (CPU_ISSET(cpu, &allowed)) {
			CPU_SET(cpu, &one);
			break;
		}
	}
	sched_setaffinity(0, sizeof(one), &one);
}

static void console_write(void *self, u32 port, u64 cycle, const u8 *bytes, u64 length)
{
	char *line = self;
	size_t used = strlen(line);

	for (u64 i = 0; i < length && used + 1 < BENCH_LINE && !strchr(line, '\n'); i++) {
		line[used++] = (char)bytes[i];
		line[used] = 0;
	}
}

static int console_read(void *self, u32 port, u64 cycle)
{
	return HOST_END;
}

struct job {
	const char *guest, *bootargs;
	struct bench_run run;
	struct fault fault;
};

/* What bench_run_here's child does: fills job->run or job->fault. */
static bool perform(struct job *job)
{
	struct machine_config config = {
		.mode = &mode_native, .memory = GUEST_MEMORY, .firmware = FIRMWARE_NONE,
		.guest = job->guest, .bootargs = job->bootargs,
		.host = { job->run.line, console_write, console_read },
	};
	struct machine *machine;
	enum machine_end end;
	struct tally tally;
	u32 status;

	if (!prices_load(&config.prices, "none", &job->fault))
		return false;
	machine = machine_create(&config, &job->fault);
	if (!machine)
		return false;
	end = machine_run_cycles(machine, NEVER - 1);
	status = machine_stop(machine)->status;
	machine_tally(machine, &tally);
	job->run.instructions = tally.instructions;
	machine_destroy(machine);
	if (end != MACHINE_POWEROFF || status)
		return fault_set(&job->fault, "'%s': did not end well; it says: %s", job->guest,
			job->run.line);
	return true;
}

/* In the parent. */

/* Reads until the pipe ends or the buffer is full; closes it. */
static size_t drain(int from, void *to, size_t size)
{
	size_t length = 0;
	ssize_t got;

	while (length < size && ((got = read(from, (u8 *)to + length, size - length)) > 0
	    || (got < 0 && errno == EINTR)))
		length += got > 0 ? (size_t)got : 0;
	close(from);
	return length;
}

static u64 nanoseconds(const struct timeval *time)
{
	return (u64)time->tv_sec * 1000000000 + (u64)time->tv_usec * 1000;
}

/* Waits for the child: its status as waitpid has it, and its CPU time. */
static int reap(pid_t child, u64 *cpu)
{
	struct rusage usage;
	int status;

	while (wait4(child, &status, 0, &usage) < 0)
		if (errno != EINTR)
			return -1;
	*cpu = nanoseconds(&usage.ru_utime) + nanoseconds(&usage.ru_stime);
	return status;
}

static void cut_line(char *line)
{
	line[strcspn(line, "\r\n")] = 0;
}

/* A child with a pipe from it; in the child *pipe_end is where to write. -1 with a fault. */
static pid_t spawn(int *pipe_end, struct fault *fault)
{
	int ends[2];
	pid_t child;

	if (pipe2(ends, O_CLOEXEC)) {
		fault_set(fault, "bench: no pipe: %s", strerror(errno));
		return -1;
	}
	fflush(stdout);
	fflush(stderr);
	child = fork();
	if (child < 0) {
		fault_set(fault, "bench: no process: %s", strerror(errno));
		close(ends[0]);
		close(ends[1]);
		return -1;
	}
	close(ends[child ? 1 : 0]);
	*pipe_end = ends[child ? 0 : 1];
	return child;
}

static void bootargs_make(char *text, size_t size, u64 iterations)
{
	*text = 0;
	if (iterations != BENCH_OWN_ITERATIONS)
		snprintf(text, size, "iterations=%" PRIu64, iterations);
}

bool bench_run_here(const char *guest, u64 iterations, struct bench_run *run, struct fault *fault)
{
	char bootargs[48];
	struct job job = { .guest = guest, .bootargs = bootargs };
	int end, status;
	pid_t child;
	size_t got;
	u64 cpu = 0;

	bootargs_make(bootargs, sizeof(bootargs), iterations);
	child = spawn(&end, fault);
	if (child < 0)
		return false;
	if (child == 0) {
		pin();
		status = !perform(&job);
		_exit(write(end, &job, sizeof(job)) == sizeof(job) ? status : NO_PROGRAM);
	}
	got = drain(end, &job, sizeof(job));
	status = reap(child, &cpu);
	if (got != sizeof(job))
		return fault_set(fault, "'%s': does not come to an end", guest);
	*run = job.run;
	run->nanoseconds = cpu;
	cut_line(run->line);
	if (status)
		*fault = job.fault;
	return status == 0;
}

/* Runs QEMU with these arguments; the first line that it prints. False: its status was not 0. */
static bool qemu_run(char *const *arguments, struct bench_run *run, struct fault *fault)
{
	char output[4 * BENCH_LINE];
	pid_t child;
	size_t got;
	int end, nothing, status;

	child = spawn(&end, fault);
	if (child < 0)
		return false;
	if (child == 0) {
		pin();
		nothing = open("/dev/null", O_RDWR);
		dup2(nothing, STDIN_FILENO);
		dup2(nothing, STDERR_FILENO);
		dup2(end, STDOUT_FILENO);
		execvp(arguments[0], arguments);
		_exit(NO_PROGRAM);
	}
	got = drain(end, output, sizeof(output) - 1);
	output[got] = 0;
	cut_line(output);
	snprintf(run->line, sizeof(run->line), "%.*s", BENCH_LINE - 1, output);
	run->instructions = 0;
	status = reap(child, &run->nanoseconds);
	return status == 0 || fault_set(fault, "%s: status 0x%x; it says: %s", arguments[0], status,
		run->line);
}

bool bench_run_qemu(const char *guest, u64 iterations, struct bench_run *run, struct fault *fault)
{
	char bootargs[48];
	const char *arguments[] = { qemu, "-M", "virt", "-m", "128M", "-bios", "none", "-display",
		"none", "-monitor", "none", "-serial", "stdio", "-kernel", guest, "-append", bootargs,
		NULL };

	bootargs_make(bootargs, sizeof(bootargs), iterations);
	return qemu_run((char *const *)(uintptr_t)arguments, run, fault);
}

bool bench_qemu_version(char version[BENCH_LINE])
{
	const char *arguments[] = { qemu, "--version", NULL };
	struct bench_run run;
	struct fault fault;

	if (!qemu_run((char *const *)(uintptr_t)arguments, &run, &fault))
		return false;
	memcpy(version, run.line, BENCH_LINE);
	return true;
}
