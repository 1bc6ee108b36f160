/*
 * Emulating the instruction that trapped as illegal: decoded with the hart's own table, performed by
 * the hart's own rules on the guest's virtual state. If the virtual state refuses too, the guest
 * erred and gets its own trap.
 */
#include "core/bits.h"
#include "cpu/decode.h"
#include "pv/monitor.h"

enum { CSR_SATP = 0x180 };

struct emulation {
	u16 id; /* enum insn_id */
	bool (*perform)(struct vcpu *vcpu, const struct insn *insn, enum csr_operation operation);
	enum csr_operation operation;
};

static bool emulate_csr(struct vcpu *vcpu, const struct insn *insn, enum csr_operation operation)
{
	struct hart *hart = vcpu->hart;
	struct priv_in in = vcpu_in(vcpu);
	u32 number = (u32)insn->imm & 0xfff;
	bool immediate = insn_rows[insn->id].format == FORMAT_Z;
	bool writes = operation == CSR_WRITE || insn->rs1 != 0;
	u32 effects = EFFECT_NONE;
	u64 old;

	vcpu_reason(vcpu, writes ? EXIT_csr_write : EXIT_csr_read, number, insn->word);
	vcpu_charge(vcpu, PRICE_csr, 1);
	if (writes && number == CSR_SATP && (vcpu->state.features & PARA_TABLES))
		return false;
	if (!priv_csr(vcpu->priv, &in, number, operation,
	    immediate ? insn->rs1 : hart->x[insn->rs1], writes, &old, &effects))
		return false;
	if (insn->rd)
		hart->x[insn->rd] = old;
	if (effects & EFFECT_TLB)
		shadow_drop(vcpu);
	return true;
}

static bool emulate_sret(struct vcpu *vcpu, const struct insn *insn, enum csr_operation operation)
{
	vcpu_reason(vcpu, EXIT_trap_return, 0, insn->word);
	vcpu->resumed = true;
	return priv_return(vcpu->priv, LEVEL_S, &vcpu->hart->pc);
}

static bool emulate_mret(struct vcpu *vcpu, const struct insn *insn, enum csr_operation operation)
{
	vcpu_reason(vcpu, EXIT_trap_return, 0, insn->word);
	vcpu->resumed = true;
	return priv_return(vcpu->priv, LEVEL_M, &vcpu->hart->pc);
}

static bool emulate_wfi(struct vcpu *vcpu, const struct insn *insn, enum csr_operation operation)
{
	struct priv_in in = vcpu_in(vcpu);

	vcpu_reason(vcpu, EXIT_wait, 0, insn->word);
	if (!priv_may_wait(vcpu->priv))
		return false;
	vcpu->state.waiting = !priv_wakes(vcpu->priv, &in);
	return true;
}

static bool emulate_sfence_vma(struct vcpu *vcpu, const struct insn *insn,
	enum csr_operation operation)
{
	struct hart *hart = vcpu->hart;
	s32 asid = insn->rs2 ? (s32)(hart->x[insn->rs2] & 0xffff) : TLB_ALL_ASIDS;

	vcpu_reason(vcpu, EXIT_fence, hart->x[insn->rs1], insn->word);
	if (!priv_may_fence(vcpu->priv))
		return false;
	shadow_fence(vcpu, insn->rs1 == 0, hart->x[insn->rs1], asid);
	return true;
}

static bool emulate_sfence_inval(struct vcpu *vcpu, const struct insn *insn,
	enum csr_operation operation)
{
	vcpu_reason(vcpu, EXIT_fence, 0, insn->word);
	return vcpu->priv->level != LEVEL_U;
}

static const struct emulation emulations[] = {
	{ INSN_csrrw, emulate_csr, CSR_WRITE },
	{ INSN_csrrs, emulate_csr, CSR_SET },
	{ INSN_csrrc, emulate_csr, CSR_CLEAR },
	{ INSN_csrrwi, emulate_csr, CSR_WRITE },
	{ INSN_csrrsi, emulate_csr, CSR_SET },
	{ INSN_csrrci, emulate_csr, CSR_CLEAR },
	{ INSN_sret, emulate_sret, CSR_WRITE },
	{ INSN_mret, emulate_mret, CSR_WRITE },
	{ INSN_wfi, emulate_wfi, CSR_WRITE },
	{ INSN_sfence_vma, emulate_sfence_vma, CSR_WRITE },
	{ INSN_sinval_vma, emulate_sfence_vma, CSR_WRITE },
	{ INSN_sfence_w_inval, emulate_sfence_inval, CSR_WRITE },
	{ INSN_sfence_inval_ir, emulate_sfence_inval, CSR_WRITE },
};

void emulate(struct vcpu *vcpu, const struct exit *exit)
{
	struct insn insn = decode(vcpu->hart->isa, (u32)exit->tval);

	/* The hart reports the instruction in tval, so it need not be fetched. */
	vcpu_charge(vcpu, PRICE_decode, 1);
	for (u32 i = 0; i < sizeof(emulations) / sizeof(emulations[0]); i++) {
		const struct emulation *row = &emulations[i];

		if (row->id != insn.id)
			continue;
		if (row->perform(vcpu, &insn, row->operation)) {
			if (!vcpu->resumed)
				vcpu_skip(vcpu, insn.length);
			vcpu->state.retired++;
			return;
		}
		break;
	}
	vcpu_reason(vcpu, EXIT_exception, CAUSE_illegal, (u32)exit->tval);
	vcpu_inject(vcpu, CAUSE_illegal, exit->tval);
}
