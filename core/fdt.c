/*
 * The device tree, written node by node with libfdt's sequential writer: what the board has, in the
 * shape that QEMU's `virt` machine gives it, since that is what Linux, U-Boot and OpenSBI expect.
 * emu/ calls it once for the machine, the monitor once for each virtual machine.
 *
 *	/ chosen  memory  cpus { cpu@n { interrupt-controller } }  soc { devices }  poweroff reboot
 */
#include "core/fdt.h"

#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	FDT_ROOM = 16384,      /* bytes for a tree without its strings from outside */
	FDT_SPARE = 16384,     /* left free behind it, for firmware that edits it in place */
	FDT_ALIGNMENT = 2 << 20,
	TICKS_PER_SECOND = 10000000,
	UART_CLOCK = 3686400,  /* Hz */
	PHANDLE_PLIC = 1,
	PHANDLE_FINISHER = 2,
	PHANDLE_HART = 16,     /* + hart: its interrupt controller */
};

/* Interrupt numbers at a hart, as in mip. */
enum { HART_SSI = 1, HART_MSI = 3, HART_MTI = 7, HART_SEI = 9, HART_MEI = 11 };

/* What a guest mixes into its random numbers: fixed, so that every run is the same. */
static const char fdt_seed[32] = "a fixed seed: every run is equal";

struct tree {
	void *fdt;
	const struct board *board;
	const struct fdt_config *config;
	int error; /* the first one of libfdt's, or 0 */
};

static void keep(struct tree *tree, int error)
{
	if (!tree->error)
		tree->error = error;
}

static void node(struct tree *tree, const char *name)
{
	keep(tree, fdt_begin_node(tree->fdt, name));
}

static void node_at(struct tree *tree, const char *name, u64 address)
{
	char text[64];

	snprintf(text, sizeof(text), "%s@%llx", name, (unsigned long long)address);
	node(tree, text);
}

static void end(struct tree *tree)
{
	keep(tree, fdt_end_node(tree->fdt));
}

static void property(struct tree *tree, const char *name, const void *value, size_t length)
{
	keep(tree, fdt_property(tree->fdt, name, value, (int)length));
}

static void flag(struct tree *tree, const char *name)
{
	property(tree, name, NULL, 0);
}

/* Null: the property is left out. */
static void text(struct tree *tree, const char *name, const char *value)
{
	if (value)
		property(tree, name, value, strlen(value) + 1);
}

static void cell(struct tree *tree, const char *name, u32 value)
{
	keep(tree, fdt_property_u32(tree->fdt, name, value));
}

static void wide(struct tree *tree, const char *name, u64 value)
{
	keep(tree, fdt_property_u64(tree->fdt, name, value));
}

/* Strings separated by `separator` become a list of strings. */
static void list(struct tree *tree, const char *name, const char *value, char separator)
{
	char *copy = value ? strdup(value) : NULL;

	if (!copy)
		return;
	for (char *c = copy; *c; c++) {
		if (*c == separator)
			*c = 0;
	}
	property(tree, name, copy, strlen(value) + 1);
	free(copy);
}

/* Address and size, two cells each. */
static void reg(struct tree *tree, u64 address, u64 size)
{
	fdt64_t pair[2] = { cpu_to_fdt64(address), cpu_to_fdt64(size) };

	property(tree, "reg", pair, sizeof(pair));
}

static void interrupt(struct tree *tree, u32 source)
{
	cell(tree, "interrupts", source);
	cell(tree, "interrupt-parent", PHANDLE_PLIC);
}

/* Two interrupts of each hart, in this order: how PLIC and CLINT say what they drive. */
static void interrupts_of_harts(struct tree *tree, u32 first, u32 second)
{
	fdt32_t cells[4 * BOARD_HARTS];
	u32 count = 0;

	for (u32 hart = 0; hart < tree->board->harts; hart++) {
		cells[count++] = cpu_to_fdt32(PHANDLE_HART + hart);
		cells[count++] = cpu_to_fdt32(first);
		cells[count++] = cpu_to_fdt32(PHANDLE_HART + hart);
		cells[count++] = cpu_to_fdt32(second);
	}
	property(tree, "interrupts-extended", cells, count * sizeof(cells[0]));
}

/* The nodes. */

