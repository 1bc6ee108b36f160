/*
 * The C extension: every 16-bit form, with immediates of both signs and at their ends, checked
 * against what it stands for. Registers that a form can name lie in x8 to x15, or are sp.
 */
#include "guests/isa-check/try.h"

static _Alignas(16) u64 cell[32];

/* rd (a0) changes from `a` by the instruction; a1 holds `b`. */
#define TRY_C(text, a, b, wanted) do { \
	register u64 a0 asm("a0") = a; \
	register u64 a1 asm("a1") = b; \
	asm volatile(".option push\n\t.option rvc\n\t" text "\n\t.option pop" \
		: "+r"(a0), "+r"(a1) : : "t0", "memory"); \
	check_equal(text, a0, wanted); \
} while (0)

static void arithmetic(void)
{
	TRY_C("c.addi a0, 31", 1, 0, 32);
	TRY_C("c.addi a0, -32", 0, 0, -UINT64_C(32));
	TRY_C("c.addiw a0, 1", MAX32, 0, MIN32);
	TRY_C("c.addiw a0, 0", SOME, 0, 0xffffffff89abcdef);
	TRY_C("c.li a0, -32", 5, 0, -UINT64_C(32));
	TRY_C("c.li a0, 31", 5, 0, 31);
	TRY_C("c.lui a0, 31", 5, 0, 0x1f000);
	TRY_C("c.lui a0, 0xfffe0", 5, 0, 0xfffffffffffe0000);
	TRY_C("c.srli a0, 63", MIN, 0, 1);
	TRY_C("c.srli a0, 1", OTHER, 0, 0x7f6e5d4c3b2a1908);
	TRY_C("c.srai a0, 63", MIN, 0, ONES);
	TRY_C("c.srai a0, 32", OTHER, 0, 0xfffffffffedcba98);
	TRY_C("c.slli a0, 63", 1, 0, MIN);
	TRY_C("c.slli a0, 1", OTHER, 0, 0xfdb97530eca86420);
	TRY_C("c.andi a0, -32", ONES, 0, -UINT64_C(32));
	TRY_C("c.andi a0, 31", SOME, 0, 15);
	TRY_C("c.sub a0, a1", 0, 1, ONES);
	TRY_C("c.xor a0, a1", SOME, OTHER, ONES);
	TRY_C("c.or a0, a1", SOME, OTHER, ONES);
	TRY_C("c.and a0, a1", SOME, LOW32, 0x89abcdef);
	TRY_C("c.subw a0, a1", MIN32, 1, MAX32);
	TRY_C("c.addw a0, a1", MAX32, 1, MIN32);
	TRY_C("c.mv a0, a1", 1, SOME, SOME);
	TRY_C("c.add a0, a1", MAX, 1, MIN);
	TRY_C("c.nop", SOME, 0, SOME);
	/* Shifts by 0 are hints: no assembler writes them. */
	TRY_C(".half 0x8101 # c.srli64 a0", SOME, 0, SOME);
	TRY_C(".half 0x8501 # c.srai64 a0", OTHER, 0, OTHER);
	TRY_C(".half 0x0502 # c.slli64 a0", SOME, 0, SOME);
}

static void memory(void)
{
	for (u64 i = 0; i < 32; i++)
		cell[i] = OTHER + i;
	TRY_C("c.lw a0, 0(a1)", 0, (u64)cell, 0x76543210);
	TRY_C("c.lw a0, 124(a1)", 0, (u64)cell, 0xfffffffffedcba98);
	TRY_C("c.ld a0, 0(a1)", 0, (u64)cell, OTHER);
	TRY_C("c.ld a0, 248(a1)", 0, (u64)cell, OTHER + 31);
	TRY_C("c.sw a0, 124(a1)", SOME, (u64)cell, SOME);
	check_equal("c.sw: memory", cell[15], 0x89abcdef7654321f);
	TRY_C("c.sd a0, 248(a1)", SOME, (u64)cell, SOME);
	check_equal("c.sd: memory", cell[31], SOME);
	TRY_C("c.sd a0, 0(a1)", SOME, (u64)cell, SOME);
	check_equal("c.sd: first", cell[0], SOME);
}

/* With the stack pointer lent to cell[] for an instruction or two. */
#define TRY_SP(text, a, wanted) do { \
	register u64 a0 asm("a0") = a; \
	asm volatile(".option push\n\t.option rvc\n\tmv t0, sp\n\tmv sp, %1\n\t" text \
		"\n\tmv t1, sp\n\tmv sp, t0\n\t.option pop" \
		: "+r"(a0) : "r"(cell) : "t0", "t1", "memory"); \
	check_equal(text, a0, wanted); \
} while (0)

static void stack(void)
{
	u64 base = (u64)cell;

	TRY_SP("c.addi4spn a0, sp, 4", 0, base + 4);
	TRY_SP("c.addi4spn a0, sp, 1020", 0, base + 1020);
	TRY_SP("c.addi16sp sp, 496\n\tmv a0, sp", 0, base + 496);
	TRY_SP("c.addi16sp sp, -512\n\tmv a0, sp", 0, base - 512);
	TRY_SP("c.sdsp a0, 0(sp)\n\tli a0, 0\n\tc.ldsp a0, 0(sp)", SOME, SOME);
	TRY_SP("c.sdsp a0, 248(sp)", OTHER, OTHER);
	check_equal("c.sdsp: memory", cell[31], OTHER);
	TRY_SP("c.ldsp a0, 248(sp)", 0, OTHER);
	TRY_SP("c.swsp a0, 252(sp)\n\tli a0, 0\n\tc.lwsp a0, 252(sp)", SOME, 0xffffffff89abcdef);
	check_equal("c.swsp: memory", cell[31], 0x89abcdef76543210);
	TRY_SP("c.lwsp a0, 4(sp)", 0, 0x01234567);
}

#define TRY_TAKEN(branch, a, wanted) \
	TRY_C("mv a1, a0\n\tc.li a0, 1\n\t" branch " a1, 1f\n\tc.li a0, 0\n1:", a, 0, wanted)

static void jumps(void)
{
	u64 skipped = 0, link, target;

	TRY_TAKEN("c.beqz", 0, true);
	TRY_TAKEN("c.beqz", MIN, false);
	TRY_TAKEN("c.bnez", MIN, true);
	TRY_TAKEN("c.bnez", 0, false);
	TRY_C("1: c.addi a0, -1\n\tc.bnez a0, 1b", 5, 0, 0);
	TRY_C("c.j 2f\n1: c.addi a0, 1\n\tc.j 3f\n2: c.j 1b\n3:", 1, 0, 2);
	TRY_C("lla t0, 1f\n\tc.jr t0\n\tc.addi a0, 1\n1:", 1, 0, 1);
	asm volatile(".option push\n\t.option rvc\n\tlla t0, 1f\n\tc.jalr t0\n\tc.addi %0, 1\n"
		"1: lla %2, 1b\n\tmv %1, ra\n\t.option pop"
		: "+r"(skipped), "=&r"(link), "=&r"(target) : : "ra", "t0");
	check_equal("c.jalr: skips", skipped, 0);
	check_equal("c.jalr: link", link, target - 2);
}

int main(void);

int main(void)
{
	arithmetic();
	memory();
	stack();
	jumps();
	check_end("isa-check compressed");
}
