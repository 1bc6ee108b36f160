/*
 * The device tree, read back from RAM with libfdt and compared with the board it describes.
 */
#include "core/fdt.h"
#include "tests/unit/testboard.h"
#include "tests/unit/unit.h"

#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>

#define MIB (UINT64_C(1) << 20)

static const struct fdt_config config = {
	.isa = "rv64imac_zicsr_zifencei",
	.isa_base = "rv64i",
	.extensions = "i m a c zicsr zifencei",
	.mmu = "riscv,sv39",
	.cache_block = 64,
	.bootargs = "console=ttyS0 root=/dev/vda",
	.initrd_start = 0x80800000,
	.initrd_end = 0x80900000,
};

static const void *tree_of(struct testboard *t, const struct fdt_config *with, u64 low, u64 high,
	u64 *address)
{
	struct fault fault;

	if (!fdt_place(&t->board, with, low, high, address, &fault))
		fail_msg("%s", fault.text);
	assert_true(ram_holds(&t->ram, *address, 64));

	const void *fdt = ram_bytes(&t->ram, *address);

	assert_int_equal(fdt_check_full(fdt, t->ram.base + t->ram.size - *address), 0);
	return fdt;
}

static int node(const void *fdt, const char *path)
{
	int at = fdt_path_offset(fdt, path);

	if (at < 0)
		fail_msg("no node %s", path);
	return at;
}

static const void *property(const void *fdt, const char *path, const char *name, int *length)
{
	const void *value = fdt_getprop(fdt, node(fdt, path), name, length);

	if (!value)
		fail_msg("no %s in %s", name, path);
	return value;
}

static void expect_text(const void *fdt, const char *path, const char *name, const char *value)
{
	assert_string_equal(property(fdt, path, name, NULL), value);
}

/* Cells of 32 bits. */
static void expect_cells(const void *fdt, const char *path, const char *name, u32 count,
	const u32 *value)
{
	int length;
	const fdt32_t *cell = property(fdt, path, name, &length);

	assert_int_equal(length, 4 * count);
	for (u32 i = 0; i < count; i++)
		assert_int_equal(fdt32_to_cpu(cell[i]), value[i]);
}

#define EXPECT_CELLS(fdt, path, name, ...) \
	expect_cells(fdt, path, name, COUNT_OF(((u32[]){ __VA_ARGS__ })), (u32[]){ __VA_ARGS__ })

