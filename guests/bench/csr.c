/*
 * Access to a CSR that nothing else depends on: writes and reads of mscratch.
 */
#include "guests/bench/bench.h"
#include "guests/lib/csr.h"

enum { ROUNDS = 2500, EACH = 8 };

static u64 iterate(void)
{
	u64 sum = 0;

	for (u64 i = 0; i < ROUNDS; i++) {
		csr_write(mscratch, i);
		sum += csr_read(mscratch);
		csr_write(mscratch, i + 1);
		sum += csr_read(mscratch);
		csr_write(mscratch, i + 2);
		sum += csr_read(mscratch);
		csr_write(mscratch, i + 3);
		sum += csr_read(mscratch);
	}
	return sum;
}

const struct bench bench = {
	.name = "csr", .iterations = 1000, .operations = ROUNDS * EACH,
	.checksum = UINT64_C(4) * ROUNDS * (ROUNDS - 1) / 2 + 6 * ROUNDS,
	.iterate = iterate,
};
