/*
 * The A extension: each AMO with operands that tell signed from unsigned and 32 bits from 64, and
 * load-reserved with store-conditional, where it has to succeed and where it has to fail.
 */
#include "guests/check/trap.h"
#include "guests/isa-check/try.h"

enum { LOAD_MISALIGNED = 4, STORE_MISALIGNED = 6 };

static _Alignas(16) volatile u64 cell[2];

/* Memory holds `old` before and `after` afterwards; rd gets `old` as the width has it. */
#define TRY_AMO(insn, old, b, wanted, after) do { \
	u64 result; \
	cell[0] = old; \
	asm volatile(#insn " %0, %1, (%2)" : "=r"(result) : "r"((u64)(b)), "r"(cell) : "memory"); \
	check_equal(#insn " " #old " " #b, result, wanted); \
	check_equal(#insn " " #old " " #b ": memory", cell[0], after); \
} while (0)

static void amo_64(void)
{
	TRY_AMO(amoswap.d, SOME, OTHER, SOME, OTHER);
	TRY_AMO(amoadd.d, MAX, 1, MAX, MIN);
	TRY_AMO(amoxor.d, SOME, ONES, SOME, OTHER);
	TRY_AMO(amoand.d, SOME, LOW32, SOME, 0x89abcdef);
	TRY_AMO(amoor.d, SOME, OTHER, SOME, ONES);
	TRY_AMO(amomin.d, MIN, MAX, MIN, MIN);
	TRY_AMO(amomin.d, 1, ONES, 1, ONES);
	TRY_AMO(amomax.d, MIN, MAX, MIN, MAX);
	TRY_AMO(amomax.d, 1, ONES, 1, 1);
	TRY_AMO(amominu.d, MIN, MAX, MIN, MAX);
	TRY_AMO(amominu.d, 1, ONES, 1, 1);
	TRY_AMO(amomaxu.d, MIN, MAX, MIN, MIN);
	TRY_AMO(amomaxu.d, 1, ONES, 1, ONES);
}

/* The upper half of the doubleword stays; rd is sign-extended. */
static void amo_32(void)
{
	TRY_AMO(amoswap.w, SOME, OTHER, 0xffffffff89abcdef, 0x0123456776543210);
	TRY_AMO(amoadd.w, MAX32, 1, MAX32, BIT31);
	TRY_AMO(amoadd.w, LOW32, 1, ONES, 0);
	TRY_AMO(amoxor.w, SOME, ONES, 0xffffffff89abcdef, 0x0123456776543210);
	TRY_AMO(amoand.w, SOME, 0xffff, 0xffffffff89abcdef, 0x012345670000cdef);
	TRY_AMO(amoor.w, SOME, OTHER, 0xffffffff89abcdef, 0x01234567ffffffff);
	TRY_AMO(amomin.w, BIT31, MAX32, MIN32, BIT31);
	TRY_AMO(amomin.w, 1, LOW32, 1, LOW32);
	TRY_AMO(amomax.w, BIT31, MAX32, MIN32, MAX32);
	TRY_AMO(amomax.w, 1, LOW32, 1, 1);
	TRY_AMO(amominu.w, BIT31, MAX32, MIN32, MAX32);
	TRY_AMO(amominu.w, 1, LOW32, 1, 1);
	TRY_AMO(amomaxu.w, BIT31, MAX32, MIN32, BIT31);
	TRY_AMO(amomaxu.w, 1, LOW32, 1, LOW32);
}

static void amo_forms(void)
{
	TRY_AMO(amoadd.d.aq, 1, 2, 1, 3);
	TRY_AMO(amoadd.d.rl, 1, 2, 1, 3);
	TRY_AMO(amoadd.w.aqrl, 1, 2, 1, 3);
	cell[0] = 5;
	asm volatile("amoadd.d zero, %0, (%1)" : : "r"(UINT64_C(4)), "r"(cell) : "memory");
	check_equal("amoadd.d without rd", cell[0], 9);
}

/* `between` stands between the two; both are in one asm, so that nothing else does. */
#define TRY_PAIR(width, between, loaded, failed, after) do { \
	u64 old, refused; \
	cell[0] = SOME; \
	cell[1] = 0; \
	asm volatile("lr." #width " %0, (%2)\n\t" between "\n\tsc." #width " %1, %3, (%2)" \
		: "=&r"(old), "=&r"(refused) : "r"(cell), "r"(OTHER), "r"(cell + 1) : "memory"); \
	check_equal("lr." #width " " between, old, loaded); \
	check_equal("sc." #width " " between, refused, failed); \
	check_equal("memory " between, cell[0], after); \
} while (0)

static void reservations(void)
{
	u64 result;

	TRY_PAIR(d, "nop", SOME, 0, OTHER);
	TRY_PAIR(w, "nop", 0xffffffff89abcdef, 0, 0x0123456776543210);
	TRY_PAIR(d, "sc.d zero, %3, (%4)", SOME, 1, SOME);
	check_equal("sc.d elsewhere", cell[1], 0);
	TRY_PAIR(w, "sc.w zero, %3, (%4)", 0xffffffff89abcdef, 1, SOME);
	TRY_PAIR(d, "lr.d zero, (%4)", SOME, 1, SOME);
	asm volatile("lr.d zero, (%1)\n\tsc.d zero, %2, (%1)\n\tsc.d %0, zero, (%1)"
		: "=&r"(result) : "r"(cell), "r"(SOME) : "memory");
	check_equal("second sc.d", result, 1);
	check_equal("memory after it", cell[0], SOME);
	asm volatile("1: lr.d.aq t0, (%0)\n\taddi t0, t0, 1\n\tsc.d.rl t1, t0, (%0)\n\tbnez t1, 1b"
		: : "r"(cell) : "t0", "t1", "memory");
	check_equal("add by lr and sc", cell[0], SOME + 1);
}

static void lr_w(u64 address) { asm volatile("lr.w t0, (%0)" : : "r"(address) : "t0"); }
static void lr_d(u64 address) { asm volatile("lr.d t0, (%0)" : : "r"(address) : "t0"); }
static void sc_w(u64 address) { asm volatile("sc.w t0, t0, (%0)" : : "r"(address) : "t0"); }
static void sc_d(u64 address) { asm volatile("sc.d t0, t0, (%0)" : : "r"(address) : "t0"); }

static void misaligned(void)
{
	u64 address = (u64)cell + 4;
	struct trap trap;

	trap_try(&trap, lr_w, address);
	check_equal("lr.w at 4", trap.cause, TRAP_NONE);
	trap_try(&trap, lr_d, address);
	check_equal("lr.d at 4", trap.cause, LOAD_MISALIGNED);
	check_equal("lr.d: address", trap.tval, address);
	trap_try(&trap, sc_w, address + 2);
	check_equal("sc.w at 6", trap.cause, STORE_MISALIGNED);
	trap_try(&trap, sc_d, address);
	check_equal("sc.d at 4", trap.cause, STORE_MISALIGNED);
	check_equal("sc.d: address", trap.tval, address);
}

int main(void);

int main(void)
{
	amo_64();
	amo_32();
	amo_forms();
	reservations();
	misaligned();
	check_end("isa-check atomic");
}