static void the_tree_says_what_the_board_is(void **state)
{
	struct testboard t;
	u64 address;

	testboard_create(&t, 128 * MIB, 2, 2, true);

	const void *fdt = tree_of(&t, &config, 0x80000000, 0x80200000, &address);

	assert_true(address == 0x87e00000);
	expect_text(fdt, "/", "compatible", "riscv-virtio");
	expect_text(fdt, "/", "model", "ringside,virt");
	expect_text(fdt, "/chosen", "bootargs", config.bootargs);
	EXPECT_CELLS(fdt, "/chosen", "linux,initrd-start", 0, 0x80800000);
	EXPECT_CELLS(fdt, "/chosen", "linux,initrd-end", 0, 0x80900000);
	expect_text(fdt, property(fdt, "/chosen", "stdout-path", NULL), "compatible", "ns16550a");
	EXPECT_CELLS(fdt, "/memory@80000000", "reg", 0, 0x80000000, 0, 128 << 20);
	EXPECT_CELLS(fdt, "/cpus", "timebase-frequency", 10000000);
	expect_text(fdt, "/cpus/cpu@1", "riscv,isa", config.isa);
	expect_text(fdt, "/cpus/cpu@1", "riscv,isa-base", "rv64i");
	expect_text(fdt, "/cpus/cpu@1", "mmu-type", "riscv,sv39");
	assert_int_equal(fdt_stringlist_count(fdt, node(fdt, "/cpus/cpu@0"),
		"riscv,isa-extensions"), 6);
	assert_int_equal(fdt_stringlist_search(fdt, node(fdt, "/cpus/cpu@0"),
		"riscv,isa-extensions", "zicsr"), 4);
	assert_true(fdt_path_offset(fdt, "/cpus/cpu@2") < 0);

	EXPECT_CELLS(fdt, "/cpus/cpu@1", "riscv,cboz-block-size", 64);

	EXPECT_CELLS(fdt, "/soc/serial@10000000", "interrupts", 10);
	EXPECT_CELLS(fdt, "/soc/serial@10000000", "clock-frequency", 3686400);
	EXPECT_CELLS(fdt, "/soc/rtc@101000", "interrupts", 11);
	EXPECT_CELLS(fdt, "/soc/virtio_mmio@10001000", "interrupts", 1);
	EXPECT_CELLS(fdt, "/soc/virtio_mmio@10002000", "interrupts", 2);
	EXPECT_CELLS(fdt, "/soc/virtio_mmio@10002000", "reg", 0, 0x10002000, 0, 0x1000);
	assert_true(fdt_path_offset(fdt, "/soc/virtio_mmio@10003000") < 0);
	EXPECT_CELLS(fdt, "/soc/ata@10100000", "reg", 0, 0x10100000, 0, 0x20,
		0, 0x10100800, 0, 4);
	EXPECT_CELLS(fdt, "/soc/ata@10100000", "interrupts", 12);
	EXPECT_CELLS(fdt, "/soc/plic@c000000", "riscv,ndev", PLIC_SOURCES);
	EXPECT_CELLS(fdt, "/poweroff", "value", 0x5555);
	EXPECT_CELLS(fdt, "/reboot", "value", 0x7777);
	assert_int_equal(fdt_node_check_compatible(fdt, node(fdt, "/soc/plic@c000000"),
		"riscv,plic0"), 0);
	assert_int_equal(fdt_node_check_compatible(fdt, node(fdt, "/soc/clint@2000000"),
		"riscv,clint0"), 0);
	assert_int_equal(fdt_node_check_compatible(fdt, node(fdt, "/soc/test@100000"), "syscon"),
		0);
	testboard_destroy(&t);
}

/* Everything that points (interrupt-parent, interrupts-extended, regmap) points at something. */
static void phandles_meet(void **state)
{
	static const char *const users[] = { "/soc/serial@10000000", "/soc/rtc@101000",
		"/soc/virtio_mmio@10001000", "/soc/ata@10100000" };
	static const u32 machine[] = { 11, 9 }, core[] = { 3, 7 };
	struct testboard t;
	u64 address;
	int length;

	testboard_create(&t, 16 * MIB, BOARD_HARTS, 1, true);

	const void *fdt = tree_of(&t, &(struct fdt_config){ .isa = "rv64i" }, 0, 0, &address);
	u32 plic = fdt_get_phandle(fdt, node(fdt, "/soc/plic@c000000"));

	assert_true(plic != 0);
	for (size_t i = 0; i < COUNT_OF(users); i++)
		EXPECT_CELLS(fdt, users[i], "interrupt-parent", plic);
	EXPECT_CELLS(fdt, "/poweroff", "regmap",
		fdt_get_phandle(fdt, node(fdt, "/soc/test@100000")));

	const fdt32_t *to = property(fdt, "/soc/plic@c000000", "interrupts-extended", &length);

	assert_int_equal(length, 4 * 4 * BOARD_HARTS);

	const fdt32_t *timer = property(fdt, "/soc/clint@2000000", "interrupts-extended", &length);

	assert_int_equal(length, 4 * 4 * BOARD_HARTS);
	for (u32 hart = 0; hart < BOARD_HARTS; hart++) {
		char path[64];

		snprintf(path, sizeof(path), "/cpus/cpu@%x/interrupt-controller", hart);

		u32 phandle = fdt_get_phandle(fdt, node(fdt, path));

		assert_true(phandle != 0 && phandle != plic);
		for (u32 i = 0; i < 2; i++) {
			assert_int_equal(fdt32_to_cpu(to[4 * hart + 2 * i]), phandle);
			assert_int_equal(fdt32_to_cpu(to[4 * hart + 2 * i + 1]), machine[i]);
			assert_int_equal(fdt32_to_cpu(timer[4 * hart + 2 * i]), phandle);
			assert_int_equal(fdt32_to_cpu(timer[4 * hart + 2 * i + 1]), core[i]);
		}
	}
	assert_null(fdt_getprop(fdt, node(fdt, "/chosen"), "bootargs", NULL));
	assert_null(fdt_getprop(fdt, node(fdt, "/chosen"), "linux,initrd-start", NULL));
	testboard_destroy(&t);
}

