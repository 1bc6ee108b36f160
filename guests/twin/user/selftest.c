/*
 * selftest: does the kernel keep its promises? Each test is a row and runs in a process of its own;
 * it exits with 0 if all was well. A test also fails if it leaves less free memory than it found.
 */
#include "guests/twin/user/user.h"

enum { PAGE = PAGE_SIZE };

/* Ends the test that runs, saying where. */
#define CHECK(condition) check((condition), #condition, __LINE__)

static void check(bool well, const char *condition, u32 line)
{
	if (!well)
		fail("selftest: line %u: %s", line, condition);
}

static char bytes[PAGE];

/* Runs `what` in a child; the status that it exits with. */
static s64 in_child(void (*what)(void))
{
	s64 status_of_child = 1, child = fork(), id;

	CHECK(child >= 0);
	if (child == 0) {
		what();
		exit(0);
	}
	do /* as process 1 this one is given orphans too */
		id = wait(&status_of_child);
	while (id > 0 && id != child);
	CHECK(id == child);
	return status_of_child;
}

static void exit_seven(void)
{
	exit(7);
}

static void test_fork(void)
{
	CHECK(in_child(exit_seven) == 7);
	CHECK(wait(NULL) < 0);
	CHECK(getpid() > 1);
}

static volatile u32 shared = 1;

static void change_shared(void)
{
	shared = 2;
	CHECK(shared == 2);
}

static void test_copy_on_write(void)
{
	CHECK(in_child(change_shared) == 0);
	CHECK(shared == 1);
	s64 child = fork();
	if (child == 0) {
		sleep(2);
		exit(shared);
	}
	shared = 3;
	s64 seen;
	CHECK(wait(&seen) == child && seen == 1);
	/* The kernel's writes to user memory are writes too. */
	s32 ends[2] = {-1, -1};
	child = fork();
	if (child == 0) {
		CHECK(pipe(ends) == 0 && ends[0] >= 0);
		exit(0);
	}
	CHECK(wait(&seen) == child && seen == 0 && ends[0] == -1);
}

static void test_heap(void)
{
	volatile char *heap = (volatile char *)sbrk(3 * PAGE);

	for (u32 i = 0; i < 3 * PAGE; i += 512)
		CHECK(heap[i] == 0);
	heap[2 * PAGE] = 1;
	CHECK(sbrk(-2 * PAGE) == (s64)heap + 3 * PAGE);
	CHECK(sbrk(2 * PAGE) == (s64)heap + PAGE);
	CHECK(heap[2 * PAGE] == 0);
	CHECK(sbrk(-((s64)1 << 40)) < 0 && sbrk((s64)1 << 40) < 0);
}

static volatile char *place;

static void touch_place(void)
{
	*place = 1;
}

static void read_place(void)
{
	(void)*place;
}

static void test_map(void)
{
	s64 one = map(2, 0), two = map(2, MAP_NOW);

	CHECK(one > 0 && two > 0 && one != two);
	for (u32 i = 0; i < 2 * PAGE; i += 256)
		CHECK(((char *)one)[i] == 0 && ((char *)two)[i] == 0);
	place = (volatile char *)two;
	CHECK(in_child(touch_place) == 0);
	CHECK(*place == 0);
	CHECK(unmap((u64)two + PAGE) < 0);
	CHECK(unmap((u64)two) == 0 && unmap((u64)two) < 0);
	CHECK(in_child(touch_place) == STATUS_KILLED);
	CHECK(map(2, MAP_NOW) == two && *place == 0);
	CHECK(map(0, 0) < 0 && map((u64)1 << 40, 0) < 0);
	/* Across the border of two last-level tables. */
	s64 large = map(700, 0);
	for (u64 i = 0; i < 700; i++)
		((volatile u64 *)large)[i * (PAGE / 8)] = i;
	for (u64 i = 0; i < 700; i++)
		CHECK(((volatile u64 *)large)[i * (PAGE / 8)] == i);
	CHECK(unmap((u64)large) == 0);
}

static void call_illegal(void)
{
	asm volatile("csrr t0, sstatus" : : : "t0");
}

static void overflow_stack(void)
{
	volatile char *top = (volatile char *)__builtin_frame_address(0);

	for (u64 i = 0; i < 64 * PAGE; i += PAGE)
		*(top - i) = 1;
}

static void test_forbidden(void)
{
	static const u64 places[] = {0, 0x10000000, 0x80200000, 0xffffffff80200000, USER_LOW - 8};

	for (u32 i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		place = (volatile char *)places[i];
		CHECK(in_child(read_place) == STATUS_KILLED);
		CHECK(in_child(touch_place) == STATUS_KILLED);
		CHECK(write(1, (void *)places[i], 1) < 0);
		CHECK(open((const char *)places[i], OPEN_READ) < 0);
	}
	place = (volatile char *)(u64)test_forbidden; /* a program does not change itself */
	CHECK(in_child(touch_place) == STATUS_KILLED);
	place = (volatile char *)(u64)CLOCK_PAGE;
	CHECK(in_child(touch_place) == STATUS_KILLED);
	CHECK(in_child(call_illegal) == STATUS_KILLED);
	CHECK(in_child(overflow_stack) == STATUS_KILLED);
}

