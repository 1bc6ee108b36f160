/*
 * The CSR access that kernels make most: interrupts off, interrupts as they were. It may change
 * what the hart does next, so an emulator has to look.
 */
#include "guests/bench/bench.h"
#include "guests/lib/csr.h"

enum { ROUNDS = 2500, EACH = 8 };

#define STATUS_MIE CSR_BIT(3)

static u64 iterate(void)
{
	u64 sum = 0;

	csr_set(mstatus, STATUS_MIE);
	for (u64 i = 0; i < ROUNDS; i++) {
		for (u64 j = 0; j < EACH / 2; j++) {
			u64 old = csr_read_clear(mstatus, STATUS_MIE) & STATUS_MIE;
			csr_set(mstatus, old);
			sum += old;
		}
	}
	csr_clear(mstatus, STATUS_MIE);
	return sum;
}

const struct bench bench = {
	.name = "csr-status", .iterations = 600, .operations = ROUNDS * EACH,
	.checksum = ROUNDS * (EACH / 2) * STATUS_MIE,
	.iterate = iterate,
};
