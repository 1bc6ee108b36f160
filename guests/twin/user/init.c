/*
 * Process 1. Runs the benchmarks if the kernel's command line asks for them
 * (`bench=all`, `bench=NAME,NAME`), then a shell again and again; or powers off (`poweroff`).
 */
#include "guests/twin/user/user.h"

/* Waits for one child, and for any orphan that exits before it. */
static void wait_for(s64 child)
{
	s64 id;

	do
		id = wait(NULL);
	while (id > 0 && id != child);
}

static void run(const char *path, const char *argument)
{
	const char *const arguments[] = {path, argument, NULL};
	s64 child = fork();

	if (child == 0) {
		exec(path, arguments);
		fail("init: %s cannot be started", path);
	}
	wait_for(child);
}

int main(void)
{
	char value[64];

	if (option("bench", value, sizeof(value)) == 0)
		run("/bin/bench", NULL);
	if (option("run", value, sizeof(value)) == 0)
		run(value, NULL);
	if (option("poweroff", value, sizeof(value)) == 0)
		poweroff();
	for (;;)
		run("/bin/sh", NULL);
}
