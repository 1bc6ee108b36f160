/*
 * The M extension: products and their upper halves for each mix of signs, and division with its two
 * cases that other machines trap on: by zero, and the least number by -1.
 */
#include "guests/isa-check/try.h"

static void products(void)
{
	TRY_RR(mul, 7, -UINT64_C(3), -UINT64_C(21));
	TRY_RR(mul, MIN, 2, 0);
	TRY_RR(mul, SOME, OTHER, 0x2236d88fe5618cf0);
	TRY_RR(mulh, ONES, ONES, 0);
	TRY_RR(mulh, MIN, MIN, UINT64_C(1) << 62);
	TRY_RR(mulh, MIN, MAX, 0xc000000000000000);
	TRY_RR(mulh, 2, 3, 0);
	TRY_RR(mulhu, ONES, ONES, 0xfffffffffffffffe);
	TRY_RR(mulhu, MIN, MIN, UINT64_C(1) << 62);
	TRY_RR(mulhu, MIN, 2, 1);
	TRY_RR(mulhsu, ONES, ONES, ONES);
	TRY_RR(mulhsu, MIN, ONES, MIN);
	TRY_RR(mulhsu, 1, ONES, 0);
	TRY_RR(mulhsu, MAX, 4, 1);
	TRY_RR(mulw, MAX32, 2, 0xfffffffffffffffe);
	TRY_RR(mulw, BIT31, BIT31, 0);
	TRY_RR(mulw, SOME, 1, 0xffffffff89abcdef);
}

static void quotients(void)
{
	TRY_RR(div, 7, -UINT64_C(2), -UINT64_C(3));
	TRY_RR(div, MIN, ONES, MIN);
	TRY_RR(div, SOME, 0, ONES);
	TRY_RR(div, MIN, 1, MIN);
	TRY_RR(divu, 7, 2, 3);
	TRY_RR(divu, MIN, ONES, 0);
	TRY_RR(divu, SOME, 0, ONES);
	TRY_RR(divu, ONES, 2, MAX);
	TRY_RR(rem, 7, -UINT64_C(2), 1);
	TRY_RR(rem, -UINT64_C(7), 2, ONES);
	TRY_RR(rem, MIN, ONES, 0);
	TRY_RR(rem, SOME, 0, SOME);
	TRY_RR(remu, 7, 2, 1);
	TRY_RR(remu, MIN, ONES, MIN);
	TRY_RR(remu, SOME, 0, SOME);
}

/* Only the low halves count; a zero there divides by zero. */
static void quotients_32(void)
{
	TRY_RR(divw, 7, LOW32 - 1, -UINT64_C(3));
	TRY_RR(divw, BIT31, LOW32, MIN32);
	TRY_RR(divw, SOME, MIN, ONES);
	TRY_RR(divw, MIN32, 1, MIN32);
	TRY_RR(divuw, SOME, 16, 0x089abcde);
	TRY_RR(divuw, MIN32, 1, MIN32);
	TRY_RR(divuw, 5, MIN, ONES);
	TRY_RR(divuw, BIT31, LOW32, 0);
	TRY_RR(remw, -UINT64_C(7), 2, ONES);
	TRY_RR(remw, BIT31, LOW32, 0);
	TRY_RR(remw, SOME, MIN, 0xffffffff89abcdef);
	TRY_RR(remuw, MIN32, LOW32, MIN32);
	TRY_RR(remuw, LOW32, 16, 15);
	TRY_RR(remuw, SOME, MIN, 0xffffffff89abcdef);
}

int main(void);

int main(void)
{
	products();
	quotients();
	quotients_32();
	check_end("isa-check multiply");
}
