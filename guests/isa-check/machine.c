/*
 * Machine level, on the bare machine: mret to each level and back by ecall, what is delegated and
 * what is not, the bits of mstatus that take privileged instructions from the supervisor (TVM, TW,
 * TSR), MPRV, physical memory protection, and the registers that only M has.
 */
#include "guests/check/trap.h"
#include "guests/isa-check/try.h"

enum { FETCH_ACCESS = 1, ILLEGAL = 2, BREAKPOINT = 3, LOAD_ACCESS = 5, STORE_ACCESS = 7,
	ECALL_U = 8, ECALL_S = 9, ECALL_M = 11 };
enum { LEVEL_U = 0, LEVEL_S = 1, LEVEL_M = 3 };
#define MPP(level) ((u64)(level) << 11)
#define MPRV CSR_BIT(17)
#define TVM CSR_BIT(20)
#define TW CSR_BIT(21)
#define TSR CSR_BIT(22)
enum { PMP_R = 1, PMP_W = 2, PMP_X = 4, PMP_NAPOT = 0x18, PMP_LOCKED = 0x80 };
#define EVERYTHING ((UINT64_C(1) << 54) - 1)

static _Alignas(4096) u64 protected[512];

/* A piece of code, to be run at any level: the instruction, and an ecall. */
#define PIECE(name, text) \
	void name(void); \
	asm(".balign 4\n" #name ":\n\t" text "\n\tecall")

PIECE(only_call, "");
PIECE(run_wfi, "wfi");
PIECE(run_sret, "lla t0, only_call\n\tcsrw sepc, t0\n\tsret");
PIECE(run_satp, "csrr t0, satp");
PIECE(run_fence, "sfence.vma");
PIECE(run_time, "rdtime t0");
PIECE(run_mscratch, "csrr t0, mscratch");
PIECE(run_break, "ebreak");
PIECE(run_load, "lla t0, protected\n\tld t0, 0(t0)");
PIECE(run_store, "lla t0, protected\n\tsd zero, 0(t0)");
PIECE(run_jump, "lla t0, protected\n\tjr t0");

/* argument: the piece's address, and the level in bits 1:0. */
static void enter(u64 argument)
{
	csr_write(mepc, argument & ~UINT64_C(3));
	csr_clear(mstatus, MPP(3));
	csr_set(mstatus, MPP(argument & 3));
	asm volatile("mret");
}

static u64 cause_of(void (*piece)(void), u64 level)
{
	struct trap trap;

	trap_try(&trap, enter, (u64)piece | level);
	check_equal("level trapped from", trap.status >> 11 & 3, trap.cause == ECALL_U ? 0 : level);
	return trap.cause;
}

static void protect(u64 rights)
{
	csr_write(pmpcfg0, 0);
	csr_write(pmpaddr0, (u64)protected >> 2 | 0x1ff);
	csr_write(pmpaddr1, EVERYTHING);
	csr_write(pmpcfg0, (u64)(PMP_NAPOT | PMP_R | PMP_W | PMP_X) << 8 | PMP_NAPOT | rights);
	asm volatile("sfence.vma" : : : "memory");
}

static void levels(void)
{
	check_equal("ecall at U", cause_of(only_call, LEVEL_U), ECALL_U);
	check_equal("ecall at S", cause_of(only_call, LEVEL_S), ECALL_S);
	check_equal("ecall at M", cause_of(only_call, LEVEL_M), ECALL_M);
	check_equal("sret", cause_of(run_sret, LEVEL_S), ECALL_U);
	check_equal("ebreak", cause_of(run_break, LEVEL_S), BREAKPOINT);
	check_equal("mscratch at S", cause_of(run_mscratch, LEVEL_S), ILLEGAL);
	check_equal("mscratch at M", cause_of(run_mscratch, LEVEL_M), ECALL_M);
}

/* What firmware can take from the supervisor. */
static void withheld(void)
{
	csr_set(mstatus, TVM | TSR);
	check_equal("tvm: satp", cause_of(run_satp, LEVEL_S), ILLEGAL);
	check_equal("tvm: sfence.vma", cause_of(run_fence, LEVEL_S), ILLEGAL);
	check_equal("tvm at M: satp", cause_of(run_satp, LEVEL_M), ECALL_M);
	check_equal("tsr: sret", cause_of(run_sret, LEVEL_S), ILLEGAL);
	csr_clear(mstatus, TVM | TSR);
	check_equal("satp", cause_of(run_satp, LEVEL_S), ECALL_S);
	check_equal("sfence.vma", cause_of(run_fence, LEVEL_S), ECALL_S);
	csr_write(mie, CSR_BIT(3) | CSR_BIT(1));
	csr_set(mip, CSR_BIT(1));
	csr_set(mideleg, CSR_BIT(1));
	csr_set(mstatus, TW);
	check_equal("tw: wfi", cause_of(run_wfi, LEVEL_S), ILLEGAL);
	csr_clear(mstatus, TW);
	check_equal("wfi", cause_of(run_wfi, LEVEL_S), ECALL_S);
	csr_clear(mip, CSR_BIT(1));
	csr_write(mie, 0);
	csr_write(mcounteren, 0);
	check_equal("time not enabled", cause_of(run_time, LEVEL_S), ILLEGAL);
	csr_write(mcounteren, 2);
	check_equal("time enabled", cause_of(run_time, LEVEL_S), ECALL_S);
}

static void protection(void)
{
	protect(0);
	check_equal("load", cause_of(run_load, LEVEL_S), LOAD_ACCESS);
	check_equal("store", cause_of(run_store, LEVEL_U), STORE_ACCESS);
	check_equal("fetch", cause_of(run_jump, LEVEL_S), FETCH_ACCESS);
	check_equal("load at M", cause_of(run_load, LEVEL_M), ECALL_M);
	protect(PMP_R);
	check_equal("r: load", cause_of(run_load, LEVEL_U), ECALL_U);
	check_equal("r: store", cause_of(run_store, LEVEL_S), STORE_ACCESS);
	protect(PMP_R | PMP_W);
	check_equal("rw: store", cause_of(run_store, LEVEL_S), ECALL_S);
}

static void load_as(u64 level)
{
	csr_clear(mstatus, MPP(3));
	csr_set(mstatus, MPP(level) | MPRV);
	asm volatile("ld t0, 0(%0)" : : "r"(protected) : "t0", "memory");
}

/* With MPRV a load is made as the previous level would; fetches are not. */
static void previous_level(void)
{
	struct trap trap;

	protect(0);
	trap_try(&trap, load_as, LEVEL_S);
	check_equal("mprv, S", trap.cause, LOAD_ACCESS);
	trap_try(&trap, load_as, LEVEL_M);
	check_equal("mprv, M", trap.cause, TRAP_NONE);
	csr_clear(mstatus, MPRV);
	protect(PMP_R | PMP_W | PMP_X);
}

static void registers(void)
{
	u64 old = csr_read(mstatus);

	check_equal("mhartid", csr_read(mhartid), 0);
	check_equal("misa: 64 bits", csr_read(misa) >> 62, 2);
	check_equal("misa: i, m, a, c, s, u", csr_read(misa) & 0x141105, 0x141105);
	csr_write(mscratch, SOME);
	check_equal("mscratch", csr_read(mscratch), SOME);
	csr_clear(mstatus, MPP(3));
	csr_set(mstatus, MPP(1));
	csr_write(mstatus, (csr_read(mstatus) & ~MPP(3)) | MPP(2));
	check_equal("mpp is never 2", csr_read(mstatus) >> 11 & 3, 1);
	csr_write(mstatus, old);
	csr_write(medeleg, ONES);
	check_equal("medeleg: not ecall from M", csr_read(medeleg) >> 11 & 1, 0);
	csr_write(medeleg, 0);
	csr_write(mideleg, 0);
}

int main(void);

int main(void)
{
	protect(PMP_R | PMP_W | PMP_X);
	registers();
	levels();
	withheld();
	protection();
	previous_level();
	check_end("isa-check machine");
}
