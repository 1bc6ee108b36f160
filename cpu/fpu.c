/*
 * Floating-point arithmetic by integers. A finite number is taken apart into sign, exponent and a
 * significand whose top bit is set; the operation is done on significands of 128 bits, what falls
 * off the low end leaving a mark in the lowest bit ("sticky"); one function rounds and puts the
 * result together. See fpu.h; called by the engines for rows of verb FPU.
 */
#include "cpu/fpu.h"

#include "core/bits.h"
#include "cpu/format.h"
#include "cpu/priv.h"

struct fpu_type {
	u8 width, fraction;  /* bits of the whole, and of the fraction */
	s16 least, most;     /* exponents of normal numbers */
	u64 nan;             /* the canonical one */
};

static const struct fpu_type type_s = { 32, 23, -126, 127, 0x7fc00000 };
static const struct fpu_type type_d = { 64, 52, -1022, 1023, UINT64_C(0x7ff8000000000000) };

/* The operation under way. */
struct fpu {
	enum fpu_rounding rounding;
	u32 flags;
};

enum kind { KIND_ZERO, KIND_FINITE, KIND_INFINITE, KIND_QUIET, KIND_SIGNALLING };

/* Finite: significand / 2^127 * 2^exponent, with bit 127 of the significand set. */
struct number {
	enum kind kind;
	bool sign;
	s32 exponent;
	u128 significand;
};

static u64 sign_bit(const struct fpu_type *t)
{
	return UINT64_C(1) << (t->width - 1);
}

static u64 infinity(const struct fpu_type *t)
{
	return ((UINT64_C(1) << (t->width - 1 - t->fraction)) - 1) << t->fraction;
}

static u64 signed_bits(const struct fpu_type *t, bool sign, u64 bits)
{
	return sign ? bits | sign_bit(t) : bits;
}

static unsigned leading_zeros(u128 value)
{
	u64 high = (u64)(value >> 64);

	return high ? (unsigned)__builtin_clzll(high) : 64 + (unsigned)__builtin_clzll((u64)value);
}

static u128 shift_right_sticky(u128 value, u32 by)
{
	if (by == 0)
		return value;
	if (by > 127)
		return value != 0;
	return value >> by | (value << (128 - by) != 0);
}

/* Sets the top bit of a significand that is not zero. */
static void normalize(struct number *n)
{
	unsigned by = leading_zeros(n->significand);

	n->significand <<= by;
	n->exponent -= (s32)by;
}

static struct number unpack(const struct fpu_type *t, u64 bits)
{
	struct number n = { .sign = bits & sign_bit(t) };
	u64 fraction = bits_get(bits, 0, t->fraction);
	u64 biased = bits_get(bits, t->fraction, t->width - 1u - t->fraction);

	if (biased == infinity(t) >> t->fraction) {
		n.kind = KIND_INFINITE;
		if (fraction)
			n.kind = fraction >> (t->fraction - 1) ? KIND_QUIET : KIND_SIGNALLING;
	} else if (biased || fraction) {
		n.kind = KIND_FINITE;
		n.exponent = biased ? t->least + (s32)biased - 1 : t->least;
		n.significand = (u128)fraction << (127 - t->fraction);
		if (biased)
			n.significand |= (u128)1 << 127;
		normalize(&n);
	}
	return n;
}

static bool is_nan(const struct number *n)
{
	return n->kind >= KIND_QUIET;
}

static u64 invalid(struct fpu *fpu, const struct fpu_type *t)
{
	fpu->flags |= FPU_INVALID;
	return t->nan;
}

/* The result when an operand is NaN: the canonical one, and invalid if one signals. */
static u64 nan_of(struct fpu *fpu, const struct fpu_type *t, const struct number *a,
	const struct number *b)
{
	if (a->kind == KIND_SIGNALLING || b->kind == KIND_SIGNALLING)
		fpu->flags |= FPU_INVALID;
	return t->nan;
}

/* Drops the low `cut` bits, 1 to 127 of them. */
static u128 round_off(const struct fpu *fpu, bool sign, u128 significand, unsigned cut, bool *inexact)
{
	u128 kept = significand >> cut;
	u128 rest = significand & (((u128)1 << cut) - 1);
	u128 half = (u128)1 << (cut - 1);
	bool up = false;

	switch (fpu->rounding) {
	case ROUND_EVEN:
		up = rest > half || (rest == half && (kept & 1));
		break;
	case ROUND_AWAY:
		up = rest >= half;
		break;
	case ROUND_DOWN:
		up = sign && rest;
		break;
	case ROUND_UP:
		up = !sign && rest;
		break;
	default:
		break;
	}
	*inexact = rest != 0;
	return kept + up;
}

