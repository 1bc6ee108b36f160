/* ps: the processes. */
#include "guests/twin/user/user.h"

int main(void)
{
	static struct process_info info[64];
	s64 count = processes(info, 64);

	print("process parent state    program\n");
	for (s64 i = 0; i < count; i++)
		print("%7u %6u %-8s %s\n", info[i].id, info[i].parent, info[i].state, info[i].name);
	return 0;
}
