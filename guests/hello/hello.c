/*
 * The smallest guest: it says where it is and returns, which powers the machine off. What it prints
 * goes through the firmware's debug console, one call a line; under a monitor each is a hypercall.
 */
#include "guests/lib/print.h"

int main(u64 hart, const void *tree);

int main(u64 hart, const void *tree)
{
	print("Hello from a guest in supervisor mode.\n");
	print("It runs on hart %lu and was given a device tree.\n", hart);
	return 0;
}
