/*
 * SBI Base: who answers, and what there is. SBI specification, chapter 4.
 */
#include "pv/hypercall.h"

enum {
	SPEC_VERSION = 2 << 24,    /* 2.0 */
	IMPLEMENTATION = 0x525349, /* not a registered one: "RSI" */
	IMPLEMENTATION_VERSION = 1
};

struct sbi_result base_spec_version(struct vcpu *vcpu, const u64 *argument)
{
	return sbi_ok(SPEC_VERSION);
}

struct sbi_result base_impl_id(struct vcpu *vcpu, const u64 *argument)
{
	return sbi_ok(IMPLEMENTATION);
}

struct sbi_result base_impl_version(struct vcpu *vcpu, const u64 *argument)
{
	return sbi_ok(IMPLEMENTATION_VERSION);
}

struct sbi_result base_probe_extension(struct vcpu *vcpu, const u64 *argument)
{
	u64 eid = argument[0];

	if (eid <= 8)
		return sbi_ok(1);
	for (u32 i = 0; i < HYPERCALL_EXTENSIONS; i++)
		if (hypercall_extensions[i].eid == eid)
			return sbi_ok(i != HYPERCALL_EXTENSION_para || vcpu->vm->mode->para);
	return sbi_ok(0);
}

struct sbi_result base_mvendorid(struct vcpu *vcpu, const u64 *argument)
{
	return sbi_ok(0);
}

struct sbi_result base_marchid(struct vcpu *vcpu, const u64 *argument)
{
	return sbi_ok(0);
}

struct sbi_result base_mimpid(struct vcpu *vcpu, const u64 *argument)
{
	return sbi_ok(0);
}
