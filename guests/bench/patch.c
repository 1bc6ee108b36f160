/*
 * Code that changes: a function's first instruction is rewritten, fence.i makes that known, and the
 * function is called. What it returns shows whether the new instruction ran or an old one.
 */
#include "guests/bench/bench.h"

enum {
	PATCHES = 4096,
	LI_A0 = 0x513,  /* addi a0, zero, 0; the immediate goes to bits 31:20 */
	RET = 0x8067
};

static volatile u32 code[PAGE_SIZE / sizeof(u32)] __attribute__((aligned(PAGE_SIZE)));

static u64 iterate(void)
{
	u64 (*function)(void) = (u64 (*)(void))(uintptr_t)code;
	u64 sum = 0;

	code[1] = RET;
	for (u32 i = 0; i < PATCHES; i++) {
		code[0] = LI_A0 | (i & 1023) << 20;
		asm volatile("fence.i" : : : "memory");
		sum += function();
	}
	return sum;
}

const struct bench bench = {
	.name = "patch", .iterations = 200, .operations = PATCHES,
	.checksum = UINT64_C(4) * 1023 * 1024 / 2,
	.iterate = iterate,
};