static u64 overflow(struct fpu *fpu, const struct fpu_type *t, bool sign)
{
	bool nearest = fpu->rounding == ROUND_EVEN || fpu->rounding == ROUND_AWAY;
	bool outward = fpu->rounding == (sign ? ROUND_DOWN : ROUND_UP);

	fpu->flags |= FPU_OVERFLOW | FPU_INEXACT;
	return signed_bits(t, sign, nearest || outward ? infinity(t) : infinity(t) - 1);
}

/* The finite number `n`, rounded. Underflow: tiny after rounding as if the exponent had no least
 * (unprivileged, 11.3), and inexact. */
static u64 pack(struct fpu *fpu, const struct fpu_type *t, struct number n)
{
	unsigned cut = 127u - t->fraction;
	bool tiny = false, inexact;
	u64 bits;

	if (n.exponent < t->least) {
		u128 rounded = round_off(fpu, n.sign, n.significand, cut, &inexact);

		tiny = n.exponent < t->least - 1 || !(rounded >> (t->fraction + 1));
		n.significand = shift_right_sticky(n.significand, (u32)(t->least - n.exponent));
		n.exponent = t->least;
	}
	if (n.exponent > t->most)
		return overflow(fpu, t, n.sign);
	/* The top bit, if it is there, counts as one in the exponent; so does a carry. */
	bits = (u64)round_off(fpu, n.sign, n.significand, cut, &inexact)
		+ ((u64)(n.exponent - t->least) << t->fraction);
	if (bits >= infinity(t))
		return overflow(fpu, t, n.sign);
	if (inexact)
		fpu->flags |= FPU_INEXACT | (tiny ? FPU_UNDERFLOW : 0);
	return signed_bits(t, n.sign, bits);
}

/* The sign of an exact zero that is a sum of two numbers of different sign. */
static u64 zero_sum(const struct fpu *fpu, const struct fpu_type *t)
{
	return signed_bits(t, fpu->rounding == ROUND_DOWN, 0);
}

/* Both finite. */
static u64 sum(struct fpu *fpu, const struct fpu_type *t, struct number a, struct number b)
{
	if (a.exponent < b.exponent || (a.exponent == b.exponent && a.significand < b.significand)) {
		struct number c = a;

		a = b;
		b = c;
	}
	/* One bit of room for the carry. */
	b.significand = shift_right_sticky(b.significand, (u32)(a.exponent - b.exponent) + 1);
	a.significand = shift_right_sticky(a.significand, 1);
	a.exponent++;
	a.significand += a.sign == b.sign ? b.significand : -b.significand;
	if (a.significand == 0)
		return zero_sum(fpu, t);
	normalize(&a);
	return pack(fpu, t, a);
}

static u64 fpu_negated(const struct fpu_type *t, u64 a)
{
	return a ^ sign_bit(t);
}

static u64 fpu_add(struct fpu *fpu, const struct fpu_type *t, u64 a, u64 b)
{
	struct number x = unpack(t, a), y = unpack(t, b);

	if (is_nan(&x) || is_nan(&y))
		return nan_of(fpu, t, &x, &y);
	if (x.kind == KIND_INFINITE && y.kind == KIND_INFINITE && x.sign != y.sign)
		return invalid(fpu, t);
	if (x.kind == KIND_INFINITE || y.kind == KIND_INFINITE)
		return x.kind == KIND_INFINITE ? a : b;
	if (x.kind == KIND_ZERO && y.kind == KIND_ZERO)
		return x.sign == y.sign ? a : zero_sum(fpu, t);
	if (x.kind == KIND_ZERO || y.kind == KIND_ZERO)
		return x.kind == KIND_ZERO ? b : a;
	return sum(fpu, t, x, y);
}

/* Exact; of two numbers that are no NaN. Infinity times zero is left to the caller. */
static struct number product(const struct fpu_type *t, struct number x, struct number y)
{
	struct number p = { .kind = KIND_FINITE, .sign = x.sign != y.sign };

	if (x.kind == KIND_INFINITE || y.kind == KIND_INFINITE) {
		p.kind = KIND_INFINITE;
	} else if (x.kind == KIND_ZERO || y.kind == KIND_ZERO) {
		p.kind = KIND_ZERO;
	} else {
		/* Significands have at most 53 bits, at the top. */
		p.significand = (u128)(u64)(x.significand >> 64) * (u64)(y.significand >> 64);
		p.exponent = x.exponent + y.exponent + 1;
		normalize(&p);
	}
	return p;
}

