/*
 * Calls through pointers: the function to call changes at random, so that nobody can guess the
 * target from the call.
 */
#include "guests/bench/bench.h"

enum { CALLS = 20000, FUNCTIONS = 16 };

#define FUNCTION(n) \
	static u64 function_##n(u64 value) { return (value ^ UINT64_C(n)) + (value >> (n + 1)); }
FUNCTION(0) FUNCTION(1) FUNCTION(2) FUNCTION(3) FUNCTION(4) FUNCTION(5) FUNCTION(6) FUNCTION(7)
FUNCTION(8) FUNCTION(9) FUNCTION(10) FUNCTION(11) FUNCTION(12) FUNCTION(13) FUNCTION(14)
FUNCTION(15)
#undef FUNCTION

static u64 (*const functions[FUNCTIONS])(u64 value) = {
	function_0, function_1, function_2, function_3, function_4, function_5, function_6,
	function_7, function_8, function_9, function_10, function_11, function_12, function_13,
	function_14, function_15
};

static u64 iterate(void)
{
	u64 value = 1, state = 1;

	for (u64 i = 0; i < CALLS; i++)
		value = functions[bench_random(&state) % FUNCTIONS](value);
	return value;
}

const struct bench bench = {
	.name = "indirect", .iterations = 500, .operations = CALLS,
	.checksum = 0x845a66e724b082c,
	.iterate = iterate,
};