static void chosen(struct tree *tree)
{
	const struct fdt_config *config = tree->config;
	char console[64];

	snprintf(console, sizeof(console), "/soc/serial@%llx", (unsigned long long)BOARD_uart);
	node(tree, "chosen");
	text(tree, "bootargs", config->bootargs);
	text(tree, "stdout-path", console);
	property(tree, "rng-seed", fdt_seed, sizeof(fdt_seed));
	if (config->initrd_start != config->initrd_end) {
		wide(tree, "linux,initrd-start", config->initrd_start);
		wide(tree, "linux,initrd-end", config->initrd_end);
	}
	end(tree);
}

static void memory(struct tree *tree)
{
	const struct ram *ram = &tree->board->ram;

	node_at(tree, "memory", ram->base);
	text(tree, "device_type", "memory");
	reg(tree, ram->base, ram->size);
	end(tree);
}

static void cpu(struct tree *tree, u32 hart)
{
	const struct fdt_config *config = tree->config;

	node_at(tree, "cpu", hart);
	text(tree, "device_type", "cpu");
	cell(tree, "reg", hart);
	text(tree, "status", "okay");
	text(tree, "compatible", "riscv");
	text(tree, "riscv,isa", config->isa);
	text(tree, "riscv,isa-base", config->isa_base);
	list(tree, "riscv,isa-extensions", config->extensions, ' ');
	text(tree, "mmu-type", config->mmu);
	if (config->cache_block) {
		cell(tree, "riscv,cbom-block-size", config->cache_block);
		cell(tree, "riscv,cboz-block-size", config->cache_block);
		cell(tree, "riscv,cbop-block-size", config->cache_block);
	}
	node(tree, "interrupt-controller");
	cell(tree, "#interrupt-cells", 1);
	flag(tree, "interrupt-controller");
	text(tree, "compatible", "riscv,cpu-intc");
	cell(tree, "phandle", PHANDLE_HART + hart);
	end(tree);
	end(tree);
}

static void cpus(struct tree *tree)
{
	node(tree, "cpus");
	cell(tree, "#address-cells", 1);
	cell(tree, "#size-cells", 0);
	cell(tree, "timebase-frequency", TICKS_PER_SECOND);
	for (u32 hart = 0; hart < tree->board->harts; hart++)
		cpu(tree, hart);
	end(tree);
}

static void interrupt_controllers(struct tree *tree)
{
	node_at(tree, "clint", BOARD_clint);
	list(tree, "compatible", "sifive,clint0 riscv,clint0", ' ');
	reg(tree, BOARD_clint, clint_device.window);
	interrupts_of_harts(tree, HART_MSI, HART_MTI);
	end(tree);

	node_at(tree, "plic", BOARD_plic);
	list(tree, "compatible", "sifive,plic-1.0.0 riscv,plic0", ' ');
	reg(tree, BOARD_plic, plic_device.window);
	interrupts_of_harts(tree, HART_MEI, HART_SEI);
	flag(tree, "interrupt-controller");
	cell(tree, "#interrupt-cells", 1);
	cell(tree, "#address-cells", 0);
	cell(tree, "riscv,ndev", PLIC_SOURCES);
	cell(tree, "phandle", PHANDLE_PLIC);
	end(tree);
}

static void small_devices(struct tree *tree)
{
	node_at(tree, "test", BOARD_finisher);
	list(tree, "compatible", "sifive,test1 sifive,test0 syscon", ' ');
	reg(tree, BOARD_finisher, finisher_device.window);
	cell(tree, "phandle", PHANDLE_FINISHER);
	end(tree);

	node_at(tree, "rtc", BOARD_rtc);
	text(tree, "compatible", "google,goldfish-rtc");
	reg(tree, BOARD_rtc, rtc_device.window);
	interrupt(tree, BOARD_IRQ_rtc);
	end(tree);

	node_at(tree, "serial", BOARD_uart);
	text(tree, "compatible", "ns16550a");
	reg(tree, BOARD_uart, uart16550_device.window);
	cell(tree, "clock-frequency", UART_CLOCK);
	interrupt(tree, BOARD_IRQ_uart);
	end(tree);
}

static void virtio_and_ata(struct tree *tree)
{
	fdt64_t blocks[4] = {
		cpu_to_fdt64(BOARD_ata), cpu_to_fdt64(ATA_COMMAND_SIZE),
		cpu_to_fdt64(BOARD_ata + ATA_CONTROL), cpu_to_fdt64(ATA_CONTROL_SIZE),
	};

	for (u32 i = 0; i < tree->board->slots; i++) {
		u64 address = BOARD_virtio + (u64)i * VIRTIO_WINDOW;

		node_at(tree, "virtio_mmio", address);
		text(tree, "compatible", "virtio,mmio");
		reg(tree, address, VIRTIO_WINDOW);
		interrupt(tree, BOARD_IRQ_virtio + i);
		end(tree);
	}
	if (!tree->board->has_ata)
		return;
	node_at(tree, "ata", BOARD_ata);
	text(tree, "compatible", "ata-generic");
	property(tree, "reg", blocks, sizeof(blocks));
	cell(tree, "reg-shift", ATA_REG_SHIFT);
	flag(tree, "ata-generic,use16bit");
	cell(tree, "pio-mode", 4);
	interrupt(tree, BOARD_IRQ_ata);
	end(tree);
}