static bool infinity_times_zero(const struct number *x, const struct number *y)
{
	return (x->kind == KIND_INFINITE && y->kind == KIND_ZERO)
		|| (x->kind == KIND_ZERO && y->kind == KIND_INFINITE);
}

static u64 fpu_multiply(struct fpu *fpu, const struct fpu_type *t, u64 a, u64 b)
{
	struct number x = unpack(t, a), y = unpack(t, b), p;

	if (is_nan(&x) || is_nan(&y))
		return nan_of(fpu, t, &x, &y);
	if (infinity_times_zero(&x, &y))
		return invalid(fpu, t);
	p = product(t, x, y);
	if (p.kind == KIND_FINITE)
		return pack(fpu, t, p);
	return signed_bits(t, p.sign, p.kind == KIND_INFINITE ? infinity(t) : 0);
}

/* a * b + c, rounded once. */
static u64 fpu_fused(struct fpu *fpu, const struct fpu_type *t, u64 a, u64 b, u64 c)
{
	struct number x = unpack(t, a), y = unpack(t, b), z = unpack(t, c), p;

	/* Infinity times zero is invalid even when c is a quiet NaN (unprivileged, 11.6). */
	if (infinity_times_zero(&x, &y))
		return invalid(fpu, t);
	if (is_nan(&x) || is_nan(&y) || is_nan(&z)) {
		nan_of(fpu, t, &x, &y);
		return nan_of(fpu, t, &z, &z);
	}
	p = product(t, x, y);
	if (p.kind == KIND_INFINITE && z.kind == KIND_INFINITE && p.sign != z.sign)
		return invalid(fpu, t);
	if (p.kind == KIND_INFINITE)
		return signed_bits(t, p.sign, infinity(t));
	if (z.kind == KIND_INFINITE)
		return c;
	if (p.kind == KIND_ZERO && z.kind == KIND_ZERO)
		return p.sign == z.sign ? c : zero_sum(fpu, t);
	if (p.kind == KIND_ZERO)
		return c;
	return z.kind == KIND_ZERO ? pack(fpu, t, p) : sum(fpu, t, p, z);
}

static u64 fpu_divide(struct fpu *fpu, const struct fpu_type *t, u64 a, u64 b)
{
	struct number x = unpack(t, a), y = unpack(t, b);
	bool sign = x.sign != y.sign;
	u128 above;
	u64 below;

	if (is_nan(&x) || is_nan(&y))
		return nan_of(fpu, t, &x, &y);
	if (x.kind == y.kind && x.kind != KIND_FINITE)
		return invalid(fpu, t);
	if (x.kind == KIND_INFINITE || y.kind == KIND_ZERO) {
		if (x.kind == KIND_FINITE)
			fpu->flags |= FPU_DIVIDE;
		return signed_bits(t, sign, infinity(t));
	}
	if (x.kind == KIND_ZERO || y.kind == KIND_INFINITE)
		return signed_bits(t, sign, 0);
	/* A quotient of 63 or 64 bits, and a mark for the remainder. */
	above = x.significand >> 1;
	below = (u64)(y.significand >> 64);
	x.significand = above / below << 64 | (above % below != 0);
	x.exponent -= y.exponent;
	x.sign = sign;
	normalize(&x);
	return pack(fpu, t, x);
}

/* The greatest integer whose square is at most `value`. */
static u64 integer_root(u128 value)
{
	u64 root = 0;

	for (u64 bit = UINT64_C(1) << 63; bit; bit >>= 1)
		if ((u128)(root | bit) * (root | bit) <= value)
			root |= bit;
	return root;
}

static u64 fpu_square_root(struct fpu *fpu, const struct fpu_type *t, u64 a)
{
	struct number x = unpack(t, a);
	u64 root;

	if (is_nan(&x))
		return nan_of(fpu, t, &x, &x);
	if (x.kind == KIND_ZERO)
		return a;
	if (x.sign)
		return invalid(fpu, t);
	if (x.kind == KIND_INFINITE)
		return a;
	if (!(x.exponent & 1))
		x.significand >>= 1;
	root = integer_root(x.significand);
	x.significand = (u128)root << 64 | ((u128)root * root != x.significand);
	x.exponent >>= 1;
	return pack(fpu, t, x);
}

