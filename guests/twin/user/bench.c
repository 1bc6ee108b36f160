/*
 * bench [NAME,NAME...|all [OPERATIONS]]: what lmbench measures. Without arguments it does what the
 * options `bench` and `ops` of the kernel's command line say. Each benchmark is a row: prepare,
 * then between two markers so many operations, then clean up. It prints nothing that depends on
 * time: counting and timing is done from outside, between the markers. The timer's ticks are off,
 * but for the one that measures them.
 */
#include "guests/twin/user/user.h"

struct benchmark {
	const char *name, *words;
	u64 operations;                         /* when nobody asks for another number */
	const char *(*prepare)(u64 operations); /* may be null; returns why it cannot be, or null */
	u64 (*run)(u64 operations);             /* how many it did */
	void (*clean)(void);                    /* may be null */
};

enum { BLOCK = 4096, LINE = 80, MOST_PARTNERS = 15, MEMORY_PAGES = 256, TICK = 50, DISK_BLOCKS = 8,
	FORK_PAGES = 64 };

static char block[BLOCK];
static volatile char *heap;
static volatile u64 *memory;
static volatile u64 result;
static s64 partners[MOST_PARTNERS];
static u32 partner_count;
static s32 there[2], back[2];

static u64 run_null_call(u64 operations)
{
	for (u64 i = 0; i < operations; i++)
		getpid();
	return operations;
}

/* The first page is touched before, so that the page tables are there. */
static const char *prepare_fault(u64 operations)
{
	s64 start = sbrk((s64)(operations + 2) * BLOCK);

	if (start < 0)
		return "not enough memory";
	heap = (volatile char *)(((u64)start + BLOCK - 1) / BLOCK * BLOCK);
	*heap = 1;
	return NULL;
}

static u64 run_fault(u64 operations)
{
	for (u64 i = 1; i <= operations; i++)
		heap[i * BLOCK] = 1;
	return operations;
}

static void clean_fault(void)
{
	s64 end = sbrk(0);

	sbrk((s64)heap - end);
}

static const char *prepare_map(u64 operations)
{
	s64 address = map(64, MAP_NOW);

	return address < 0 || unmap((u64)address) < 0 ? "not enough memory" : NULL;
}

static u64 run_map(u64 operations)
{
	for (u64 i = 0; i < operations; i++)
		unmap((u64)map(64, MAP_NOW));
	return operations;
}

/* A process that has something to copy. */
static const char *prepare_fork(u64 operations)
{
	const char *reason = prepare_fault(FORK_PAGES);

	if (reason == NULL)
		run_fault(FORK_PAGES);
	return reason;
}

static u64 run_fork(u64 operations)
{
	for (u64 i = 0; i < operations; i++) {
		if (fork() == 0)
			exit(0);
		wait(NULL);
	}
	return operations;
}

static u64 run_exec(u64 operations)
{
	static const char *const arguments[] = {"/bin/true", NULL};

	for (u64 i = 0; i < operations; i++) {
		if (fork() == 0) {
			exec(arguments[0], arguments);
			exit(1);
		}
		wait(NULL);
	}
	return operations;
}

/* A process that sends back each byte. */
static const char *prepare_pipe(u64 operations)
{
	char byte;

	if (pipe(there) < 0 || pipe(back) < 0)
		return "no pipe is left";
	if (fork() == 0) {
		close(there[1]);
		while (read(there[0], &byte, 1) == 1)
			write(back[1], &byte, 1);
		exit(0);
	}
	close(there[0]);
	close(back[1]);
	write(there[1], "x", 1); /* until it answers, it is not ready */
	read(back[0], &byte, 1);
	return NULL;
}

static u64 run_pipe(u64 operations)
{
	char byte = 0;

	for (u64 i = 0; i < operations; i++) {
		write(there[1], &byte, 1);
		read(back[0], &byte, 1);
	}
	return operations;
}

static void clean_pipe(void)
{
	close(there[1]);
	close(back[0]);
	wait(NULL);
}

static const char *prepare_switch(u32 processes_wanted)
{
	for (partner_count = 0; partner_count + 1 < processes_wanted; partner_count++) {
		partners[partner_count] = fork();
		if (partners[partner_count] < 0)
			return "no process is left";
		if (partners[partner_count] == 0)
			for (;;)
				yield();
	}
	for (volatile u32 i = 0; i < 4; i++) /* in memory: our stack is no longer shared then */
		yield();
	return NULL;
}

static const char *prepare_switch2(u64 operations)
{
	return prepare_switch(2);
}

static const char *prepare_switch8(u64 operations)
{
	return prepare_switch(8);
}

static const char *prepare_switch16(u64 operations)
{
	return prepare_switch(16);
}

/* Each yield of ours is one switch for each process, all round. */
static u64 run_switch(u64 operations)
{
	u64 round = partner_count + 1, done = 0;

	for (; done < operations; done += round)
		yield();
	return done;
}

static void clean_switch(void)
{
	for (u32 i = 0; i < partner_count; i++) {
		kill((u64)partners[i]);
		wait(NULL);
	}
}

/* Computes while ticks come: the ticks are counted without a system call. */
static const char *prepare_tick(u64 operations)
{
	tick_interval(TICK);
	return NULL;
}

static u64 run_tick(u64 operations)
{
	for (u64 until = ticks() + operations; ticks() < until;)
		;
	return operations;
}

static void clean_tick(void)
{
	tick_interval(0);
}

static const char *prepare_write(u64 operations)
{
	for (u32 i = 0; i < LINE - 1; i++)
		block[i] = (char)('0' + i % 10);
	block[LINE - 1] = '\n';
	return NULL;
}

static u64 run_write(u64 operations)
{
	for (u64 i = 0; i < operations; i++)
		write(1, block, LINE);
	return operations;
}