/* Values that the finisher takes: what a kernel stores to end the run. */
static void syscon(struct tree *tree, const char *name, const char *compatible, u32 value)
{
	node(tree, name);
	text(tree, "compatible", compatible);
	cell(tree, "regmap", PHANDLE_FINISHER);
	cell(tree, "offset", 0);
	cell(tree, "value", value);
	end(tree);
}

static void root(struct tree *tree)
{
	node(tree, "");
	cell(tree, "#address-cells", 2);
	cell(tree, "#size-cells", 2);
	text(tree, "compatible", "riscv-virtio");
	text(tree, "model", "ringside,virt");
	chosen(tree);
	memory(tree);
	cpus(tree);
	node(tree, "soc");
	cell(tree, "#address-cells", 2);
	cell(tree, "#size-cells", 2);
	text(tree, "compatible", "simple-bus");
	flag(tree, "ranges");
	small_devices(tree);
	interrupt_controllers(tree);
	virtio_and_ata(tree);
	end(tree);
	syscon(tree, "poweroff", "syscon-poweroff", 0x5555);
	syscon(tree, "reboot", "syscon-reboot", 0x7777);
	end(tree);
}

/* Placing. */

/* The highest address for `size` bytes that ends at or below `top`; 0 where there is none. */
static u64 place_below(const struct ram *ram, u64 top, u64 size, u64 alignment)
{
	if (top < ram->base || top - ram->base < size)
		return 0;

	u64 address = (top - size) & ~(alignment - 1);

	return address >= ram->base ? address : 0;
}

struct span {
	u64 low, high; /* [low, high) */
};

static u64 place(const struct ram *ram, u64 size, u64 alignment, const struct span avoid[2])
{
	u64 address = place_below(ram, ram->base + ram->size, size, alignment);

	for (int i = 0; address && i < 2;) {
		bool hit = avoid[i].low < avoid[i].high && avoid[i].low < address + size
			&& address < avoid[i].high;

		if (hit) {
			address = place_below(ram, avoid[i].low, size, alignment);
			i = 0;
		} else {
			i++;
		}
	}
	return address;
}

bool fdt_place(struct board *board, const struct fdt_config *config, u64 avoid_low,
	u64 avoid_high, u64 *address, struct fault *fault)
{
	const struct span avoid[2] = {
		{ avoid_low, avoid_high }, { config->initrd_start, config->initrd_end },
	};
	const char *outside[] = { config->isa, config->isa_base, config->extensions, config->mmu };
	struct tree tree = { .board = board, .config = config };
	size_t room = FDT_ROOM;

	for (u32 i = 0; i < sizeof(outside) / sizeof(outside[0]); i++)
		room += board->harts * (outside[i] ? strlen(outside[i]) + 1 : 0);
	room += config->bootargs ? strlen(config->bootargs) + 1 : 0;
	if (room > INT32_MAX / 2)
		return fault_set(fault, "the kernel's arguments are too long for a device tree");
	tree.fdt = calloc(1, room);
	if (!tree.fdt)
		return fault_set(fault, "no memory for the device tree");
	keep(&tree, fdt_create(tree.fdt, (int)room));
	keep(&tree, fdt_finish_reservemap(tree.fdt));
	root(&tree);
	keep(&tree, fdt_finish(tree.fdt));

	bool done = false;

	if (tree.error) {
		fault_set(fault, "the device tree cannot be made: %s", fdt_strerror(tree.error));
	} else {
		u64 length = fdt_totalsize(tree.fdt);

		*address = place(&board->ram, length + FDT_SPARE, FDT_ALIGNMENT, avoid);
		if (!*address)
			*address = place(&board->ram, length + FDT_SPARE, PAGE_SIZE, avoid);
		done = *address && ram_copy_in(&board->ram, *address, tree.fdt, length);
		if (!done)
			fault_set(fault, "RAM has no room left for the device tree (%llu bytes)",
				(unsigned long long)(length + FDT_SPARE));
	}
	free(tree.fdt);
	return done;
}
