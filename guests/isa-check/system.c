/*
 * What a supervisor can do with Zicsr and the privileged instructions: the six CSR forms and what
 * they do not touch, what is refused at S and at U, ecall and ebreak, sret to both levels.
 */
#include "guests/check/trap.h"
#include "guests/isa-check/try.h"
#include "guests/lib/sbi.h"

enum { ILLEGAL = 2, BREAKPOINT = 3, ECALL_U = 8 };

/* sscratch holds `old` before and `after` afterwards; rd gets `wanted`. */
#define TRY_CSR(text, old, operand, wanted, after) do { \
	u64 result = 77; \
	csr_write(sscratch, old); \
	asm volatile(text : "+r"(result) : "r"((u64)(operand))); \
	check_equal(text, result, wanted); \
	check_equal(text ": sscratch", csr_read(sscratch), after); \
} while (0)

static void forms(void)
{
	TRY_CSR("csrrw %0, sscratch, %1", SOME, OTHER, SOME, OTHER);
	TRY_CSR("csrrw zero, sscratch, %1", SOME, OTHER, 77, OTHER);
	TRY_CSR("csrrw %0, sscratch, %0", SOME, 0, SOME, 77);
	TRY_CSR("csrrs %0, sscratch, %1", SOME, OTHER, SOME, ONES);
	TRY_CSR("csrrs %0, sscratch, zero", SOME, 0, SOME, SOME);
	TRY_CSR("csrrc %0, sscratch, %1", SOME, LOW32, SOME, 0x0123456700000000);
	TRY_CSR("csrrc %0, sscratch, zero", SOME, 0, SOME, SOME);
	TRY_CSR("csrrwi %0, sscratch, 31", SOME, 0, SOME, 31);
	TRY_CSR("csrrwi %0, sscratch, 0", SOME, 0, SOME, 0);
	TRY_CSR("csrrsi %0, sscratch, 16", SOME, 0, SOME, 0x0123456789abcdff);
	TRY_CSR("csrrsi %0, sscratch, 0", SOME, 0, SOME, SOME);
	TRY_CSR("csrrci %0, sscratch, 15", SOME, 0, SOME, 0x0123456789abcde0);
	TRY_CSR("csrrci %0, sscratch, 0", SOME, 0, SOME, SOME);
}

/* What registers keep of what is written to them. */
static void kept_bits(void)
{
	csr_write(sepc, ONES);
	check_equal("sepc is even", csr_read(sepc) & 1, 0);
	csr_write(stvec, SOME & ~UINT64_C(3));
	csr_write(stvec, (SOME & ~UINT64_C(3)) + 1);
	check_equal("stvec, vectored", csr_read(stvec), (SOME & ~UINT64_C(3)) + 1);
	csr_write(scause, CAUSE_INTERRUPT | 5);
	check_equal("scause", csr_read(scause), CAUSE_INTERRUPT | 5);
	csr_write(stval, OTHER);
	check_equal("stval", csr_read(stval), OTHER);
	csr_set(sie, ONES);
	check_equal("sie", csr_read(sie) & 0xfff, 0x222);
	csr_write(sie, 0);
	csr_set(sstatus, STATUS_SUM | CSR_BIT(19));
	check_equal("sstatus", csr_read(sstatus) >> 18 & 3, 3);
	csr_clear(sstatus, STATUS_SUM | CSR_BIT(19));
	check_equal("sstatus", csr_read(sstatus) >> 18 & 3, 0);
}

