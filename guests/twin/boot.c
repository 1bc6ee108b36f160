/*
 * From the first C function to process 1, and the end. Only here is it decided which back end of ops the kernel
 * runs on: it asks whether the monitor's interface is there, unless told not to (`pv=off`).
 */
#include "guests/lib/string.h"
#include "guests/twin/buffer.h"
#include "guests/twin/clock.h"
#include "guests/twin/console.h"
#include "guests/twin/device_tree.h"
#include "guests/twin/inode.h"
#include "guests/twin/memory.h"
#include "guests/twin/ops.h"
#include "guests/twin/panic.h"
#include "guests/twin/power.h"
#include "guests/twin/process.h"
#include "guests/twin/volume.h"

const struct ops *ops = &ops_native;

int main(u64 hart, const void *tree);

static void choose_ops(void)
{
	char value[8];
	bool refused = device_tree_option("pv", value, sizeof(value)) && strcmp(value, "off") == 0;

	if (!refused && ops_para_offered())
		ops = &ops_para;
}

_Noreturn void power_off(bool failure)
{
	buffer_sync();
	ops->power_off(failure);
	panic("the machine stays on");
}

int main(u64 hart, const void *tree)
{
	char init[64];

	device_tree_read(tree);
	choose_ops();
	ops->start();
	console_print("twin: back end %s (%s), %lu MiB\n", ops->name, ops->words,
		device_tree.ram_size >> 20);
	memory_start();
	process_start();
	space_start();
	volume_start();
	inode_start();
	clock_start();
	if (!device_tree_option("init", init, sizeof(init)))
		string_copy(init, "/bin/init", sizeof(init));
	process_first(init);
	process_idle();
}