/* Is x below y, as numbers? Neither is NaN. */
static bool below(const struct fpu_type *t, u64 a, u64 b)
{
	bool minus_a = a & sign_bit(t), minus_b = b & sign_bit(t);

	if (((a | b) & ~sign_bit(t)) == 0)
		return false;
	if (minus_a != minus_b)
		return minus_a;
	return minus_a ? a > b : a < b;
}

/* 2019's minimumNumber and maximumNumber: a number before a NaN, -0 before +0. */
static u64 fpu_least(struct fpu *fpu, const struct fpu_type *t, u64 a, u64 b)
{
	struct number x = unpack(t, a), y = unpack(t, b);

	nan_of(fpu, t, &x, &y);
	if (is_nan(&x))
		return is_nan(&y) ? t->nan : b;
	if (is_nan(&y))
		return a;
	return below(t, a, b) || (!below(t, b, a) && x.sign) ? a : b;
}

static u64 fpu_greatest(struct fpu *fpu, const struct fpu_type *t, u64 a, u64 b)
{
	struct number x = unpack(t, a), y = unpack(t, b);

	nan_of(fpu, t, &x, &y);
	if (is_nan(&x))
		return is_nan(&y) ? t->nan : b;
	if (is_nan(&y))
		return a;
	return below(t, b, a) || (!below(t, a, b) && !x.sign) ? a : b;
}

static u64 fpu_with_sign(const struct fpu_type *t, u64 a, u64 sign)
{
	return (a & ~sign_bit(t)) | (sign & sign_bit(t));
}

static u64 fpu_convert(struct fpu *fpu, const struct fpu_type *t, u64 a)
{
	struct number x = unpack(t == &type_s ? &type_d : &type_s, a);

	if (is_nan(&x))
		return nan_of(fpu, t, &x, &x);
	if (x.kind == KIND_FINITE)
		return pack(fpu, t, x);
	return signed_bits(t, x.sign, x.kind == KIND_INFINITE ? infinity(t) : 0);
}

static u64 fpu_from_integer(struct fpu *fpu, const struct fpu_type *t, bool sign, u64 value)
{
	struct number n = { .kind = KIND_FINITE, .sign = sign, .exponent = 127, .significand = value };

	if (value == 0)
		return 0;
	normalize(&n);
	return pack(fpu, t, n);
}

static u64 fpu_from_signed(struct fpu *fpu, const struct fpu_type *t, s64 value)
{
	return fpu_from_integer(fpu, t, value < 0, value < 0 ? -(u64)value : (u64)value);
}

static u64 fpu_equal(struct fpu *fpu, const struct fpu_type *t, u64 a, u64 b)
{
	struct number x = unpack(t, a), y = unpack(t, b);

	nan_of(fpu, t, &x, &y);
	return !is_nan(&x) && !is_nan(&y) && (a == b || ((a | b) & ~sign_bit(t)) == 0);
}

static u64 fpu_less(struct fpu *fpu, const struct fpu_type *t, u64 a, u64 b, bool or_equal)
{
	struct number x = unpack(t, a), y = unpack(t, b);

	if (is_nan(&x) || is_nan(&y)) {
		invalid(fpu, t);
		return 0;
	}
	return or_equal ? !below(t, b, a) : below(t, a, b);
}

static u64 fpu_class(const struct fpu_type *t, u64 a)
{
	struct number x = unpack(t, a);
	bool subnormal = x.exponent < t->least;

	switch (x.kind) {
	case KIND_ZERO:
		return 1 << (x.sign ? 3 : 4);
	case KIND_FINITE:
		return 1 << (x.sign ? 1 + subnormal : 6 - subnormal);
	case KIND_INFINITE:
		return 1 << (x.sign ? 0 : 7);
	case KIND_SIGNALLING:
		return 1 << 8;
	default:
		return 1 << 9;
	}
}

/* Out of range, or NaN: invalid, and the nearest integer there is (NaN: the greatest). Results of
 * 32 bits are sign-extended, unsigned ones too (unprivileged, 11.7). */
