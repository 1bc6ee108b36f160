/*
 * RV64I without memory: arithmetic with its edges (overflow, sign extension of the 32-bit forms,
 * shifts by none and by the most), constants, jumps, and each branch taken and not.
 */
#include "guests/isa-check/try.h"

static void registers(void)
{
	TRY_RR(add, MAX, 1, MIN);
	TRY_RR(add, ONES, 1, 0);
	TRY_RR(add, SOME, OTHER, ONES);
	TRY_RR(sub, 0, 1, ONES);
	TRY_RR(sub, MIN, 1, MAX);
	TRY_RR(sub, SOME, SOME, 0);
	TRY_RR(sll, 1, 63, MIN);
	TRY_RR(sll, SOME, 64, SOME);
	TRY_RR(sll, SOME, 4, 0x123456789abcdef0);
	TRY_RR(srl, MIN, 63, 1);
	TRY_RR(srl, MIN, 65, UINT64_C(1) << 62);
	TRY_RR(sra, MIN, 63, ONES);
	TRY_RR(sra, MAX, 62, 1);
	TRY_RR(sra, OTHER, 64 + 4, 0xffedcba987654321);
	TRY_RR(slt, MIN, MAX, 1);
	TRY_RR(slt, MAX, MIN, 0);
	TRY_RR(slt, ONES, 0, 1);
	TRY_RR(slt, 5, 5, 0);
	TRY_RR(sltu, MIN, MAX, 0);
	TRY_RR(sltu, MAX, MIN, 1);
	TRY_RR(sltu, 0, ONES, 1);
	TRY_RR(sltu, 5, 5, 0);
	TRY_RR(xor, SOME, OTHER, ONES);
	TRY_RR(xor, SOME, SOME, 0);
	TRY_RR(or, SOME, OTHER, ONES);
	TRY_RR(or, MIN, 1, MIN + 1);
	TRY_RR(and, SOME, OTHER, 0);
	TRY_RR(and, SOME, LOW32, 0x89abcdef);
}

static void registers_32(void)
{
	TRY_RR(addw, MAX32, 1, MIN32);
	TRY_RR(addw, SOME, 0, 0xffffffff89abcdef);
	TRY_RR(addw, LOW32, 1, 0);
	TRY_RR(subw, MIN32, 1, MAX32);
	TRY_RR(subw, 0, BIT31, MIN32);
	TRY_RR(subw, OTHER, 0, 0x76543210);
	TRY_RR(sllw, 1, 31, MIN32);
	TRY_RR(sllw, 1, 32, 1);
	TRY_RR(sllw, OTHER, 4, 0x65432100);
	TRY_RR(srlw, MIN32, 31, 1);
	TRY_RR(srlw, ONES, 32, ONES);
	TRY_RR(srlw, SOME, 4, 0x089abcde);
	TRY_RR(sraw, BIT31, 31, ONES);
	TRY_RR(sraw, SOME, 4, 0xfffffffff89abcde);
	TRY_RR(sraw, OTHER, 33, 0x3b2a1908);
}

static void immediates(void)
{
	TRY_RI(addi, MAX, 1, MIN);
	TRY_RI(addi, 0, -2048, -UINT64_C(2048));
	TRY_RI(addi, 1, 2047, 2048);
	TRY_RI(slti, MIN, -1, 1);
	TRY_RI(slti, 0, -2048, 0);
	TRY_RI(slti, 5, 5, 0);
	TRY_RI(sltiu, 5, -1, 1);
	TRY_RI(sltiu, ONES, -1, 0);
	TRY_RI(sltiu, 0, 1, 1);
	TRY_RI(xori, SOME, -1, OTHER);
	TRY_RI(xori, 0, 2047, 2047);
	TRY_RI(ori, SOME, -2048, 0xfffffffffffffdef);
	TRY_RI(ori, 0, 1, 1);
	TRY_RI(andi, SOME, -16, 0x0123456789abcde0);
	TRY_RI(andi, ONES, 2047, 2047);
	TRY_RI(slli, 1, 63, MIN);
	TRY_RI(slli, SOME, 0, SOME);
	TRY_RI(srli, MIN, 63, 1);
	TRY_RI(srli, OTHER, 32, 0xfedcba98);
	TRY_RI(srai, MIN, 63, ONES);
	TRY_RI(srai, OTHER, 32, 0xfffffffffedcba98);
	TRY_RI(addiw, MAX32, 1, MIN32);
	TRY_RI(addiw, SOME, 0, 0xffffffff89abcdef);
	TRY_RI(addiw, BIT31, -1, MAX32);
	TRY_RI(slliw, 1, 31, MIN32);
	TRY_RI(slliw, OTHER, 0, 0x76543210);
	TRY_RI(srliw, MIN32, 31, 1);
	TRY_RI(srliw, SOME, 0, 0xffffffff89abcdef);
	TRY_RI(sraiw, BIT31, 31, ONES);
	TRY_RI(sraiw, OTHER, 16, 0x7654);
}

