/*
 * What all benchmarks do alike: find out how often, prepare, iterate, check, and say it in one line,
 * which `ringside bench` reads:
 *
 *	bench sort: checksum 0x0123456789abcdef, 123 operations
 *	bench nbody: skipped, this hart lacks F and D
 */
#include "guests/bench/bench.h"

#include "guests/lib/board.h"
#include "guests/lib/csr.h"
#include "guests/lib/fdt.h"
#include "guests/lib/print.h"
#include "guests/lib/string.h"

enum { FINISHER_FAIL = 0x3333, STATUS_FS_INITIAL = 1 << 13 };

static const char option[] = "iterations=";

int main(u64 hart, const void *tree);

_Noreturn void bench_fail(const char *what, u64 got, u64 wanted)
{
	print("bench %s: WRONG %s 0x%016lx instead of 0x%016lx\n", bench.name, what, got, wanted);
	*device32(BOARD_finisher) = FINISHER_FAIL | 1 << 16;
	for (;;)
		;
}

static u64 iterations_wanted(const void *tree)
{
	u32 length;
	const char *text = fdt_property(tree, "/chosen", "bootargs", &length);

	if (text == NULL || strncmp(text, option, sizeof(option) - 1) != 0)
		return bench.iterations;
	return string_number(text + sizeof(option) - 1);
}

static bool floats(void)
{
	u64 wanted = CSR_BIT('F' - 'A') | CSR_BIT('D' - 'A');

	if ((csr_read(misa) & wanted) != wanted)
		return false;
	csr_set(mstatus, STATUS_FS_INITIAL);
	return true;
}

int main(u64 hart, const void *tree)
{
	u64 iterations = iterations_wanted(tree);

	if (bench.floating && !floats()) {
		print("bench %s: skipped, this hart lacks F and D\n", bench.name);
		return 0;
	}
	if (bench.prepare != NULL)
		bench.prepare();
	for (u64 i = 0; i < iterations; i++) {
		u64 got = bench.iterate();
		if (got != bench.checksum)
			bench_fail("checksum", got, bench.checksum);
	}
	print("bench %s: checksum 0x%016lx, %lu operations\n", bench.name, bench.checksum,
		iterations * bench.operations);
	return 0;
}
