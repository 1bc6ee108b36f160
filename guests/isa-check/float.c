/*
 * F and D: each row with a result that can be worked out by hand, and what is not arithmetic: boxes
 * round singles, loads and stores in all their forms, flags and rounding modes in fcsr, and what
 * mstatus.FS says. Arithmetic on its edges is compared with other processors in tests/vectors.
 */
#include "guests/check/trap.h"
#include "guests/isa-check/try.h"

asm(".option arch, +f, +d");

enum { ILLEGAL = 2, NX = 1, UF = 2, OF = 4, DZ = 8, NV = 16 };

#define BOX UINT64_C(0xffffffff00000000)
#define STATUS_FS (CSR_BIT(13) | CSR_BIT(14))
#define STATUS_SD CSR_BIT(63)

/* Singles, boxed; doubles */
#define S_1 (BOX | 0x3f800000)
#define S_2 (BOX | 0x40000000)
#define S_3 (BOX | 0x40400000)
#define S_6 (BOX | 0x40c00000)
#define S_7 (BOX | 0x40e00000)
#define S_MINUS_1 (BOX | 0xbf800000)
#define S_MINUS_5 (BOX | 0xc0a00000)
#define S_MINUS_7 (BOX | 0xc0e00000)
#define S_THIRD (BOX | 0x3eaaaaab)
#define S_NAN (BOX | 0x7fc00000)
#define D_1 0x3ff0000000000000
#define D_2 0x4000000000000000
#define D_3 0x4008000000000000
#define D_6 0x4018000000000000
#define D_7 0x401c000000000000
#define D_MINUS_1 0xbff0000000000000
#define D_MINUS_5 0xc014000000000000
#define D_MINUS_7 0xc01c000000000000
#define D_THIRD 0x3fd5555555555555
#define D_NAN 0x7ff8000000000000

/* `text` works on fa0 (and a0) to fa3 (and a1); `wanted` of fa0 or of a0, and the flags raised. */
#define TRY_FLOAT(text, from, to, a, b, c, wanted, flags) do { \
	register u64 a0 asm("a0") = a; \
	register u64 a1 asm("a1") = b; \
	register u64 a2 asm("a2") = c; \
	asm volatile("fscsr zero\n\tfmv.d.x fa1, a0\n\tfmv.d.x fa2, a1\n\tfmv.d.x fa3, a2\n\t" \
		from "\n\t" PLAIN(text) "\n\t" to "\n\tfrflags a1" \
		: "+r"(a0), "+r"(a1), "+r"(a2) : : "memory"); \
	u64 result = a0, raised = a1; \
	check_equal(text, result, wanted); \
	check_equal(text ": flags", raised, flags); \
} while (0)
#define TRY_F(text, a, b, c, wanted, flags) \
	TRY_FLOAT(text, "", "fmv.x.d a0, fa0", a, b, c, wanted, flags)
#define TRY_X(text, a, b, wanted, flags) TRY_FLOAT(text, "", "", a, b, 0, wanted, flags)