/* reg of every node in soc is a window of the bus. */
static void every_device_of_the_tree_answers(void **state)
{
	struct testboard t;
	u64 address, value;
	int at;

	testboard_create_full(&t, 16 * MIB);

	const void *fdt = tree_of(&t, &config, 0, 0, &address);
	u32 seen = 0;

	fdt_for_each_subnode(at, fdt, node(fdt, "/soc")) {
		const fdt64_t *reg = fdt_getprop(fdt, at, "reg", NULL);

		assert_non_null(reg);

		struct bus_window *window = bus_find(&t.board.bus, fdt64_ld(&reg[0]), 1);

		assert_non_null(window);
		assert_true(window->base == fdt64_ld(&reg[0]));
		assert_true(fdt64_ld(&reg[1]) <= window->device->window);
		assert_true(bus_read(&t.board.bus, window->base, 1, &value));
		seen++;
	}
	assert_int_equal(seen, t.board.bus.count);
	testboard_destroy(&t);
}

static void it_is_placed_clear_of_what_is_loaded(void **state)
{
	struct fdt_config with = config;
	struct testboard t;
	struct fault fault;
	u64 address;

	testboard_create(&t, 8 * MIB, 1, 0, false);
	with.initrd_start = 0x80500000;
	with.initrd_end = 0x80800000;
	tree_of(&t, &with, 0x80000000, 0x80300000, &address);
	assert_true(address == 0x80400000);
	with.initrd_start = 0x80200000;
	tree_of(&t, &with, 0x80800000, 0x80900000, &address);
	assert_true(address == 0x80000000);

	with.initrd_start = 0x80600000;
	tree_of(&t, &with, 0x80200000, 0x80600000, &address);
	assert_true(address == 0x80000000);

	/* No room for 2 MiB alignment: a page will do. */
	with.initrd_start = with.initrd_end = 0;
	tree_of(&t, &with, 0x80000000, 0x80620000, &address);
	assert_true(address > 0x80620000 && address % PAGE_SIZE == 0);
	tree_of(&t, &with, 0x80010000, 0x80800000, &address);
	assert_true(address >= 0x80000000 && address < 0x80010000);

	assert_false(fdt_place(&t.board, &with, 0x80000000, 0x80800000, &address, &fault));
	assert_non_null(strstr(fault.text, "no room"));
	assert_false(fdt_place(&t.board, &with, 0, UINT64_MAX, &address, &fault));
	testboard_destroy(&t);

	testboard_create(&t, PAGE_SIZE, 1, 0, false);
	assert_false(fdt_place(&t.board, &config, 0, 0, &address, &fault));
	testboard_destroy(&t);
}

static void long_arguments_fit_or_are_refused(void **state)
{
	struct fdt_config with = config;
	struct testboard t;
	struct fault fault;
	u64 address;
	char *bootargs = malloc(MIB + 1);

	memset(bootargs, 'x', MIB);
	bootargs[MIB] = 0;
	with.bootargs = bootargs;
	testboard_create(&t, 4 * MIB, BOARD_HARTS, 4, true);
	expect_text(tree_of(&t, &with, 0, 0, &address), "/chosen", "bootargs", bootargs);
	testboard_destroy(&t);
	testboard_create(&t, MIB, 1, 0, false);
	assert_false(fdt_place(&t.board, &with, 0, 0, &address, &fault));
	testboard_destroy(&t);
	free(bootargs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_tree_says_what_the_board_is),
		cmocka_unit_test(phandles_meet),
		cmocka_unit_test(every_device_of_the_tree_answers),
		cmocka_unit_test(it_is_placed_clear_of_what_is_loaded),
		cmocka_unit_test(long_arguments_fit_or_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
