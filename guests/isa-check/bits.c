/*
 * Zba, Zbb, Zbc, Zbs and Zicond: bit manipulation at its edges, and the hints, which change nothing.
 */
#include "guests/isa-check/try.h"

asm(".option arch, +zba, +zbb, +zbc, +zbs, +zicbop, +zihintpause, +zawrs");

#define TRY_R(insn, a, wanted) do { \
	u64 result; \
	asm volatile(PLAIN(#insn " %0, %1") : "=r"(result) : "r"((u64)(a))); \
	check_equal(#insn " " #a, result, wanted); \
} while (0)

/* Binutils 2.40 has no names for Zicond: funct3 tells eqz (5) from nez (7). */
#define TRY_ZERO(name, funct3, a, b, wanted) do { \
	u64 result; \
	asm volatile(".insn r 0x33, " #funct3 ", 7, %0, %1, %2" : "=r"(result) \
		: "r"((u64)(a)), "r"((u64)(b))); \
	check_equal(name " " #a " " #b, result, wanted); \
} while (0)

static void addresses(void)
{
	TRY_RR(add.uw, ONES, SOME, 0x123456889abcdee);
	TRY_RR(add.uw, SOME, 1, 0x89abcdf0);
	TRY_RR(add.uw, OTHER, BIT31, 0xf6543210);
	TRY_RR(sh1add, ONES, SOME, 0x123456789abcded);
	TRY_RR(sh1add, SOME, 1, 0x2468acf13579bdf);
	TRY_RR(sh1add, OTHER, BIT31, 0xfdb975316ca86420);
	TRY_RR(sh2add, ONES, SOME, 0x123456789abcdeb);
	TRY_RR(sh2add, SOME, 1, 0x48d159e26af37bd);
	TRY_RR(sh2add, OTHER, BIT31, 0xfb72ea625950c840);
	TRY_RR(sh3add, ONES, SOME, 0x123456789abcde7);
	TRY_RR(sh3add, SOME, 1, 0x91a2b3c4d5e6f79);
	TRY_RR(sh3add, OTHER, BIT31, 0xf6e5d4c432a19080);
	TRY_RR(sh1add.uw, ONES, SOME, 0x123456989abcded);
	TRY_RR(sh1add.uw, SOME, 1, 0x113579bdf);
	TRY_RR(sh1add.uw, OTHER, BIT31, 0x16ca86420);
	TRY_RR(sh2add.uw, ONES, SOME, 0x123456b89abcdeb);
	TRY_RR(sh2add.uw, SOME, 1, 0x226af37bd);
	TRY_RR(sh2add.uw, OTHER, BIT31, 0x25950c840);
	TRY_RR(sh3add.uw, ONES, SOME, 0x123456f89abcde7);
	TRY_RR(sh3add.uw, SOME, 1, 0x44d5e6f79);
	TRY_RR(sh3add.uw, OTHER, BIT31, 0x432a19080);
}

static void shifted(void)
{
	TRY_RI(slli.uw, ONES, 32, 0xffffffff00000000);
	TRY_RI(slli.uw, SOME, 0, 0x89abcdef);
	TRY_RI(slli.uw, OTHER, 63, 0);
}

static void logic(void)
{
	TRY_RR(andn, SOME, LOW32, 0x123456700000000);
	TRY_RR(andn, OTHER, SOME, OTHER);
	TRY_RR(orn, SOME, LOW32, 0xffffffff89abcdef);
	TRY_RR(orn, OTHER, SOME, OTHER);
	TRY_RR(xnor, SOME, LOW32, 0xfedcba9889abcdef);
	TRY_RR(xnor, OTHER, SOME, 0);
}

static void counts(void)
{
	TRY_R(clz, 0, 64);
	TRY_R(clz, ONES, 0);
	TRY_R(clz, MIN, 0);
	TRY_R(clz, BIT31, 32);
	TRY_R(clz, SOME, 7);
	TRY_R(clz, 1, 63);
	TRY_R(ctz, 0, 64);
	TRY_R(ctz, ONES, 0);
	TRY_R(ctz, MIN, 63);
	TRY_R(ctz, BIT31, 31);
	TRY_R(ctz, SOME, 0);
	TRY_R(ctz, 1, 0);
	TRY_R(cpop, 0, 0);
	TRY_R(cpop, ONES, 64);
	TRY_R(cpop, MIN, 1);
	TRY_R(cpop, BIT31, 1);
	TRY_R(cpop, SOME, 32);
	TRY_R(cpop, 1, 1);
	TRY_R(clzw, 0, 32);
	TRY_R(clzw, ONES, 0);
	TRY_R(clzw, MIN, 32);
	TRY_R(clzw, BIT31, 0);
	TRY_R(clzw, SOME, 0);
	TRY_R(clzw, 1, 31);
	TRY_R(ctzw, 0, 32);
	TRY_R(ctzw, ONES, 0);
	TRY_R(ctzw, MIN, 32);
	TRY_R(ctzw, BIT31, 31);
	TRY_R(ctzw, SOME, 0);
	TRY_R(ctzw, 1, 0);
	TRY_R(cpopw, 0, 0);
	TRY_R(cpopw, ONES, 32);
	TRY_R(cpopw, MIN, 0);
	TRY_R(cpopw, BIT31, 1);
	TRY_R(cpopw, SOME, 20);
	TRY_R(cpopw, 1, 1);
}

static void order(void)
{
	TRY_RR(max, MIN, MAX, MAX);
	TRY_RR(max, ONES, 0, 0);
	TRY_RR(max, SOME, SOME, SOME);
	TRY_RR(maxu, MIN, MAX, MIN);
	TRY_RR(maxu, ONES, 0, ONES);
	TRY_RR(maxu, SOME, SOME, SOME);
	TRY_RR(min, MIN, MAX, MIN);
	TRY_RR(min, ONES, 0, ONES);
	TRY_RR(min, SOME, SOME, SOME);
	TRY_RR(minu, MIN, MAX, MAX);
	TRY_RR(minu, ONES, 0, 0);
	TRY_RR(minu, SOME, SOME, SOME);
}

static void extensions(void)
{
	TRY_R(sext.b, SOME, 0xffffffffffffffef);
	TRY_R(sext.b, BIT31, 0);
	TRY_R(sext.b, 32896, 0xffffffffffffff80);
	TRY_R(sext.b, OTHER, 16);
	TRY_R(sext.h, SOME, 0xffffffffffffcdef);
	TRY_R(sext.h, BIT31, 0);
	TRY_R(sext.h, 32896, 0xffffffffffff8080);
	TRY_R(sext.h, OTHER, 0x3210);
	TRY_R(zext.h, SOME, 0xcdef);
	TRY_R(zext.h, BIT31, 0);
	TRY_R(zext.h, 32896, 0x8080);
	TRY_R(zext.h, OTHER, 0x3210);
}

static void rotations(void)
{
	TRY_RR(rol, SOME, 0, SOME);
	TRY_RR(rol, SOME, 4, 0x123456789abcdef0);
	TRY_RR(rol, OTHER, 63, 0x7f6e5d4c3b2a1908);
	TRY_RR(rol, MIN32, 33, 0x1ffffffff);
	TRY_RR(ror, SOME, 0, SOME);
	TRY_RR(ror, SOME, 4, 0xf0123456789abcde);
	TRY_RR(ror, OTHER, 63, 0xfdb97530eca86421);
	TRY_RR(ror, MIN32, 33, 0xc00000007fffffff);
	TRY_RR(rolw, SOME, 0, 0xffffffff89abcdef);
	TRY_RR(rolw, SOME, 4, 0xffffffff9abcdef8);
	TRY_RR(rolw, OTHER, 63, 0x3b2a1908);
	TRY_RR(rolw, MIN32, 33, 1);
	TRY_RR(rorw, SOME, 0, 0xffffffff89abcdef);
	TRY_RR(rorw, SOME, 4, 0xfffffffff89abcde);
	TRY_RR(rorw, OTHER, 63, 0xffffffffeca86420);
	TRY_RR(rorw, MIN32, 33, 0x40000000);
}

static void rotations_by_constants(void)
{
	TRY_RI(rori, SOME, 0, SOME);
	TRY_RI(rori, SOME, 63, 0x2468acf13579bde);
	TRY_RI(roriw, SOME, 0, 0xffffffff89abcdef);
	TRY_RI(roriw, SOME, 31, 0x13579bdf);
}

static void bytes(void)
{
	TRY_R(orc.b, SOME, ONES);
	TRY_R(orc.b, 0, 0);
	TRY_R(orc.b, 72198331526315777, 0xff00ff000000ffff);
	TRY_R(rev8, SOME, 0xefcdab8967452301);
	TRY_R(rev8, 0, 0);
	TRY_R(rev8, 72198331526315777, 0x17f000000800001);
}

static void carryless(void)
{
	TRY_RR(clmul, ONES, ONES, 0x5555555555555555);
	TRY_RR(clmul, SOME, OTHER, 0x40a0789828c810f0);
	TRY_RR(clmul, MIN, MIN, 0);
	TRY_RR(clmul, 0, SOME, 0);
	TRY_RR(clmulh, ONES, ONES, 0x5555555555555555);
	TRY_RR(clmulh, SOME, OTHER, 0xe038d8688850b0);
	TRY_RR(clmulh, MIN, MIN, 0x4000000000000000);
	TRY_RR(clmulh, 0, SOME, 0);
	TRY_RR(clmulr, ONES, ONES, 0xaaaaaaaaaaaaaaaa);
	TRY_RR(clmulr, SOME, OTHER, 0x1c071b0d110a160);
	TRY_RR(clmulr, MIN, MIN, MIN);
	TRY_RR(clmulr, 0, SOME, 0);
}

static void bits(void)
{
	TRY_RR(bclr, SOME, 0, 0x123456789abcdee);
	TRY_RR(bclr, SOME, 63, SOME);
	TRY_RR(bclr, OTHER, 76, 0xfedcba9876542210);
	TRY_RR(bclr, ONES, 31, 0xffffffff7fffffff);
	TRY_RR(bext, SOME, 0, 1);
	TRY_RR(bext, SOME, 63, 0);
	TRY_RR(bext, OTHER, 76, 1);
	TRY_RR(bext, ONES, 31, 1);
	TRY_RR(binv, SOME, 0, 0x123456789abcdee);
	TRY_RR(binv, SOME, 63, 0x8123456789abcdef);
	TRY_RR(binv, OTHER, 76, 0xfedcba9876542210);
	TRY_RR(binv, ONES, 31, 0xffffffff7fffffff);
	TRY_RR(bset, SOME, 0, SOME);
	TRY_RR(bset, SOME, 63, 0x8123456789abcdef);
	TRY_RR(bset, OTHER, 76, OTHER);
	TRY_RR(bset, ONES, 31, ONES);
}

static void bits_of_constants(void)
{
	TRY_RI(bclri, SOME, 0, 0x123456789abcdee);
	TRY_RI(bclri, SOME, 63, SOME);
	TRY_RI(bclri, OTHER, 31, OTHER);
	TRY_RI(bexti, SOME, 0, 1);
	TRY_RI(bexti, SOME, 63, 0);
	TRY_RI(bexti, OTHER, 31, 0);
	TRY_RI(binvi, SOME, 0, 0x123456789abcdee);
	TRY_RI(binvi, SOME, 63, 0x8123456789abcdef);
	TRY_RI(binvi, OTHER, 31, 0xfedcba98f6543210);
	TRY_RI(bseti, SOME, 0, SOME);
	TRY_RI(bseti, SOME, 63, 0x8123456789abcdef);
	TRY_RI(bseti, OTHER, 31, 0xfedcba98f6543210);
}

static void conditional(void)
{
	TRY_ZERO("czero.eqz", 5, SOME, 0, 0);
	TRY_ZERO("czero.eqz", 5, SOME, MIN, SOME);
	TRY_ZERO("czero.nez", 7, SOME, 0, SOME);
	TRY_ZERO("czero.nez", 7, SOME, MIN, 0);
}

static void hints(void)
{
	u64 before = SOME, after = before;

	asm volatile("pause\n\tprefetch.i 0(%1)\n\tprefetch.r 32(%1)\n\tprefetch.w -2048(%1)\n\t"
		"prefetch.r 0(zero)\n\twrs.sto\n\twrs.nto" : "+r"(after) : "r"(&before) : "memory");
	check_equal("hints", after, before);
}

int main(void)
{
	addresses();
	shifted();
	logic();
	counts();
	order();
	extensions();
	rotations();
	rotations_by_constants();
	bytes();
	carryless();
	bits();
	bits_of_constants();
	conditional();
	hints();
	check_end("isa-check bits");
}