static void arithmetic_s(void)
{
	TRY_F("fadd.s fa0, fa1, fa2", S_1, S_2, 0, S_3, 0);
	TRY_F("fsub.s fa0, fa1, fa2", S_2, S_3, 0, S_MINUS_1, 0);
	TRY_F("fmul.s fa0, fa1, fa2", S_2, S_3, 0, S_6, 0);
	TRY_F("fdiv.s fa0, fa1, fa2", S_6, S_3, 0, S_2, 0);
	TRY_F("fdiv.s fa0, fa1, fa2", S_1, S_3, 0, S_THIRD, NX);
	TRY_F("fdiv.s fa0, fa1, fa2, rup", S_1, S_3, 0, S_THIRD + 0, NX);
	TRY_F("fdiv.s fa0, fa1, fa2, rdn", S_1, S_3, 0, S_THIRD - 1, NX);
	TRY_F("fsqrt.s fa0, fa1", S_1, 0, 0, S_1, 0);
	TRY_F("fsqrt.s fa0, fa1", S_MINUS_1, 0, 0, S_NAN, NV);
	TRY_F("fmadd.s fa0, fa1, fa2, fa3", S_2, S_3, S_1, S_7, 0);
	TRY_F("fmsub.s fa0, fa1, fa2, fa3", S_1, S_2, S_7, S_MINUS_5, 0);
	TRY_F("fnmsub.s fa0, fa1, fa2, fa3", S_2, S_3, S_7, S_1, 0);
	TRY_F("fnmadd.s fa0, fa1, fa2, fa3", S_2, S_3, S_1, S_MINUS_7, 0);
	TRY_F("fmin.s fa0, fa1, fa2", S_2, S_NAN, 0, S_2, 0);
	TRY_F("fmax.s fa0, fa1, fa2", S_2, S_3, 0, S_3, 0);
	TRY_F("fsgnj.s fa0, fa1, fa2", S_1, S_MINUS_5, 0, S_MINUS_1, 0);
	TRY_F("fsgnjn.s fa0, fa1, fa2", S_1, S_3, 0, S_MINUS_1, 0);
	TRY_F("fsgnjx.s fa0, fa1, fa2", S_MINUS_1, S_MINUS_5, 0, S_1, 0);
	TRY_X("feq.s a0, fa1, fa2", S_1, S_1, 1, 0);
	TRY_X("feq.s a0, fa1, fa2", S_NAN, S_1, 0, 0);
	TRY_X("flt.s a0, fa1, fa2", S_MINUS_5, S_1, 1, 0);
	TRY_X("flt.s a0, fa1, fa2", S_NAN, S_1, 0, NV);
	TRY_X("fle.s a0, fa1, fa2", S_1, S_1, 1, 0);
	TRY_X("fclass.s a0, fa1", S_MINUS_1, 0, 2, 0);
	TRY_X("fclass.s a0, fa1", S_NAN, 0, 512, 0);
}

static void conversions_s(void)
{
	TRY_X("fcvt.w.s a0, fa1, rtz", S_MINUS_5, 0, -UINT64_C(5), 0);
	TRY_X("fcvt.wu.s a0, fa1, rtz", S_MINUS_5, 0, 0, NV);
	TRY_X("fcvt.wu.s a0, fa1, rtz", S_NAN, 0, ONES, NV);
	TRY_X("fcvt.l.s a0, fa1, rtz", S_THIRD, 0, 0, NX);
	TRY_X("fcvt.l.s a0, fa1, rup", S_THIRD, 0, 1, NX);
	TRY_X("fcvt.lu.s a0, fa1, rtz", S_7, 0, 7, 0);
	TRY_F("fcvt.s.w fa0, a0", LOW32 - 4, 0, 0, S_MINUS_5, 0);
	TRY_F("fcvt.s.wu fa0, a0", BIT31 << 1 | 7, 0, 0, S_7, 0);
	TRY_F("fcvt.s.l fa0, a0", -UINT64_C(7), 0, 0, S_MINUS_7, 0);
	TRY_F("fcvt.s.lu fa0, a0", 6, 0, 0, S_6, 0);
}

static void arithmetic_d(void)
{
	TRY_F("fadd.d fa0, fa1, fa2", D_1, D_2, 0, D_3, 0);
	TRY_F("fsub.d fa0, fa1, fa2", D_2, D_3, 0, D_MINUS_1, 0);
	TRY_F("fmul.d fa0, fa1, fa2", D_2, D_3, 0, D_6, 0);
	TRY_F("fdiv.d fa0, fa1, fa2", D_6, D_3, 0, D_2, 0);
	TRY_F("fdiv.d fa0, fa1, fa2", D_1, D_3, 0, D_THIRD, NX);
	TRY_F("fdiv.d fa0, fa1, fa2, rup", D_1, D_3, 0, D_THIRD + 1, NX);
	TRY_F("fdiv.d fa0, fa1, fa2, rdn", D_1, D_3, 0, D_THIRD - 0, NX);
	TRY_F("fsqrt.d fa0, fa1", D_1, 0, 0, D_1, 0);
	TRY_F("fsqrt.d fa0, fa1", D_MINUS_1, 0, 0, D_NAN, NV);
	TRY_F("fmadd.d fa0, fa1, fa2, fa3", D_2, D_3, D_1, D_7, 0);
	TRY_F("fmsub.d fa0, fa1, fa2, fa3", D_1, D_2, D_7, D_MINUS_5, 0);
	TRY_F("fnmsub.d fa0, fa1, fa2, fa3", D_2, D_3, D_7, D_1, 0);
	TRY_F("fnmadd.d fa0, fa1, fa2, fa3", D_2, D_3, D_1, D_MINUS_7, 0);
	TRY_F("fmin.d fa0, fa1, fa2", D_2, D_NAN, 0, D_2, 0);
	TRY_F("fmax.d fa0, fa1, fa2", D_2, D_3, 0, D_3, 0);
	TRY_F("fsgnj.d fa0, fa1, fa2", D_1, D_MINUS_5, 0, D_MINUS_1, 0);
	TRY_F("fsgnjn.d fa0, fa1, fa2", D_1, D_3, 0, D_MINUS_1, 0);
	TRY_F("fsgnjx.d fa0, fa1, fa2", D_MINUS_1, D_MINUS_5, 0, D_1, 0);
	TRY_X("feq.d a0, fa1, fa2", D_1, D_1, 1, 0);
	TRY_X("feq.d a0, fa1, fa2", D_NAN, D_1, 0, 0);
	TRY_X("flt.d a0, fa1, fa2", D_MINUS_5, D_1, 1, 0);
	TRY_X("flt.d a0, fa1, fa2", D_NAN, D_1, 0, NV);
	TRY_X("fle.d a0, fa1, fa2", D_1, D_1, 1, 0);
	TRY_X("fclass.d a0, fa1", D_MINUS_1, 0, 2, 0);
	TRY_X("fclass.d a0, fa1", D_NAN, 0, 512, 0);
}

