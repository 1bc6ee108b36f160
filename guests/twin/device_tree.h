/*
 * What the firmware says the machine has, read once at boot; and the kernel's command line.
 */
#ifndef TWIN_DEVICE_TREE_H
#define TWIN_DEVICE_TREE_H

#include "core/types.h"

enum { VIRTIO_SLOTS = 8, COMMAND_LINE = 256 };

struct device_tree {
	u64 ram, ram_size;
	u64 frequency;            /* of the time, ticks a second */
	u64 ata;                  /* address of the ATA disk's registers; 0: none */
	u64 virtio[VIRTIO_SLOTS]; /* 0: none */
	char command_line[COMMAND_LINE];
};

extern struct device_tree device_tree;

/* `tree` is physical memory, and may be overwritten afterwards. */
void device_tree_read(const void *tree);

/* Is the word `name` or `name=value` on the command line? Then its value (perhaps "") is copied. */
bool device_tree_option(const char *name, char *value, size_t size);

#endif
