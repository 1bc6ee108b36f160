/*
 * Dispatch of hypercalls: find the row by (a7, a6), count, charge, call, set a0 and a1, go on.
 * Nothing is decoded and nothing walked: that is the lesson. Called on ecall at (virtual) S.
 */
#include "pv/hypercall.h"

const struct hypercall_extension_info hypercall_extensions[HYPERCALL_EXTENSIONS] = {
#define EXTENSION(name, eid, words) { eid, #name, words },
#define HYPERCALL(extension, fid, name, arguments, words)
#include "pv/hypercall.def"
#undef EXTENSION
#undef HYPERCALL
};

/* EIDs by name, so that the rows below can cite them. */
enum {
#define EXTENSION(name, eid, words) EID_##name = eid,
#define HYPERCALL(extension, fid, name, arguments, words)
#include "pv/hypercall.def"
#undef EXTENSION
#undef HYPERCALL
};

const struct hypercall_row hypercall_rows[HYPERCALLS] = {
#define EXTENSION(name, eid, words)
#define HYPERCALL(extension, fid, name, arguments, words) \
	{ EID_##extension, fid, #extension, #name, arguments, words, extension##_##name, \
		HYPERCALL_EXTENSION_##extension },
#include "pv/hypercall.def"
#undef EXTENSION
#undef HYPERCALL
};

u32 hypercall_find(const struct vcpu *vcpu, u64 eid, u64 fid)
{
	/* Legacy calls carry their number in a7 alone. */
	bool legacy = eid <= 8;

	for (u32 row = 0; row < HYPERCALLS; row++) {
		const struct hypercall_row *call = &hypercall_rows[row];
		bool is_legacy = call->extension_id == HYPERCALL_EXTENSION_legacy;

		if (legacy != is_legacy || (legacy ? call->fid != eid
		    : call->eid != eid || call->fid != fid))
			continue;
		if (call->extension_id == HYPERCALL_EXTENSION_para && !vcpu->vm->mode->para)
			break;
		return row;
	}
	return HYPERCALLS;
}

struct sbi_result hypercall_make(struct vcpu *vcpu, u32 row, const u64 *argument)
{
	vcpu->vm->state.tally.hypercall[row]++;
	hart_trace(vcpu->hart, TRACE_HYPERCALL, row, argument[0], 0, 0);
	return hypercall_rows[row].handler(vcpu, argument);
}

void hypercall(struct vcpu *vcpu, const struct exit *exit)
{
	struct hart *hart = vcpu->hart;
	struct sbi_result result = { SBI_NOT_SUPPORTED, 0 };
	u64 eid = hart->x[17], fid = hart->x[16];
	u32 row = hypercall_find(vcpu, eid, fid);

	vcpu_reason(vcpu, EXIT_hypercall, row, 0);
	vcpu_charge(vcpu, PRICE_call, 1);
	if (row < HYPERCALLS)
		result = hypercall_make(vcpu, row, &hart->x[10]);
	if (vcpu->resumed)
		return;
	hart->x[10] = (u64)result.error;
	/* Legacy calls have no second result: a1 is kept. */
	if (eid > 8)
		hart->x[11] = result.value;
	vcpu_skip(vcpu, 4);
}