static void test_bad_calls(void)
{
	s64 file = open("/etc/motd", OPEN_READ);

	CHECK(file >= 0);
	CHECK(read(file, (void *)(u64)test_bad_calls, 8) < 0);
	CHECK(read(file, (void *)USER_HIGH, 8) < 0);
	CHECK(read(file, (void *)(USER_HIGH - 8), 1000) < 0);
	CHECK(write(file, bytes, 1) < 0);
	CHECK(read(99, bytes, 1) < 0 && read(UINT32_MAX, bytes, 1) < 0 && close(15) < 0);
	CHECK(close(file) == 0 && close(file) < 0);
	CHECK(open("/no/such/file", OPEN_READ) < 0 && open("", OPEN_READ) < 0);
	CHECK(exec("/etc/motd", (const char *const[]){"x", NULL}) < 0);
	CHECK(exec("/bin/true", (const char *const *)1) < 0);
	register u64 number asm("a7") = 1000;
	register s64 answer asm("a0");
	asm volatile("ecall" : "=r"(answer) : "r"(number) : "memory");
	CHECK(answer == -1);
}

static void test_pipe(void)
{
	s32 ends[2];
	u64 total = 0;

	CHECK(pipe(ends) == 0);
	s64 child = fork();
	if (child == 0) {
		close(ends[0]);
		for (u32 i = 0; i < 25; i++) {
			memset(bytes, (int)i, sizeof(bytes));
			CHECK(write(ends[1], bytes, sizeof(bytes)) == (s64)sizeof(bytes));
		}
		exit(0);
	}
	close(ends[1]);
	for (s64 count; (count = read(ends[0], bytes, 1000)) > 0; total += (u64)count)
		for (s64 i = 0; i < count; i++)
			CHECK((u64)bytes[i] == (total + (u64)i) / sizeof(bytes));
	CHECK(total == 25 * sizeof(bytes));
	s64 status_of_child;
	CHECK(wait(&status_of_child) == child && status_of_child == 0);
	close(ends[0]);
	CHECK(pipe(ends) == 0);
	close(ends[0]);
	CHECK(write(ends[1], bytes, 1) < 0);
	close(ends[1]);
}

static void test_file(void)
{
	enum { SIZE = 40 };
	s64 file = open("/f", OPEN_READ | OPEN_WRITE | OPEN_CREATE | OPEN_EMPTY);

	CHECK(file >= 0);
	for (u32 i = 0; i < SIZE; i++) { /* more than the direct blocks hold */
		memset(bytes, (int)i, 1000);
		CHECK(write(file, bytes, 1000) == 1000);
	}
	close(file);
	struct file_status about;
	CHECK(status("/f", &about) == 0 && about.size == SIZE * 1000);
	file = open("/f", OPEN_READ);
	for (u32 i = 0; i < SIZE; i++) {
		CHECK(read(file, bytes, 1000) == 1000);
		CHECK(bytes[0] == (char)i && bytes[999] == (char)i);
	}
	CHECK(read(file, bytes, 1) == 0);
	close(file);
	file = open("/f", OPEN_WRITE | OPEN_APPEND);
	CHECK(write(file, "end", 3) == 3);
	s64 second = open("/f", OPEN_READ | OPEN_WRITE | OPEN_EMPTY);
	CHECK(read(second, bytes, 1) == 0);
	CHECK(write(file, "new", 3) == 3 && read(second, bytes, 10) == 3 && bytes[0] == 'n');
	CHECK(unlink("/f") == 0 && open("/f", OPEN_READ) < 0); /* it lives on while it is open */
	CHECK(write(second, "more", 4) == 4);
	close(file);
	close(second);
	file = open("/big", OPEN_WRITE | OPEN_CREATE);
	u64 total = 0;
	for (s64 count; (count = write(file, bytes, sizeof(bytes))) == (s64)sizeof(bytes);)
		total += sizeof(bytes);
	CHECK(total >= 64 * 1024); /* until the file or the volume is full */
	close(file);
	CHECK(unlink("/big") == 0);
}

static void test_directory(void)
{
	char name[32];

	CHECK(mkdir("/d") == 0 && mkdir("/d") < 0 && mkdir("/d/e") == 0);
	CHECK(open("/d", OPEN_WRITE) < 0);
	CHECK(chdir("/d/e") == 0);
	s64 file = open("../x", OPEN_WRITE | OPEN_CREATE);
	CHECK(file >= 0 && close(file) == 0);
	struct file_status here, there;
	CHECK(status("/d/x", &here) == 0 && status(".././x", &there) == 0);
	CHECK(here.inode == there.inode && here.type == INODE_FILE);
	CHECK(unlink("/d") < 0 && unlink(".") < 0 && unlink("/d/x") == 0);
	CHECK(chdir("/") == 0 && unlink("/d/e") == 0);
	for (u32 i = 0; i < 40; i++) {
		format_string(name, sizeof(name), "/d/file%u", i);
		file = open(name, OPEN_WRITE | OPEN_CREATE);
		CHECK(file >= 0 && write(file, name, 9) == 9 && close(file) == 0);
	}
	CHECK(unlink("/d") < 0);
	for (u32 i = 0; i < 40; i++) {
		format_string(name, sizeof(name), "/d/file%u", i);
		CHECK(unlink(name) == 0);
	}
	CHECK(unlink("/d") == 0 && chdir("/d") < 0);
	CHECK(open("/a-name-that-is-longer-than-a-name-may-be", OPEN_CREATE | OPEN_WRITE) < 0);
}