static u64 run_file(u64 operations)
{
	for (u64 i = 0; i < operations; i++) {
		s64 file = open("/bench", OPEN_READ | OPEN_WRITE | OPEN_CREATE);
		write(file, block, BLOCK);
		close(file);
		file = open("/bench", OPEN_READ);
		read(file, block, BLOCK);
		close(file);
		unlink("/bench");
	}
	return operations;
}

static const char *prepare_block(u64 operations)
{
	return disk_read(DISK_BLOCKS - 1, block) < 0 ? "no disk" : NULL;
}

static u64 run_block(u64 operations)
{
	for (u64 i = 0; i < operations; i++)
		disk_read(i % DISK_BLOCKS, block);
	return operations;
}

static u64 run_mask(u64 operations)
{
	mask(operations);
	return operations;
}

static u64 run_line(u64 operations)
{
	lines(operations);
	return operations;
}

/* A thousand steps of a generator of pseudo-random numbers. */
static u64 run_compute(u64 operations)
{
	u64 number = 88172645463325252;

	for (u64 i = 0; i < 1000 * operations; i++) {
		number ^= number << 13;
		number ^= number >> 7;
		number ^= number << 17;
	}
	result = number;
	return operations;
}

static const char *prepare_memory(u64 operations)
{
	s64 address = map(MEMORY_PAGES, MAP_NOW);

	memory = (volatile u64 *)address;
	return address < 0 ? "not enough memory" : NULL;
}

/* One word in each of 256 pages: more pages than a small TLB has entries. */
static u64 run_memory(u64 operations)
{
	u64 sum = 0;

	for (u64 i = 0; i < operations; i++)
		for (u64 page = 0; page < MEMORY_PAGES; page++)
			sum += memory[page * (BLOCK / 8) + page % 8 * 8];
	result = sum;
	return operations;
}

static void clean_memory(void)
{
	unmap((u64)memory);
}

static const struct benchmark benchmarks[] = {
	{"null-call", "a system call that does nothing", 1000, NULL, run_null_call, NULL},
	{"fault", "a page of zeros on first touch", 200, prepare_fault, run_fault, clean_fault},
	{"map64", "64 pages mapped by one call, unmapped by one", 10, prepare_map, run_map, NULL},
	{"fork", "fork with 64 pages, exit, wait", 20, prepare_fork, run_fork, clean_fault},
	{"exec", "fork, exec, exit, wait", 10, NULL, run_exec, NULL},
	{"pipe", "a byte to another process and back", 300, prepare_pipe, run_pipe, clean_pipe},
	{"switch", "between 2 processes", 1000, prepare_switch2, run_switch, clean_switch},
	{"switch8", "between 8 processes", 1000, prepare_switch8, run_switch, clean_switch},
	{"switch16", "between 16 processes", 1008, prepare_switch16, run_switch, clean_switch},
	{"tick", "an interrupt of the timer", 20, prepare_tick, run_tick, clean_tick},
	{"write", "a line of 80 characters to the console", 20, prepare_write, run_write, NULL},
	{"line", "a line of 80 characters printed by the kernel itself", 20, NULL, run_line, NULL},
	{"file", "a file of 4 KiB made, written, read, removed", 20, NULL, run_file, NULL},
	{"block", "4 KiB from the disk", 20, prepare_block, run_block, NULL},
	{"mask", "interrupts masked and unmasked", 1000, NULL, run_mask, NULL},
	{"compute", "1000 steps of arithmetic", 500, NULL, run_compute, NULL},
	{"memory", "one word of each of 256 pages", 2000, prepare_memory, run_memory, clean_memory},
};

enum { BENCHMARKS = sizeof(benchmarks) / sizeof(benchmarks[0]) };

static void measure(const struct benchmark *benchmark, u64 operations)
{
	u64 wanted = operations != 0 ? operations : benchmark->operations;
	const char *reason = benchmark->prepare != NULL ? benchmark->prepare(wanted) : NULL;

	if (reason != NULL) {
		print("bench %s: skipped, %s\n", benchmark->name, reason);
		return;
	}
	measure_begin(benchmark->name);
	u64 done = benchmark->run(wanted);
	measure_end(done);
	if (benchmark->clean != NULL)
		benchmark->clean();
	print("bench %s: %lu operations (%s)\n", benchmark->name, done, benchmark->words);
}

static const struct benchmark *find(const char *name, size_t length)
{
	for (u32 i = 0; i < BENCHMARKS; i++) {
		const char *known = benchmarks[i].name;
		if (strncmp(known, name, length) == 0 && known[length] == 0)
			return &benchmarks[i];
	}
	return NULL;
}

int main(int argc, char **argv)
{
	char number[24] = "", wanted[64] = "";

	option("ops", number, sizeof(number));
	option("bench", wanted, sizeof(wanted));
	const char *names = argc > 1 ? argv[1] : wanted[0] != 0 ? wanted : "all";
	u64 operations = string_number(argc > 2 ? argv[2] : number);
	tick_interval(0);
	measure_begin("empty"); /* what the markers themselves cost: one system call */
	measure_end(1);
	for (u32 i = 0; i < BENCHMARKS && strcmp(names, "all") == 0; i++)
		measure(&benchmarks[i], operations);
	while (strcmp(names, "all") != 0 && *names != 0) {
		const char *comma = strchr(names, ',');
		size_t length = comma != NULL ? (size_t)(comma - names) : strlen(names);
		const struct benchmark *benchmark = find(names, length);
		if (benchmark != NULL)
			measure(benchmark, operations);
		else
			print("bench %s: there is no such benchmark\n", names);
		names += length + (comma != NULL);
	}
	return 0;
}