static void constants(void)
{
	u64 upper, lower, pc, here;

	asm volatile(PLAIN("lui %0, 0x80000\n\tlui %1, 0x7ffff") : "=r"(upper), "=r"(lower));
	check_equal("lui, negative", upper, MIN32);
	check_equal("lui, positive", lower, 0x7ffff000);
	asm volatile(PLAIN("1: auipc %0, 0\n\tauipc %1, 0x80000") : "=r"(pc), "=r"(here));
	check_equal("auipc", here, pc + 4 + MIN32);
	asm volatile(PLAIN("addi zero, %1, 5\n\tadd %0, zero, zero") : "=r"(pc) : "r"(SOME));
	check_equal("zero stays zero", pc, 0);
	pc = 3;
	asm volatile(PLAIN("add %0, %0, %0\n\tsub %0, zero, %0") : "+r"(pc));
	check_equal("destination is source", pc, -UINT64_C(6));
}

static void jumps(void)
{
	u64 link, target, odd, count = 0;

	asm volatile(PLAIN("jal %0, 1f\n\taddi %1, %1, 1\n"
		"1:\tauipc %2, 0") : "=&r"(link), "+r"(count), "=r"(target));
	check_equal("jal: link", link, target - 4);
	check_equal("jal: skips", count, 0);
	asm volatile(PLAIN("lla %2, 1f\n\tjalr %0, 1(%2)\n\taddi %1, %1, 1\n"
		"1:\tauipc %2, 0") : "=&r"(link), "+r"(count), "=&r"(target));
	check_equal("jalr: link", link, target - 4);
	check_equal("jalr: skips, bit 0 dropped", count, 0);
	asm volatile(PLAIN("lla %0, 1f\n\taddi %0, %0, -2047\n\tjalr %0, 2047(%0)\n"
		"\taddi %1, %1, 1\n1:\tauipc %2, 0") : "=&r"(odd), "+r"(count), "=r"(target));
	check_equal("jalr: link over base", odd, target - 4);
	check_equal("jalr: farthest", count, 0);
	asm volatile(PLAIN("jal zero, 2f\n1:\taddi %0, %0, 1\n\tjal zero, 3f\n"
		"2:\tjal zero, 1b\n3:") : "+r"(count));
	check_equal("jal: backwards", count, 1);
}

#define TRY_BRANCH(insn, a, b, wanted) do { \
	u64 taken; \
	asm volatile(PLAIN("li %0, 1\n\t" #insn " %1, %2, 1f\n\tli %0, 0\n1:") \
		: "=&r"(taken) : "r"((u64)(a)), "r"((u64)(b))); \
	check_equal(#insn " " #a " " #b, taken, wanted); \
} while (0)

static void branches(void)
{
	u64 count = 10, sum = 0;

	TRY_BRANCH(beq, SOME, SOME, true);
	TRY_BRANCH(beq, 0, MIN, false);
	TRY_BRANCH(bne, 0, MIN, true);
	TRY_BRANCH(bne, SOME, SOME, false);
	TRY_BRANCH(blt, MIN, MAX, true);
	TRY_BRANCH(blt, MAX, MIN, false);
	TRY_BRANCH(blt, 1, 1, false);
	TRY_BRANCH(bge, MAX, MIN, true);
	TRY_BRANCH(bge, 1, 1, true);
	TRY_BRANCH(bge, ONES, 0, false);
	TRY_BRANCH(bltu, MAX, MIN, true);
	TRY_BRANCH(bltu, MIN, MAX, false);
	TRY_BRANCH(bltu, 1, 1, false);
	TRY_BRANCH(bgeu, ONES, 0, true);
	TRY_BRANCH(bgeu, 1, 1, true);
	TRY_BRANCH(bgeu, 0, ONES, false);
	asm volatile(PLAIN("1: add %1, %1, %0\n\taddi %0, %0, -1\n\tbne %0, zero, 1b")
		: "+r"(count), "+r"(sum));
	check_equal("a loop", sum, 55);
}

int main(void);

int main(void)
{
	registers();
	registers_32();
	immediates();
	constants();
	jumps();
	branches();
	check_end("isa-check integer");
}
