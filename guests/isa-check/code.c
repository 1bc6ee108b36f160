/*
 * Code as data: instructions written, run, written again and run again after fence.i, in the same
 * page, across a page boundary, and just ahead of the store itself; and the ordinary fences, which
 * order and change nothing.
 */
#include "guests/isa-check/try.h"
#include "guests/lib/string.h"

enum { PAGE = 4096, RETURN = 0x8082 };

static _Alignas(PAGE) u8 code[2 * PAGE];

/* addi a0, a0, imm */
static u32 add_word(u32 imm)
{
	return imm << 20 | 0x00050513;
}

static u64 call(u32 offset, u64 argument)
{
	u64 (*function)(u64) = (u64 (*)(u64))(void *)(code + offset);

	asm volatile("fence.i" : : : "memory");
	return function(argument);
}

static void put(u32 offset, u32 imm)
{
	u32 word = add_word(imm);
	u16 end = RETURN;

	memcpy(code + offset, &word, sizeof(word));
	memcpy(code + offset + sizeof(word), &end, sizeof(end));
}

/* At an even place, at an odd halfword, and with the instruction half in the next page. */
static void rewrite(void)
{
	static const u32 places[] = { 0, 2, 512, PAGE - 6, PAGE - 4, PAGE - 2 };

	for (u32 i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		for (u32 imm = 1; imm < 6; imm++) {
			put(places[i], imm);
			check_equal("code written anew", call(places[i], 100), 100 + imm);
		}
	}
	/* Only the half in the second page changes: the immediate's upper bits. */
	put(PAGE - 2, 0x001);
	check_equal("before", call(PAGE - 2, 0), 0x001);
	code[PAGE + 1] = (u8)(add_word(0x101) >> 24);
	check_equal("second half written", call(PAGE - 2, 0), 0x101);
}

/* The store is in the block of instructions that it changes. */
static void ahead(void)
{
	u64 result;

	for (u32 imm = 1; imm < 4; imm++) {
		asm volatile(PLAIN("lla t0, 1f\n\tsw %1, 0(t0)\n\tfence.i\n\tli a0, 10\n"
			"1:\taddi a0, a0, 0\n\tmv %0, a0")
			: "=r"(result) : "r"(add_word(imm)) : "a0", "t0", "memory");
		check_equal("the instruction ahead", result, 10 + imm);
	}
}

static void fences(void)
{
	volatile u64 cell = 0;

	cell = 1;
	asm volatile(PLAIN("fence") : : : "memory");
	cell = cell + 1;
	asm volatile(PLAIN("fence rw, w") : : : "memory");
	cell = cell + 1;
	asm volatile(PLAIN("fence.tso") : : : "memory");
	cell = cell + 1;
	asm volatile(".word 0x0100000f" : : : "memory"); /* pause: a fence that orders nothing */
	check_equal("fences", cell, 4);
}

int main(void);

int main(void)
{
	rewrite();
	ahead();
	fences();
	check_end("isa-check code");
}