static void conversions_d(void)
{
	TRY_X("fcvt.w.d a0, fa1, rtz", D_MINUS_5, 0, -UINT64_C(5), 0);
	TRY_X("fcvt.wu.d a0, fa1, rtz", D_MINUS_5, 0, 0, NV);
	TRY_X("fcvt.wu.d a0, fa1, rtz", D_NAN, 0, ONES, NV);
	TRY_X("fcvt.l.d a0, fa1, rtz", D_THIRD, 0, 0, NX);
	TRY_X("fcvt.l.d a0, fa1, rup", D_THIRD, 0, 1, NX);
	TRY_X("fcvt.lu.d a0, fa1, rtz", D_7, 0, 7, 0);
	TRY_F("fcvt.d.w fa0, a0", LOW32 - 4, 0, 0, D_MINUS_5, 0);
	TRY_F("fcvt.d.wu fa0, a0", BIT31 << 1 | 7, 0, 0, D_7, 0);
	TRY_F("fcvt.d.l fa0, a0", -UINT64_C(7), 0, 0, D_MINUS_7, 0);
	TRY_F("fcvt.d.lu fa0, a0", 6, 0, 0, D_6, 0);
}

static void moves(void)
{
	TRY_X("fmv.x.w a0, fa1", SOME, 0, 0xffffffff89abcdef, 0);
	TRY_F("fmv.w.x fa0, a0", SOME, 0, 0, BOX | 0x89abcdef, 0);
	TRY_X("fmv.x.d a0, fa1", SOME, 0, SOME, 0);
	TRY_F("fmv.d.x fa0, a0", OTHER, 0, 0, OTHER, 0);
	TRY_F("fcvt.s.d fa0, fa1", D_THIRD, 0, 0, S_THIRD, NX);
	TRY_F("fcvt.d.s fa0, fa1", S_3, 0, 0, D_3, 0);
	/* What is not boxed is NaN, but keeps its bits where it is only moved. */
	TRY_F("fadd.s fa0, fa1, fa2", 0x3f800000, S_1, 0, S_NAN, 0);
	TRY_F("fsgnj.s fa0, fa1, fa1", 0xfffffffe3f800000, 0, 0, S_NAN, 0);
	TRY_X("fclass.s a0, fa1", D_1, 0, 512, 0);
}

static _Alignas(16) u64 cell[4];

static void memory(void)
{
	register u64 *s0 asm("s0") = cell;

	cell[0] = 0xffffffff3f800000;
	cell[1] = D_7;
	cell[2] = cell[3] = 0;
	asm volatile(PLAIN("flw fa0, 0(%0)\n\tfld fa1, 8(%0)\n\tfsw fa0, 20(%0)\n\tfsd fa1, 24(%0)")
		: : "r"(s0) : "fa0", "fa1", "memory");
	check_equal("flw, fsw", cell[2], UINT64_C(0x3f800000) << 32);
	check_equal("fld, fsd", cell[3], D_7);
	asm volatile(PLAIN("flw fa0, 0(%0)\n\tfsd fa0, 16(%0)\n\tfld fa1, 3(%0)\n\tfsd fa1, 24(%0)")
		: : "r"(s0) : "fa0", "fa1", "memory");
	check_equal("flw boxes", cell[2], S_1);
	check_equal("fld misaligned", cell[3], 0x000000ffffffff3f);
	asm volatile(".option push\n\t.option arch, +c\n\tc.fld fa0, 8(%0)\n\tc.fsd fa0, 16(%0)\n\t"
		"mv t0, sp\n\tmv sp, %0\n\tc.fldsp fa1, 0(sp)\n\tc.fsdsp fa1, 24(sp)\n\tmv sp, t0\n\t"
		".option pop" : : "r"(s0) : "t0", "fa0", "fa1", "memory");
	check_equal("c.fld, c.fsd", cell[2], D_7);
	check_equal("c.fldsp, c.fsdsp", cell[3], 0xffffffff3f800000);
}

