/*
 * Each small guest in each mode: what it prints, byte for byte, that it ends, and with which
 * status. The self-checking ones check far more than they print.
 */
#include "tests/guests/guest.h"

#include <stdio.h>
#include <string.h>

enum { LIMIT = 50000000 }; /* steps */

static const struct row {
	const char *path;
	bool bare;
	const char *console;
} rows[] = {
	{ "hello/hello.elf", false,
	  "Hello from a guest in supervisor mode.\n"
	  "It runs on hart 0 and was given a device tree.\n" },
	{ "traps/traps.elf", false,
	  "what       no  provoked by                    trap value\n"
	  "exception  1  fetch where nothing is         0x50000\n"
	  "exception  2  a word that is no instruction  0xb\n"
	  "exception  3  ebreak                         pc\n"
	  "exception  4  load-reserved, misaligned      the operand's address\n"
	  "exception  5  load where nothing is          0x50000\n"
	  "exception  6  atomic, misaligned             the operand's address\n"
	  "exception  7  store where nothing is         0x50000\n"
	  "exception  8  ecall from user level          0x0\n"
	  "exception 12  fetch from no page             0x1000000000\n"
	  "exception 13  load from no page              0x1000000008\n"
	  "exception 15  store to no page               0x1000000010\n"
	  "interrupt  1  software interrupt             0x0\n"
	  "interrupt  5  timer interrupt                0x0\n"
	  "interrupt  9  alarm of the real-time clock   0x0\n"
	  "traps: 29 checks, all right\n" },
	{ "timer/timer.elf", false,
	  "slept through 10 ticks, 0 of them early\n"
	  "computed, and was interrupted by 10 ticks\n"
	  "timer: 11 checks, all right\n" },
	{ "paging/paging.elf", false,
	  "rights: 23 kinds of leaf\n"
	  "accessed and dirty\n"
	  "pages of 4 KiB, 2 MiB and 1 GiB\n"
	  "fences\n"
	  "address spaces\n"
	  "paging: 146 checks, all right\n" },
	{ "exits/exits.elf", false, "exits: 15 kinds, 100 operations each\n" },
	{ "isa-check/isa-integer.elf", false, "isa-check integer: 102 checks, all right\n" },
	{ "isa-check/isa-multiply.elf", false, "isa-check multiply: 46 checks, all right\n" },
	{ "isa-check/isa-memory.elf", false, "isa-check memory: 107 checks, all right\n" },
	{ "isa-check/isa-atomic.elf", false, "isa-check atomic: 86 checks, all right\n" },
	{ "isa-check/isa-bits.elf", false, "isa-check bits: 161 checks, all right\n" },
	{ "isa-check/isa-blocks.elf", false, "isa-check blocks: 38 checks, all right\n" },
	{ "isa-check/isa-float.elf", false, "isa-check float: 215 checks, all right\n" },
	{ "isa-check/isa-tables.elf", false, "isa-check tables: 103 checks, all right\n" },
	{ "isa-check/isa-compressed.elf", false, "isa-check compressed: 58 checks, all right\n" },
	{ "isa-check/isa-system.elf", false, "isa-check system: 96 checks, all right\n" },
	{ "isa-check/isa-code.elf", false, "isa-check code: 36 checks, all right\n" },
	{ "isa-check/isa-machine.elf", true, "isa-check machine: 56 checks, all right\n" },
};

static void open_row(struct guest *guest, const struct row *row, const struct virt_mode *mode)
{
	char path[4096];

	guest_path(path, sizeof(path), row->path);
	guest_create(guest, mode, path, "k3", row->bare ? FIRMWARE_NONE : FIRMWARE_BUILTIN);
}

static void check_console(void **state)
{
	static struct guest guest;

	for (u32 i = 0; i < COUNT_OF(rows); i++) {
		/* A bare guest has no monitor below it. */
		for (u32 mode = 0; mode < (rows[i].bare ? 1 : COUNT_OF(guest_modes)); mode++) {
			print_message("%s %s\n", rows[i].path, guest_modes[mode]->name);
			open_row(&guest, &rows[i], guest_modes[mode]);
			assert_int_equal(machine_run(guest.machine, LIMIT), MACHINE_POWEROFF);
			assert_string_equal(guest.console, rows[i].console);
			assert_int_equal(machine_stop(guest.machine)->status, 0);
			guest_destroy(&guest);
		}
	}
}

/* A check that fails must end with status 1: its table of wanted values is spoilt beforehand. */
static void check_failure(const char *name, const char *symbol, u64 offset, bool bare)
{
	static struct guest guest;
	const struct row row = { name, bare, NULL };

	for (u32 mode = 0; mode < (bare ? 1 : COUNT_OF(guest_modes)); mode++) {
		const struct image_symbol *table;
		struct ram *ram;

		open_row(&guest, &row, guest_modes[mode]);
		table = image_symbol_named(&guest.machine->image, symbol);
		assert_non_null(table);
		ram = &guest.machine->monitor.vm.board.ram;
		ram_write(ram, table->address + offset,
			ram_read(ram, table->address + offset, 8) ^ 1, 8);
		assert_int_equal(machine_run(guest.machine, LIMIT), MACHINE_POWEROFF);
		assert_int_equal(machine_stop(guest.machine)->status, 1);
		assert_non_null(strstr(guest.console, "WRONG"));
		assert_non_null(strstr(guest.console, "checks wrong\n"));
		guest_destroy(&guest);
	}
}

static void check_status(void **state)
{
	check_failure("traps/traps.elf", "rows", 0, false);
	check_failure("paging/paging.elf", "rights", 24, false);
	check_failure("isa-check/isa-system.elf", "tries", 16, false);
}

/* Bare it ends through the test finisher: here the instructions of main() are spoilt. */
static void check_status_bare(void **state)
{
	static struct guest guest;
	const struct row row = { "isa-check/isa-machine.elf", true, NULL };
	const struct image_symbol *symbol;

	open_row(&guest, &row, &mode_native);
	symbol = image_symbol_named(&guest.machine->image, "only_call");
	assert_non_null(symbol);
	/* An ebreak where an ecall is expected. */
	ram_write(&guest.machine->monitor.vm.board.ram, symbol->address, 0x00100073, 4);
	assert_int_equal(machine_run(guest.machine, LIMIT), MACHINE_POWEROFF);
	assert_int_equal(machine_stop(guest.machine)->status, 1);
	assert_non_null(strstr(guest.console, "WRONG"));
	guest_destroy(&guest);
}

int main(int count, char **arguments)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(check_console),
		cmocka_unit_test(check_status),
		cmocka_unit_test(check_status_bare),
	};

	guest_folder(count, arguments);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