static void test_dup(void)
{
	s64 file = open("/dup", OPEN_READ | OPEN_WRITE | OPEN_CREATE);
	s64 second = dup(file);

	CHECK(write(file, "one", 3) == 3 && write(second, "two", 3) == 3);
	close(file);
	close(second);
	file = open("/dup", OPEN_READ);
	CHECK(read(file, bytes, 10) == 6 && memcmp(bytes, "onetwo", 6) == 0);
	u32 opened = 0;
	while (dup(file) >= 0)
		opened++;
	CHECK(opened > 0 && opened < FILES);
	CHECK(unlink("/dup") == 0);
}

static void test_exec(void)
{
	s32 ends[2];

	CHECK(pipe(ends) == 0);
	s64 child = fork();
	if (child == 0) {
		close(1);
		dup(ends[1]);
		exec("/bin/echo", (const char *const[]){"echo", "one", "", "three", NULL});
		exit(1);
	}
	close(ends[1]);
	CHECK(wait(NULL) == child);
	s64 count = read(ends[0], bytes, 100);
	CHECK(count == 11 && memcmp(bytes, "one  three\n", 11) == 0);
}

/* Two that never give way, and still everybody runs. */
static void test_preemption(void)
{
	s64 children[2];

	for (u32 i = 0; i < 2; i++) {
		children[i] = fork();
		if (children[i] == 0)
			for (;;)
				asm volatile("");
	}
	u64 before = ticks();
	CHECK(sleep(3) == 0 && ticks() >= before + 3);
	for (u32 i = 0; i < 2; i++) {
		s64 how;
		CHECK(kill((u64)children[i]) == 0);
		CHECK(wait(&how) == children[i] && how == STATUS_KILLED);
	}
	CHECK(kill(9999) < 0);
}

static void test_kill_sleeper(void)
{
	s32 ends[2];
	s64 how;

	CHECK(pipe(ends) == 0);
	s64 sleeper = fork();
	if (sleeper == 0) {
		sleep(1000000);
		exit(0);
	}
	s64 reader = fork();
	if (reader == 0) {
		read(ends[0], bytes, 1);
		exit(0);
	}
	sleep(1);
	CHECK(kill((u64)sleeper) == 0 && wait(&how) == sleeper && how == STATUS_KILLED);
	CHECK(kill((u64)reader) == 0 && wait(&how) == reader && how == STATUS_KILLED);
}

/* A parent that exits first leaves its child to process 1. */
static void test_orphan(void)
{
	s32 ends[2];

	CHECK(pipe(ends) == 0);
	s64 child = fork();
	if (child == 0) {
		if (fork() == 0) {
			sleep(2);
			write(ends[1], "x", 1);
		}
		exit(0);
	}
	CHECK(wait(NULL) == child);
	CHECK(read(ends[0], bytes, 1) == 1);
	sleep(1);
}

static void test_many(void)
{
	u32 made = 0;

	for (s64 child; (child = fork()) >= 0; made++)
		if (child == 0) {
			shared = made;
			exit(made);
		}
	CHECK(made > 20);
	for (u32 i = 0; i < made; i++)
		CHECK(wait(NULL) > 0);
	CHECK(wait(NULL) < 0);
}

static void test_mask(void)
{
	u64 before = ticks();

	CHECK(mask(1000) == 0);
	CHECK(sleep(1) == 0 && ticks() > before);
}

static const struct {
	const char *name;
	void (*run)(void);
} tests[] = {
	{"fork", test_fork},
	{"copy-on-write", test_copy_on_write},
	{"heap", test_heap},
	{"map", test_map},
	{"forbidden", test_forbidden},
	{"bad-calls", test_bad_calls},
	{"pipe", test_pipe},
	{"file", test_file},
	{"directory", test_directory},
	{"dup", test_dup},
	{"exec", test_exec},
	{"preemption", test_preemption},
	{"kill-sleeper", test_kill_sleeper},
	{"orphan", test_orphan},
	{"many", test_many},
	{"mask", test_mask},
};

int main(int argc, char **argv)
{
	u32 bad = 0;

	for (u32 i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		if (argc > 1 && strcmp(argv[1], tests[i].name) != 0)
			continue;
		s64 before = frames();
		bool well = in_child(tests[i].run) == 0;
		s64 lost = before - frames();
		if (well && lost != 0)
			print("selftest: %ld frames lost\n", lost);
		print("selftest %s: %s\n", tests[i].name, well && lost == 0 ? "ok" : "FAILED");
		bad += !well || lost != 0;
	}
	print("selftest: %s\n", bad == 0 ? "all well" : "there were failures");
	return bad != 0;
}