static void registers(void)
{
	csr_write(fcsr, ONES);
	check_equal("fcsr", csr_read(fcsr), 0xff);
	check_equal("frm", csr_read(frm), 7);
	csr_write(frm, 2);
	check_equal("fcsr, frm written", csr_read(fcsr), 0x5f);
	csr_write(fflags, 0x12);
	check_equal("fcsr, fflags written", csr_read(fcsr), 0x52);
	csr_set(frm, 1);
	check_equal("fcsr, frm set", csr_read(fcsr), 0x72);
	csr_write(fcsr, 0);
}

static void add(u64 argument)
{
	asm volatile("fadd.d ft0, ft1, ft2");
}

static void add_reserved(u64 argument)
{
	asm volatile(".4byte 0x0220d053"); /* rm = 5 */
}

static void load(u64 address)
{
	asm volatile(PLAIN("fld fa0, 16(%0)") : : "r"(address) : "fa0");
}

static void store_compressed(u64 address)
{
	register u64 s0 asm("s0") = address;

	asm volatile(".option push\n\t.option arch, +c\n\tc.fsd fa0, 16(%0)\n\t.option pop" : : "r"(s0)
		: "memory");
}

static void read_fcsr(u64 argument)
{
	csr_read(fcsr);
}

static void refused(const char *what, void (*function)(u64 argument), u64 word)
{
	struct trap trap;

	trap_try(&trap, function, (u64)cell);
	check_equal(what, trap.cause, ILLEGAL);
	if (word)
		check_equal(what, trap.tval, word);
}

static void rounding_modes(void)
{
	refused("a reserved rounding mode", add_reserved, 0x0220d053);
	for (u64 mode = 5; mode < 8; mode++) {
		csr_write(frm, mode);
		refused("a reserved rounding mode in frm", add, 0x0220f053);
	}
	csr_write(frm, 0);
}

static u64 float_state(void)
{
	u64 status = csr_read(sstatus);

	check_equal("sstatus.SD", (status & STATUS_SD) != 0, (status & STATUS_FS) == STATUS_FS);
	return (status & STATUS_FS) >> 13;
}

static void set_state(u64 state)
{
	csr_clear(sstatus, STATUS_FS);
	csr_set(sstatus, state << 13);
	check_equal("sstatus.FS", float_state(), state);
}

static void states(void)
{
	set_state(0);
	refused("fadd.d while FS is off", add, 0x0220f053);
	refused("fld while FS is off", load, 0);
	refused("c.fsd while FS is off", store_compressed, 0xa808);
	refused("fcsr while FS is off", read_fcsr, 0);
	check_equal("sstatus.FS stays off", float_state(), 0);
	for (u64 state = 1; state < 3; state++) {
		set_state(state);
		asm volatile("fsd fa0, 16(%0)\n\tfmv.x.d t0, fa0\n\tfrflags t0" : : "r"(cell)
			: "t0", "memory");
		check_equal("reading leaves it clean", float_state(), state);
		asm volatile("fld fa0, 16(%0)" : : "r"(cell) : "fa0", "memory");
		check_equal("fld makes it dirty", float_state(), 3);
		set_state(state);
		asm volatile("fmv.d.x fa0, zero");
		check_equal("fmv makes it dirty", float_state(), 3);
		set_state(state);
		csr_write(fflags, 0);
		check_equal("a write to fflags makes it dirty", float_state(), 3);
	}
}

int main(void)
{
	arithmetic_s();
	conversions_s();
	arithmetic_d();
	conversions_d();
	moves();
	memory();
	registers();
	rounding_modes();
	states();
	check_end("isa-check float");
}
