/*
 * The two sides. See runner.h; called by main.c for each program and by the reducer for each try.
 */
#include "tests/differential/runner.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define RAM_BASE UINT64_C(0x80000000)

/* The ISA of our default machine, and CSRs that say nothing about QEMU. */
#define QEMU_CPU "rv64,v=off,h=off,Zfh=off,Zfhmin=off," \
	"Zve32f=off,Zve64f=off,sstc=off,svinval=off,svnapot=off,svpbmt=off,debug=off,pmu-num=0," \
	"marchid=0,mimpid=0,mvendorid=0"

static void console_write(void *self, u32 port, u64 cycle, const u8 *bytes, u64 length)
{
}

static int console_read(void *self, u32 port, u64 cycle)
{
	return HOST_END;
}

bool runner_create(struct runner *runner, struct fault *fault)
{
	sigset_t child;

	/* Waited for in run_qemu, with a time limit. */
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	runner->machine = NULL;
	runner->file = memfd_create("differential", 0);
	if (runner->file < 0 || ftruncate(runner->file, LAYOUT_RAM_SIZE))
		return fault_set(fault, "no memory to share with QEMU: %s", strerror(errno));
	runner->bytes = mmap(NULL, LAYOUT_RAM_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
		runner->file, 0);
	if (runner->bytes == MAP_FAILED)
		return fault_set(fault, "no memory to share with QEMU: %s", strerror(errno));
	return true;
}

void runner_destroy(struct runner *runner)
{
	machine_destroy(runner->machine);
	munmap(runner->bytes, LAYOUT_RAM_SIZE);
	close(runner->file);
}

static bool find(const struct image *image, const char *name, u64 *address, struct fault *fault)
{
	const struct image_symbol *symbol = image_symbol_named(image, name);

	if (!symbol)
		return fault_set(fault, "the harness has no symbol '%s'", name);
	*address = symbol->address;
	return true;
}

/* A machine with harness and program in it; every other one drops its caches at random. */
static bool prepare(struct runner *runner, const struct program *program, struct fault *fault)
{
	struct machine_config config = {
		.mode = &mode_native, .memory = LAYOUT_RAM_SIZE, .firmware = FIRMWARE_NONE,
		.isa = DIFFERENTIAL_ISA,
		.guest = runner->harness, .host = { NULL, console_write, console_read },
		.chaos = program->seed & 1, .chaos_seed = program->seed,
	};
	struct symbols symbols;
	struct ram *ram;

	machine_destroy(runner->machine);
	runner->machine = NULL;
	if (!prices_load(&config.prices, "none", fault))
		return false;
	runner->machine = machine_create(&config, fault);
	if (!runner->machine || !find(&runner->machine->image, "state", &symbols.state, fault)
	    || !find(&runner->machine->image, "s_vector", &symbols.s_vector, fault))
		return false;
	runner->state = symbols.state;
	ram = &runner->machine->monitor.vm.board.ram;
	assemble(program, &symbols, ram);
	return true;
}

static void run_ours(struct runner *runner)
{
	switch (machine_run(runner->machine, runner->steps)) {
	case MACHINE_POWEROFF:
		runner->ended[0][0] = '\0';
		break;
	case MACHINE_STUCK:
		snprintf(runner->ended[0], sizeof(runner->ended[0]), "waits for ever");
		break;
	default:
		snprintf(runner->ended[0], sizeof(runner->ended[0]), "did not end");
		break;
	}
}

static void exec_qemu(const struct runner *runner)
{
	char memory[128], megabytes[16];

	snprintf(memory, sizeof(memory),
		"memory-backend-file,id=ram,size=%u,mem-path=/dev/fd/%d,share=on",
		LAYOUT_RAM_SIZE, runner->file);
	snprintf(megabytes, sizeof(megabytes), "%u", LAYOUT_RAM_SIZE >> 20);
	execlp(runner->qemu, runner->qemu, "-machine", "virt,memory-backend=ram", "-object", memory,
		"-m", megabytes, "-smp", "2", "-cpu", QEMU_CPU, "-bios", "none", "-nodefaults",
		"-display", "none", "-serial", "none", "-monitor", "none", "-no-reboot", NULL);
	_exit(127);
}

static bool run_qemu(struct runner *runner, struct fault *fault)
{
	struct timespec limit = { .tv_sec = runner->seconds };
	sigset_t child;
	pid_t pid;
	int status;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		return fault_set(fault, "cannot start QEMU: %s", strerror(errno));
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	if (pid == 0) {
		sigprocmask(SIG_UNBLOCK, &child, NULL);
		exec_qemu(runner);
	}
	runner->ended[1][0] = '\0';
	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (sigtimedwait(&child, NULL, &limit) < 0 && errno == EAGAIN) {
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
			snprintf(runner->ended[1], sizeof(runner->ended[1]), "did not end in %u s",
				runner->seconds);
			return true;
		}
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return fault_set(fault, "'%s' ended with status 0x%x", runner->qemu, status);
	return true;
}

bool runner_run(struct runner *runner, const struct program *program, struct fault *fault)
{
	const struct ram *ram;
	/* What is not zero, by pages; the rest of QEMU's RAM is made zero. */
	const struct { u64 from, to; } parts[] = {
		{ RAM_BASE, LAYOUT_SCRATCH + SCRATCH_PAGES * PAGE_SIZE },
		{ LAYOUT_HEADERS, LAYOUT_HEADERS + (u64)program->groups * HEADER_SIZE },
		{ LAYOUT_CODE, code_end(program) },
	};

	if (!prepare(runner, program, fault))
		return false;
	ram = &runner->machine->monitor.vm.board.ram;
	if (ftruncate(runner->file, 0) || ftruncate(runner->file, LAYOUT_RAM_SIZE))
		return fault_set(fault, "no memory to share with QEMU: %s", strerror(errno));
	for (u32 i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		memcpy(runner->bytes + (parts[i].from - RAM_BASE), ram_bytes(ram, parts[i].from),
			parts[i].to - parts[i].from);
	run_ours(runner);
	runner->runs++;
	return run_qemu(runner, fault);
}

const u8 *runner_bytes(const struct runner *runner, unsigned side, u64 address)
{
	if (side)
		return runner->bytes + (address - RAM_BASE);
	return ram_bytes(&runner->machine->monitor.vm.board.ram, address);
}

u64 runner_word(const struct runner *runner, unsigned side, u64 address)
{
	u64 word;

	memcpy(&word, runner_bytes(runner, side, address), sizeof(word));
	return word;
}

bool runner_qemu_version(const char *qemu, char *text, size_t size)
{
	int pipes[2], status = 1;
	size_t have = 0;
	ssize_t got;
	pid_t pid;

	if (pipe(pipes))
		return false;
	pid = fork();
	if (pid == 0) {
		dup2(pipes[1], STDOUT_FILENO);
		execlp(qemu, qemu, "--version", NULL);
		_exit(127);
	}
	close(pipes[1]);
	while (have < size - 1 && (got = read(pipes[0], text + have, size - 1 - have)) > 0)
		have += (size_t)got;
	close(pipes[0]);
	text[have] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status)
		&& WEXITSTATUS(status) == 0;
}