/* A piece of code, to be run at S or at U: the instruction, and an ebreak. */
#define PIECE(name, text) \
	void name(void); \
	asm(".balign 4\n" #name ":\n\t" PLAIN(text "\n\tebreak"))

PIECE(write_cycle, "csrw cycle, zero");
PIECE(set_cycle, "csrs cycle, ra");
PIECE(read_cycle, "csrr zero, cycle");
PIECE(no_such, "csrr zero, 0x5c0");
PIECE(read_mstatus, "csrr zero, mstatus");
PIECE(read_sstatus, "csrr zero, sstatus");
PIECE(write_satp, "csrw satp, zero");
PIECE(sret_user, "sret");
PIECE(mret_below, "mret");
PIECE(fence_user, "sfence.vma");
PIECE(fence_one, "sfence.vma ra, zero");
PIECE(call_user, "ecall");
PIECE(nothing, "fence.i");

static void at_supervisor(u64 pc)
{
	asm volatile("jr %0" : : "r"(pc));
}

static const struct {
	const char *words;
	void (*piece)(void);
	u64 at_supervisor, at_user;
} tries[] = {
	{ "csrw cycle", write_cycle, ILLEGAL, ILLEGAL },
	{ "csrs cycle", set_cycle, ILLEGAL, ILLEGAL },
	{ "csrr cycle", read_cycle, BREAKPOINT, TRAP_NONE },
	{ "csrr 0x5c0", no_such, ILLEGAL, ILLEGAL },
	{ "csrr mstatus", read_mstatus, ILLEGAL, ILLEGAL },
	{ "csrr sstatus", read_sstatus, BREAKPOINT, ILLEGAL },
	{ "csrw satp", write_satp, BREAKPOINT, ILLEGAL },
	{ "sret", sret_user, TRAP_NONE, ILLEGAL },
	{ "mret", mret_below, ILLEGAL, ILLEGAL },
	{ "sfence.vma", fence_user, BREAKPOINT, ILLEGAL },
	{ "sfence.vma ra", fence_one, BREAKPOINT, ILLEGAL },
	{ "ecall", call_user, TRAP_NONE, ECALL_U },
	{ "fence.i", nothing, BREAKPOINT, BREAKPOINT },
};

/* TRAP_NONE in the table: not tried. */
static void levels(void)
{
	struct trap trap;

	for (u32 i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
		u64 pc = (u64)tries[i].piece;

		if (tries[i].at_supervisor != TRAP_NONE) {
			trap_try(&trap, at_supervisor, pc);
			check_equal(tries[i].words, trap.cause, tries[i].at_supervisor);
			check_equal("trapped from S", trap.status & STATUS_SPP, STATUS_SPP);
		}
		if (tries[i].at_user != TRAP_NONE) {
			trap_try(&trap, trap_enter_user, pc);
			check_equal(tries[i].words, trap.cause, tries[i].at_user);
			check_equal("trapped from U", trap.status & STATUS_SPP, 0);
		}
		if (trap.cause == ILLEGAL)
			check_equal("tval is the word", trap.tval, *(const u32 *)pc);
	}
}

/* sret from S to S goes on with interrupts as SPIE says, and leaves SPP at U. */
static void returns(void)
{
	u64 status;

	csr_set(sstatus, STATUS_SPP | STATUS_SPIE);
	asm volatile("lla t0, 1f\n\tcsrw sepc, t0\n\tsret\n\tebreak\n1:\tcsrr %0, sstatus"
		: "=r"(status) : : "t0");
	csr_clear(sstatus, STATUS_SIE);
	check_equal("sret", status & (STATUS_SPP | STATUS_SPIE | STATUS_SIE),
		STATUS_SPIE | STATUS_SIE);
}

/* wfi ends when something enabled is pending, whatever the mask; calls keep registers. */
static void waits_and_calls(void)
{
	struct sbi_result result;
	u64 kept;

	csr_write(sie, INTERRUPT_SOFTWARE);
	csr_set(sip, INTERRUPT_SOFTWARE);
	asm volatile("wfi");
	check_equal("sip", csr_read(sip) & INTERRUPT_SOFTWARE, INTERRUPT_SOFTWARE);
	csr_clear(sip, INTERRUPT_SOFTWARE);
	check_equal("sip", csr_read(sip) & INTERRUPT_SOFTWARE, 0);
	csr_write(sie, 0);
	asm volatile("li t6, 1234\n\tli a5, 5678\n\tli a7, 0x10\n\tli a6, 0\n\tecall\n"
		"\tadd %0, t6, a5"
		: "=r"(kept) : : "a0", "a1", "a5", "a6", "a7", "t6", "memory");
	check_equal("kept over a call", kept, 1234 + 5678);
	result = sbi_base_probe_extension(SBI_BASE);
	check_equal("call", result.error, 0);
	check_equal("answer", result.value != 0, true);
	result = sbi_base_probe_extension(0x0badbad);
	check_equal("no extension", result.value, 0);
}

int main(void);

int main(void)
{
	forms();
	kept_bits();
	levels();
	returns();
	waits_and_calls();
	check_end("isa-check system");
}
