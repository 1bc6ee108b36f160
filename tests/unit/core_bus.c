/*
 * The bus: finding windows, widths, counting.
 */
#include "core/bus.h"
#include "tests/unit/unit.h"

#include <string.h>

#define BASE UINT64_C(0x80000000)

struct probe {
	u64 offset, value;
	unsigned width;
	u32 calls;
};

static u64 probe_read(void *self, u64 offset, unsigned width)
{
	struct probe *probe = self;

	*probe = (struct probe){ offset, 0, width, probe->calls + 1 };
	return 0x1234;
}

static void probe_write(void *self, u64 offset, u64 value, unsigned width)
{
	struct probe *probe = self;

	*probe = (struct probe){ offset, value, width, probe->calls + 1 };
}

static const struct device_register registers[] = {
	{ 0, 4, "first", "" },
	{ 8, 16, "block", "" },
	{ 0, 0, NULL, NULL },
};

static const struct device words = {
	.name = "words", .window = 0x100, .widths = 4 | 8, .registers = registers,
	.read = probe_read, .write = probe_write,
};

static const struct device small = {
	.name = "small", .window = 0x10, .widths = 1, .read = probe_read, .write = probe_write,
};

struct fixture {
	struct ram ram;
	struct bus bus;
	struct probe high, low, middle;
};

static int setup(void **state)
{
	static struct fixture f;
	struct fault fault;

	memset(&f, 0, sizeof(f));
	if (!ram_create(&f.ram, BASE, 2 * PAGE_SIZE, &fault))
		return -1;
	bus_create(&f.bus, &f.ram);
	bus_add(&f.bus, BASE + 2 * PAGE_SIZE, &words, &f.high);
	bus_add(&f.bus, 0, &words, &f.low);
	bus_add(&f.bus, 0x100, &small, &f.middle);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	ram_destroy(&f->ram);
	return 0;
}

static void ram_is_found_first(void **state)
{
	struct fixture *f = *state;
	u64 value;

	assert_true(bus_write(&f->bus, BASE + PAGE_SIZE - 3, 8, UINT64_C(0x8877665544332211)));
	assert_true(bus_read(&f->bus, BASE + PAGE_SIZE - 2, 4, &value));
	assert_int_equal(value, 0x55443322);
	f->ram.flags[1] = RAM_TABLE;
	assert_true(bus_write(&f->bus, BASE + PAGE_SIZE, 1, 0));
	assert_int_equal(f->ram.touched->count, 1);
	assert_int_equal(f->high.calls + f->low.calls + f->middle.calls, 0);
}

static void windows_have_edges(void **state)
{
	struct fixture *f = *state;
	u64 value;

	assert_ptr_equal(bus_find(&f->bus, 0xfc, 4)->self, &f->low);
	assert_null(bus_find(&f->bus, 0xfe, 4));
	assert_ptr_equal(bus_find(&f->bus, 0x100, 1)->self, &f->middle);
	assert_null(bus_find(&f->bus, 0x110, 1));
	assert_null(bus_find(&f->bus, UINT64_MAX, 8));
	assert_null(bus_find(&f->bus, BASE - 1, 1));
	assert_ptr_equal(bus_find(&f->bus, BASE + 2 * PAGE_SIZE, 8)->self, &f->high);
	assert_false(bus_read(&f->bus, 0x110, 1, &value));
	assert_false(bus_write(&f->bus, BASE + 2 * PAGE_SIZE + 0x100, 4, 0));
	/* Half in RAM, half in a device: in neither. */
	assert_false(bus_read(&f->bus, BASE + 2 * PAGE_SIZE - 4, 8, &value));
}

static void widths_are_the_devices(void **state)
{
	struct fixture *f = *state;
	u64 value = 99;

	assert_true(bus_read(&f->bus, 0x20, 4, &value));
	assert_int_equal(value, 0x1234);
	assert_int_equal(f->low.offset, 0x20);
	assert_int_equal(f->low.width, 4);
	assert_true(bus_write(&f->bus, BASE + 2 * PAGE_SIZE + 8, 8, 77));
	assert_int_equal(f->high.offset, 8);
	assert_int_equal(f->high.value, 77);

	assert_true(bus_read(&f->bus, 0x20, 2, &value));
	assert_int_equal(value, 0);
	assert_true(bus_write(&f->bus, 0x20, 1, 1));
	assert_true(bus_write(&f->bus, 0x22, 4, 1)); /* misaligned */
	assert_int_equal(f->low.calls, 1);
	assert_int_equal(f->bus.state.ignored, 3);

	u32 low = (u32)(bus_find(&f->bus, 0, 4) - f->bus.window);

	assert_int_equal(f->bus.state.reads[low], 2);
	assert_int_equal(f->bus.state.writes[low], 2);
}

static void windows_stay_sorted(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(f->bus.count, 3);
	assert_ptr_equal(f->bus.window[0].self, &f->low);
	assert_ptr_equal(f->bus.window[1].self, &f->middle);
	assert_ptr_equal(f->bus.window[2].self, &f->high);
}

static void registers_have_names(void **state)
{
	assert_string_equal(device_register_find(&words, 3)->name, "first");
	assert_null(device_register_find(&words, 4));
	assert_string_equal(device_register_find(&words, 23)->name, "block");
	assert_null(device_register_find(&words, 24));
	assert_null(device_register_find(&small, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(ram_is_found_first, setup, teardown),
		cmocka_unit_test_setup_teardown(windows_have_edges, setup, teardown),
		cmocka_unit_test_setup_teardown(widths_are_the_devices, setup, teardown),
		cmocka_unit_test_setup_teardown(windows_stay_sorted, setup, teardown),
		cmocka_unit_test_setup_teardown(registers_have_names, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