static u64 fpu_to_integer(struct fpu *fpu, const struct fpu_type *t, u64 a, unsigned width,
	bool is_signed)
{
	struct number x = unpack(t, a);
	u64 greatest = ~(u64)0 >> (64 - width + is_signed);
	bool minus = x.sign && !is_nan(&x), inexact = false;
	u128 most = !minus ? greatest : is_signed ? (u128)greatest + 1 : 0;
	u128 size = 0;
	u64 result;

	if (x.kind == KIND_FINITE && x.exponent < 64)
		/* 64 bits of integer, 63 of fraction below them and one of room above. */
		size = round_off(fpu, x.sign, shift_right_sticky(x.significand,
			(u32)(64 - x.exponent)), 63, &inexact);
	else if (x.kind != KIND_ZERO)
		size = (u128)1 << 64;
	if (size > most) {
		fpu->flags |= FPU_INVALID;
		size = most;
	} else if (inexact) {
		fpu->flags |= FPU_INEXACT;
	}
	result = minus ? -(u64)size : (u64)size;
	return width == 32 ? (u64)(s64)(s32)result : result;
}

static u64 fpu_bits(const struct fpu_type *t, u64 a)
{
	return t == &type_s ? (u64)(s64)(s32)a : a;
}

/* The rows. */

enum operand { OPERAND_SAME, OPERAND_OTHER, OPERAND_RAW, OPERAND_INTEGER };

struct fpu_function {
	u64 (*value)(struct fpu *fpu, const struct fpu_type *t, u64 a, u64 b, u64 c);
	enum operand to, from;
};

#define FPU_FUNCTION(name, shortcut, to, from, value) \
	static u64 value_##name(struct fpu *fpu, const struct fpu_type *t, u64 a, u64 b, u64 c) \
	{ \
		return value; \
	}
#include "cpu/fpu.def"
#undef FPU_FUNCTION

#define FPU_FUNCTION(name, shortcut, to, from, value) \
	static const struct fpu_function function_##name = { \
		value_##name, OPERAND_##to, OPERAND_##from };
#include "cpu/fpu.def"
#undef FPU_FUNCTION

static const struct fpu_row {
	const struct fpu_function *function;
	const struct fpu_type *type;
} fpu_rows[INSN_COUNT] = {
#define LET(...)              { NULL, NULL }
#define ALU(...)              { NULL, NULL }
#define ALUW(...)             { NULL, NULL }
#define JUMP(...)             { NULL, NULL }
#define BRANCH(...)           { NULL, NULL }
#define LOAD(...)             { NULL, NULL }
#define STORE(...)            { NULL, NULL }
#define FLOAD(...)            { NULL, NULL }
#define FSTORE(...)           { NULL, NULL }
#define AMO(...)              { NULL, NULL }
#define LR(...)               { NULL, NULL }
#define SC(...)               { NULL, NULL }
#define CBO(...)              { NULL, NULL }
#define FENCE(...)            { NULL, NULL }
#define CALL(...)             { NULL, NULL }
#define FPU(function, t)      { &function_##function, &type_##t }
#define INSN(name, picture, format, extension, meaning) meaning,
#include "cpu/insn.def"
#undef INSN
};

static u64 operand(const struct fpu_registers *registers, const struct fpu_row *row, u8 number)
{
	enum operand from = row->function->from;
	u64 bits = from == OPERAND_INTEGER ? registers->x[number] : registers->f[number];
	bool single = (row->type == &type_s) == (from == OPERAND_SAME);

	if (from == OPERAND_INTEGER || from == OPERAND_RAW || !single)
		return bits;
	return bits >= FPU_BOX ? (u32)bits : type_s.nan;
}

bool fpu_execute(const struct fpu_registers *registers, enum insn_id id, u8 rd, u8 rs1, u8 rs2,
	s32 imm)
{
	const struct format_row *format = &format_rows[insn_rows[id].format];
	const struct fpu_row *row = &fpu_rows[id];
	struct fpu fpu = { ROUND_EVEN, 0 };
	u64 value;

	if (format->rounds) {
		u32 rounding = imm & 7;

		if (rounding == ROUND_DYNAMIC)
			rounding = *registers->fcsr >> FPU_ROUNDING_SHIFT & 7;
		if (rounding >= ROUND_MODES)
			return false;
		fpu.rounding = (enum fpu_rounding)rounding;
	}
	value = row->function->value(&fpu, row->type, operand(registers, row, rs1),
		operand(registers, row, rs2), operand(registers, row, (u8)(imm >> 3 & 31)));
	if (row->function->to == OPERAND_INTEGER)
		registers->x[rd] = value;
	else
		registers->f[rd] = row->type == &type_s ? value | FPU_BOX : value;
	if (fpu.flags || row->function->to != OPERAND_INTEGER) {
		*registers->fcsr |= fpu.flags;
		*registers->status |= STATUS_FS;
	}
	return true;
}
