/*
 * The instructions that may change privileged state: CSRs, traps on purpose, returns, fences,
 * waiting. Each ends its block. Their rules are priv_*'s; here the effects are applied to the hart:
 * prices charged, translation context recomputed, TLB flushed. Called by the engines for CALL rows.
 *
 * Each returns false when the instruction trapped; op->imm is the instruction's word.
 */
#include "cpu/hart.h"

static u32 op_word(const struct op *op)
{
	return (u32)op->imm;
}

bool system_illegal(struct hart *hart, const struct op *op)
{
	return hart_fault(hart, CAUSE_illegal, op_word(op));
}

bool system_ecall(struct hart *hart, const struct op *op)
{
	return hart_fault(hart, CAUSE_ecall_u + hart->priv.level, 0);
}

bool system_ebreak(struct hart *hart, const struct op *op)
{
	return hart_fault(hart, CAUSE_breakpoint, hart->pc);
}

static bool csr_access(struct hart *hart, const struct op *op, enum csr_operation operation,
	u64 operand, bool writes)
{
	struct priv_in in = hart_in(hart);
	u32 number = op_word(op) >> 20;
	u32 effects = EFFECT_NONE;
	u64 old, price;

	if (!priv_csr(&hart->priv, &in, number, operation, operand, writes, &old, &effects))
		return system_illegal(hart, op);
	hart->x[op->rd] = old;
	hart->count[writes ? HART_COUNT_csr_writes : HART_COUNT_csr_reads]++;
	price = writes ? hart->prices.csr_write : hart->prices.csr_read;
	hart_trace(hart, TRACE_CSR, number, writes, op_word(op), price);
	hart_charge(hart, price);
	if (effects & EFFECT_TLB)
		tlb_flush_all(&hart->tlb);
	if (effects)
		hart_changed(hart);
	return true;
}

bool system_csrrw(struct hart *hart, const struct op *op)
{
	return csr_access(hart, op, CSR_WRITE, hart->x[op->rs1], true);
}

bool system_csrrs(struct hart *hart, const struct op *op)
{
	return csr_access(hart, op, CSR_SET, hart->x[op->rs1], op->rs1 != 0);
}

bool system_csrrc(struct hart *hart, const struct op *op)
{
	return csr_access(hart, op, CSR_CLEAR, hart->x[op->rs1], op->rs1 != 0);
}

bool system_csrrwi(struct hart *hart, const struct op *op)
{
	return csr_access(hart, op, CSR_WRITE, op->rs1, true);
}

bool system_csrrsi(struct hart *hart, const struct op *op)
{
	return csr_access(hart, op, CSR_SET, op->rs1, op->rs1 != 0);
}

bool system_csrrci(struct hart *hart, const struct op *op)
{
	return csr_access(hart, op, CSR_CLEAR, op->rs1, op->rs1 != 0);
}

static bool trap_return(struct hart *hart, const struct op *op, enum level from)
{
	if (!priv_return(&hart->priv, from, &hart->next_pc))
		return system_illegal(hart, op);
	hart->count[HART_COUNT_returns]++;
	hart_trace(hart, TRACE_RETURN, hart->priv.level, 0, op_word(op), hart->prices.xret);
	hart_charge(hart, hart->prices.xret);
	hart_changed(hart);
	return true;
}

bool system_sret(struct hart *hart, const struct op *op)
{
	return trap_return(hart, op, LEVEL_S);
}

bool system_mret(struct hart *hart, const struct op *op)
{
	return trap_return(hart, op, LEVEL_M);
}

bool system_wfi(struct hart *hart, const struct op *op)
{
	struct priv_in in = hart_in(hart);

	if (!priv_may_wait(&hart->priv))
		return system_illegal(hart, op);
	if (!priv_wakes(&hart->priv, &in)) {
		hart->count[HART_COUNT_waits]++;
		hart->waiting = true;
		hart->leave = 1;
	}
	return true;
}

static void fenced(struct hart *hart, const struct op *op)
{
	hart->count[HART_COUNT_fences]++;
	hart_trace(hart, TRACE_FENCE, 0, 0, op_word(op), hart->prices.fence);
	hart_charge(hart, hart->prices.fence);
}

bool system_sfence_vma(struct hart *hart, const struct op *op)
{
	if (!priv_may_fence(&hart->priv))
		return system_illegal(hart, op);
	tlb_flush(&hart->tlb, op->rs1 == 0, hart->x[op->rs1],
		op->rs2 == 0 ? TLB_ALL_ASIDS : (s32)(hart->x[op->rs2] & 0xffff));
	hart_contexts(hart);
	fenced(hart, op);
	return true;
}

/* Around sinval.vma: privileged, whatever TVM says (privileged, 6). */
bool system_sfence_inval(struct hart *hart, const struct op *op)
{
	if (hart->priv.level == LEVEL_U)
		return system_illegal(hart, op);
	fenced(hart, op);
	return true;
}

/* Decoded code is dropped when its page is written, so there is nothing left to do. */
bool system_fence_i(struct hart *hart, const struct op *op)
{
	fenced(hart, op);
	return true;
}
