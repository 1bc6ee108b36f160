/*
 * Shortcuts through the host's floating point, for the common case: rounding to even, finite
 * operands, an ordinary result, and flags that are known. Inexact is known when it is raised
 * already, or when the result can be shown to be exact; nothing else may be raised here. Each
 * shortcut returns false, with nothing changed, where it does not know: then fpu_execute does it.
 *
 * Needs arithmetic in the types' own precision and nothing contracted (-ffp-contract=off). For the
 * engines, while mstatus.FS is dirty.
 */
#ifndef CPU_FPU_HOST_H
#define CPU_FPU_HOST_H

#include <float.h>
#include <math.h>
#include <string.h>

#include "cpu/block.h"
#include "cpu/fpu.h"

_Static_assert(FLT_EVAL_METHOD == 0 && DBL_MANT_DIG == 53 && FLT_MANT_DIG == 24, "IEEE 754");

static inline double double_of(u64 bits)
{
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

static inline u64 double_bits(double value)
{
	u64 bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

static inline float float_of(u64 bits)
{
	u32 low = (u32)bits;
	float value;

	memcpy(&value, &low, sizeof(value));
	return value;
}

static inline u64 float_bits(float value)
{
	u32 bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits | FPU_BOX;
}

/* Not infinite, no NaN (singles: and boxed). */
static inline bool finite_d(u64 bits)
{
	return (bits >> 52 & 0x7ff) != 0x7ff;
}

static inline bool finite_s(u64 bits)
{
	return bits >= FPU_BOX && (bits >> 23 & 0xff) != 0xff;
}

static inline bool normal_d(u64 bits)
{
	return (((bits >> 52) + 1) & 0x7ff) > 1;
}

static inline bool normal_s(u64 bits)
{
	return bits >= FPU_BOX && (((bits >> 23) + 1) & 0xff) > 1;
}

/* Larger than the least normal number, so not rounded up to it from below. */
static inline bool clear_d(u64 bits)
{
	return normal_d(bits) && bits << 1 != UINT64_C(1) << 53;
}

static inline bool clear_s(u64 bits)
{
	return normal_s(bits) && (u32)bits << 1 != UINT32_C(1) << 24;
}

/* Bits of a normal number's significand, without trailing zeros: 1 to 53. */
static inline int significant(u64 bits)
{
	return 53 - __builtin_ctzll(bits | UINT64_C(1) << 52);
}

/* Is the product of two normal numbers certainly exact? */
static inline bool exact_product(u64 a, u64 b)
{
	return significant(a) + significant(b) <= 53;
}

/* What was lost in r = a + b; exact itself. */
static inline double lost_d(double a, double b, double r)
{
	double other = r - a;

	return (a - (r - other)) + (b - other);
}

static inline float lost_s(float a, float b, float r)
{
	float other = r - a;

	return (a - (r - other)) + (b - other);
}

/* What a shortcut sees: the registers, the instruction, and fcsr. */
struct shortcut {
	u64 *x, *f;
	const struct op *op;
	u64 fcsr;
};

static inline u64 first(const struct shortcut *s)
{
	return s->f[s->op->rs1];
}

static inline u64 second(const struct shortcut *s)
{
	return s->f[s->op->rs2];
}

static inline u64 third(const struct shortcut *s)
{
	return s->f[s->op->imm >> 3 & 31];
}

static inline bool to_f(const struct shortcut *s, u64 value)
{
	s->f[s->op->rd] = value;
	return true;
}

static inline bool to_x(const struct shortcut *s, u64 value)
{
	s->x[s->op->rd] = value;
	return true;
}

/* Rounds to even, by name or by fcsr? */
static inline bool to_even(const struct shortcut *s)
{
	return s->fcsr >> FPU_ROUNDING_SHIFT == ROUND_EVEN && ((s->op->imm + 1) & 7) < 2;
}

static inline bool inexact(const struct shortcut *s)
{
	return s->fcsr & FPU_INEXACT;
}

/* Sums: results below the normal numbers are exact, as every sum there is. */
static inline bool sum_d(const struct shortcut *s, u64 a, u64 b)
{
	double r = double_of(a) + double_of(b);

	return to_even(s) && finite_d(a) && finite_d(b) && finite_d(double_bits(r))
		&& (inexact(s) || lost_d(double_of(a), double_of(b), r) == 0)
		&& to_f(s, double_bits(r));
}

static inline bool sum_s(const struct shortcut *s, u64 a, u64 b)
{
	float r = float_of(a) + float_of(b);

	return to_even(s) && finite_s(a) && finite_s(b) && finite_s(float_bits(r))
		&& (inexact(s) || lost_s(float_of(a), float_of(b), r) == 0)
		&& to_f(s, float_bits(r));
}

static inline bool shortcut_add_d(const struct shortcut *s)
{
	return sum_d(s, first(s), second(s));
}

static inline bool shortcut_add_s(const struct shortcut *s)
{
	return sum_s(s, first(s), second(s));
}

static inline bool shortcut_sub_d(const struct shortcut *s)
{
	return sum_d(s, first(s), second(s) ^ UINT64_C(1) << 63);
}

static inline bool shortcut_sub_s(const struct shortcut *s)
{
	return sum_s(s, first(s), second(s) ^ UINT64_C(1) << 31);
}

static inline bool shortcut_mul_d(const struct shortcut *s)
{
	u64 a = first(s), b = second(s);
	u64 r = double_bits(double_of(a) * double_of(b));

	if (!to_even(s) || !finite_d(a) || !finite_d(b))
		return false;
	if (a << 1 == 0 || b << 1 == 0)
		return to_f(s, r);
	return normal_d(a) && normal_d(b) && clear_d(r) && (inexact(s) || exact_product(a, b))
		&& to_f(s, r);
}

static inline bool shortcut_mul_s(const struct shortcut *s)
{
	u64 a = first(s), b = second(s);
	double exact = (double)float_of(a) * (double)float_of(b);
	u64 r = float_bits((float)exact);

	if (!to_even(s) || !finite_s(a) || !finite_s(b))
		return false;
	if (exact == 0)
		return to_f(s, r);
	return clear_s(r) && (inexact(s) || (double)float_of(r) == exact) && to_f(s, r);
}

static inline bool shortcut_div_d(const struct shortcut *s)
{
	u64 a = first(s), b = second(s);
	u64 r = double_bits(double_of(a) / double_of(b));

	return to_even(s) && normal_d(a) && normal_d(b) && clear_d(r)
		&& (inexact(s) || (exact_product(r, b) && double_of(r) * double_of(b) == double_of(a)))
		&& to_f(s, r);
}

static inline bool shortcut_div_s(const struct shortcut *s)
{
	u64 a = first(s), b = second(s);
	u64 r = float_bits(float_of(a) / float_of(b));

	return to_even(s) && normal_s(a) && normal_s(b) && clear_s(r)
		&& (inexact(s) || (double)float_of(r) * (double)float_of(b) == (double)float_of(a))
		&& to_f(s, r);
}

static inline bool shortcut_sqrt_d(const struct shortcut *s)
{
	u64 a = first(s), r;

	if (!to_even(s) || !normal_d(a) || a >> 63)
		return false;
	r = double_bits(sqrt(double_of(a)));
	return (inexact(s) || (exact_product(r, r) && double_of(r) * double_of(r) == double_of(a)))
		&& to_f(s, r);
}

static inline bool shortcut_sqrt_s(const struct shortcut *s)
{
	u64 a = first(s), r;

	if (!to_even(s) || !normal_s(a) || a >> 31 & 1)
		return false;
	r = float_bits(sqrtf(float_of(a)));
	return (inexact(s) || (double)float_of(r) * (double)float_of(r) == (double)float_of(a))
		&& to_f(s, r);
}

/* An exact product makes it an ordinary sum. */
static inline bool fused_d(const struct shortcut *s, u64 a, u64 b, u64 c)
{
	double product = double_of(a) * double_of(b), sum;
	u64 r;

	if (!to_even(s) || !normal_d(a) || !normal_d(b) || !normal_d(c))
		return false;
	if (exact_product(a, b) && clear_d(double_bits(product))) {
		sum = product + double_of(c);
		return finite_d(double_bits(sum))
			&& (inexact(s) || lost_d(product, double_of(c), sum) == 0)
			&& to_f(s, double_bits(sum));
	}
	if (!inexact(s))
		return false;
	r = double_bits(fma(double_of(a), double_of(b), double_of(c)));
	return clear_d(r) && to_f(s, r);
}

/* The product of two singles is an exact double; so is the sum when nothing is lost in it. */
static inline bool fused_s(const struct shortcut *s, u64 a, u64 b, u64 c)
{
	double product = (double)float_of(a) * (double)float_of(b);
	double sum = product + (double)float_of(c);
	u64 r = float_bits((float)sum);

	return to_even(s) && normal_s(a) && normal_s(b) && normal_s(c) && clear_s(r)
		&& lost_d(product, (double)float_of(c), sum) == 0
		&& (inexact(s) || (double)float_of(r) == sum) && to_f(s, r);
}

static inline bool shortcut_madd_d(const struct shortcut *s)
{
	return fused_d(s, first(s), second(s), third(s));
}

static inline bool shortcut_msub_d(const struct shortcut *s)
{
	return fused_d(s, first(s), second(s), third(s) ^ UINT64_C(1) << 63);
}

static inline bool shortcut_nmsub_d(const struct shortcut *s)
{
	return fused_d(s, first(s) ^ UINT64_C(1) << 63, second(s), third(s));
}

static inline bool shortcut_nmadd_d(const struct shortcut *s)
{
	return fused_d(s, first(s) ^ UINT64_C(1) << 63, second(s), third(s) ^ UINT64_C(1) << 63);
}

static inline bool shortcut_madd_s(const struct shortcut *s)
{
	return fused_s(s, first(s), second(s), third(s));
}

static inline bool shortcut_msub_s(const struct shortcut *s)
{
	return fused_s(s, first(s), second(s), third(s) ^ UINT64_C(1) << 31);
}

static inline bool shortcut_nmsub_s(const struct shortcut *s)
{
	return fused_s(s, first(s) ^ UINT64_C(1) << 31, second(s), third(s));
}

static inline bool shortcut_nmadd_s(const struct shortcut *s)
{
	return fused_s(s, first(s) ^ UINT64_C(1) << 31, second(s), third(s) ^ UINT64_C(1) << 31);
}

/* What never rounds. */

static inline bool shortcut_sgnj_d(const struct shortcut *s)
{
	return to_f(s, (first(s) & ~(UINT64_C(1) << 63)) | (second(s) & UINT64_C(1) << 63));
}

static inline bool shortcut_sgnjn_d(const struct shortcut *s)
{
	return to_f(s, (first(s) & ~(UINT64_C(1) << 63)) | (~second(s) & UINT64_C(1) << 63));
}

static inline bool shortcut_sgnjx_d(const struct shortcut *s)
{
	return to_f(s, first(s) ^ (second(s) & UINT64_C(1) << 63));
}

static inline bool boxed(const struct shortcut *s)
{
	return first(s) >= FPU_BOX && second(s) >= FPU_BOX;
}

static inline bool shortcut_sgnj_s(const struct shortcut *s)
{
	return boxed(s)
		&& to_f(s, (first(s) & ~(UINT64_C(1) << 31)) | (second(s) & UINT64_C(1) << 31));
}

static inline bool shortcut_sgnjn_s(const struct shortcut *s)
{
	return boxed(s)
		&& to_f(s, (first(s) & ~(UINT64_C(1) << 31)) | (~second(s) & UINT64_C(1) << 31));
}

static inline bool shortcut_sgnjx_s(const struct shortcut *s)
{
	return boxed(s) && to_f(s, first(s) ^ (second(s) & UINT64_C(1) << 31));
}

static inline bool shortcut_eq_d(const struct shortcut *s)
{
	return finite_d(first(s)) && finite_d(second(s))
		&& to_x(s, double_of(first(s)) == double_of(second(s)));
}

static inline bool shortcut_lt_d(const struct shortcut *s)
{
	return finite_d(first(s)) && finite_d(second(s))
		&& to_x(s, double_of(first(s)) < double_of(second(s)));
}

static inline bool shortcut_le_d(const struct shortcut *s)
{
	return finite_d(first(s)) && finite_d(second(s))
		&& to_x(s, double_of(first(s)) <= double_of(second(s)));
}

static inline bool shortcut_eq_s(const struct shortcut *s)
{
	return finite_s(first(s)) && finite_s(second(s))
		&& to_x(s, float_of(first(s)) == float_of(second(s)));
}

static inline bool shortcut_lt_s(const struct shortcut *s)
{
	return finite_s(first(s)) && finite_s(second(s))
		&& to_x(s, float_of(first(s)) < float_of(second(s)));
}

static inline bool shortcut_le_s(const struct shortcut *s)
{
	return finite_s(first(s)) && finite_s(second(s))
		&& to_x(s, float_of(first(s)) <= float_of(second(s)));
}

static inline bool shortcut_from_bits_d(const struct shortcut *s)
{
	return to_f(s, s->x[s->op->rs1]);
}

static inline bool shortcut_from_bits_s(const struct shortcut *s)
{
	return to_f(s, s->x[s->op->rs1] | FPU_BOX);
}

static inline bool shortcut_to_bits_d(const struct shortcut *s)
{
	return to_x(s, first(s));
}

static inline bool shortcut_to_bits_s(const struct shortcut *s)
{
	return to_x(s, (u64)(s64)(s32)first(s));
}

/* Conversions. */

static inline bool shortcut_from_s32_d(const struct shortcut *s)
{
	return to_even(s) && to_f(s, double_bits((double)(s32)s->x[s->op->rs1]));
}

static inline bool shortcut_from_s32_s(const struct shortcut *s)
{
	s32 value = (s32)s->x[s->op->rs1];

	return to_even(s) && (inexact(s) || (value >= -(1 << 24) && value <= 1 << 24))
		&& to_f(s, float_bits((float)value));
}

static inline bool shortcut_from_s64_d(const struct shortcut *s)
{
	s64 value = (s64)s->x[s->op->rs1], limit = INT64_C(1) << 53;

	return to_even(s) && (inexact(s) || (value >= -limit && value <= limit))
		&& to_f(s, double_bits((double)value));
}

static inline bool shortcut_from_s64_s(const struct shortcut *s)
{
	s64 value = (s64)s->x[s->op->rs1];

	return to_even(s) && (inexact(s) || (value >= -(1 << 24) && value <= 1 << 24))
		&& to_f(s, float_bits((float)value));
}

/* Only towards zero, which is how languages convert. */
static inline bool truncate(const struct shortcut *s, double value, double limit)
{
	s64 whole;

	if ((s->op->imm & 7) != ROUND_ZERO || !(value > -limit && value < limit))
		return false;
	whole = (s64)value;
	return (inexact(s) || (double)whole == value) && to_x(s, (u64)whole);
}

static inline bool shortcut_to_s32_d(const struct shortcut *s)
{
	return truncate(s, double_of(first(s)), 0x1p31);
}

static inline bool shortcut_to_s64_d(const struct shortcut *s)
{
	return truncate(s, double_of(first(s)), 0x1p53);
}

static inline bool shortcut_to_s32_s(const struct shortcut *s)
{
	return finite_s(first(s)) && truncate(s, (double)float_of(first(s)), 0x1p31);
}

static inline bool shortcut_to_s64_s(const struct shortcut *s)
{
	return finite_s(first(s)) && truncate(s, (double)float_of(first(s)), 0x1p53);
}

/* To d from s, exact, and to s from d. */
static inline bool shortcut_convert_d(const struct shortcut *s)
{
	return to_even(s) && finite_s(first(s)) && to_f(s, double_bits((double)float_of(first(s))));
}

static inline bool shortcut_convert_s(const struct shortcut *s)
{
	double value = double_of(first(s));
	u64 r = float_bits((float)value);

	return to_even(s) && normal_d(first(s)) && clear_s(r)
		&& (inexact(s) || (double)float_of(r) == value) && to_f(s, r);
}

/* What has no shortcut in fpu.def. */
#define SHORTCUT_YES(name)
#define SHORTCUT_NO(name) \
	static inline bool shortcut_##name##_s(const struct shortcut *s) { return false; } \
	static inline bool shortcut_##name##_d(const struct shortcut *s) { return false; }
#define FPU_FUNCTION(name, shortcut, to, from, value) SHORTCUT_##shortcut(name)
#include "cpu/fpu.def"
#undef FPU_FUNCTION
#undef SHORTCUT_YES
#undef SHORTCUT_NO

#endif
