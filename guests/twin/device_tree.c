/*
 * From the device tree to a plain struct; options on the kernel's command line.
 */
#include "guests/lib/board.h"
#include "guests/lib/fdt.h"
#include "guests/lib/format.h"
#include "guests/lib/string.h"
#include "guests/twin/device_tree.h"

enum { DEFAULT_FREQUENCY = 10000000, DEFAULT_RAM = 32 << 20, VIRTIO_SPACING = 0x1000 };

struct device_tree device_tree;

/* The first address in a node's `reg`, or 0. */
static u64 address_of(const void *tree, const char *path)
{
	u32 length;
	const void *reg = fdt_property(tree, path, "reg", &length);

	return reg != NULL && length >= 16 ? fdt_number(reg, 2) : 0;
}

void device_tree_read(const void *tree)
{
	u32 length;

	device_tree.ram = BOARD_ram;
	device_tree.ram_size = DEFAULT_RAM;
	const u8 *reg = fdt_property(tree, "/memory", "reg", &length);
	if (reg != NULL && length >= 16)
		device_tree.ram_size = fdt_number(reg + 8, 2);

	device_tree.frequency = DEFAULT_FREQUENCY;
	const void *frequency = fdt_property(tree, "/cpus", "timebase-frequency", &length);
	if (frequency != NULL && length == 4)
		device_tree.frequency = fdt_number(frequency, 1);

	device_tree.ata = address_of(tree, "/soc/ata");
	for (u32 i = 0; i < VIRTIO_SLOTS; i++) {
		char path[48];
		format_string(path, sizeof(path), "/soc/virtio_mmio@%lx",
			(u64)BOARD_virtio + i * VIRTIO_SPACING);
		device_tree.virtio[i] = address_of(tree, path);
	}

	const char *line = fdt_property(tree, "/chosen", "bootargs", &length);
	if (line != NULL)
		string_copy(device_tree.command_line, line, COMMAND_LINE);
}

bool device_tree_option(const char *name, char *value, size_t size)
{
	size_t length = strlen(name);

	for (const char *word = device_tree.command_line; *word != 0;) {
		const char *end = word;
		while (*end != 0 && *end != ' ')
			end++;
		if (strncmp(word, name, length) == 0
			&& (word[length] == '=' || word + length == end)) {
			const char *from = word + length + (word[length] == '=');
			size_t kept = (size_t)(end - from) < size ? (size_t)(end - from) : size - 1;
			memcpy(value, from, kept);
			value[kept] = 0;
			return true;
		}
		word = end + (*end == ' ');
	}
	return false;
}
