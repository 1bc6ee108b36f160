/*
 * The memory verbs as a table: for each row of insn.def, what kind of access, how wide, how the
 * value is extended, which function an AMO applies. exec_memory performs any of them on a port.
 * Called by the interpreter for atomics and by the monitor for every access that it makes in a
 * guest's stead.
 */
#include "cpu/exec.h"

#include "cpu/fpu.h"

enum kind { KIND_NONE, KIND_LOAD, KIND_STORE, KIND_FLOAD, KIND_FSTORE, KIND_LR, KIND_SC, KIND_AMO,
	KIND_CBO_inval, KIND_CBO_clean, KIND_CBO_flush, KIND_CBO_zero };

struct memory_row {
	u8 kind, width;
	u64 (*extend)(u64 value);
	u64 (*combine)(s64 old, s64 b);
};

static u64 extend_s8(u64 value) { return (u64)(s64)(s8)value; }
static u64 extend_s16(u64 value) { return (u64)(s64)(s16)value; }
static u64 extend_s32(u64 value) { return (u64)(s64)(s32)value; }
static u64 extend_s64(u64 value) { return value; }
static u64 extend_u8(u64 value) { return (u8)value; }
static u64 extend_u16(u64 value) { return (u16)value; }
static u64 extend_u32(u64 value) { return (u32)value; }
static u64 extend_u64(u64 value) { return value; }

static u64 box_u32(u64 value) { return (u32)value | FPU_BOX; }
static u64 box_u64(u64 value) { return value; }

/* 32-bit operands come sign-extended, which keeps the order of signed and of unsigned ones. */
#define ALU_FUNCTION(name, value)
#define BRANCH_CONDITION(name, truth)
#define AMO_FUNCTION(name, value) \
	static u64 combine_##name(s64 old, s64 b) { return (u64)(value); }
#include "cpu/alu.def"
#undef ALU_FUNCTION
#undef BRANCH_CONDITION
#undef AMO_FUNCTION

#define LET(value)            { KIND_NONE, 0, NULL, NULL }
#define ALU(function, a, b)   { KIND_NONE, 0, NULL, NULL }
#define ALUW(function, a, b)  { KIND_NONE, 0, NULL, NULL }
#define JUMP(base)            { KIND_NONE, 0, NULL, NULL }
#define BRANCH(condition)     { KIND_NONE, 0, NULL, NULL }
#define FENCE()               { KIND_NONE, 0, NULL, NULL }
#define CALL(function)        { KIND_NONE, 0, NULL, NULL }
#define CBO(operation)        { KIND_CBO_##operation, CACHE_BLOCK, NULL, NULL }
#define LOAD(type)            { KIND_LOAD, sizeof(type), extend_##type, NULL }
#define STORE(type)           { KIND_STORE, sizeof(type), extend_##type, NULL }
#define FLOAD(type)           { KIND_FLOAD, sizeof(type), box_##type, NULL }
#define FSTORE(type)          { KIND_FSTORE, sizeof(type), extend_##type, NULL }
#define FPU(function, type)   { KIND_NONE, 0, NULL, NULL }
#define LR(type)              { KIND_LR, sizeof(type), extend_##type, NULL }
#define SC(type)              { KIND_SC, sizeof(type), extend_##type, NULL }
#define AMO(function, type)   { KIND_AMO, sizeof(type), extend_##type, combine_##function }

static const struct memory_row memory_rows[INSN_COUNT] = {
#define INSN(name, picture, format, extension, meaning) meaning,
#include "cpu/insn.def"
#undef INSN
};

bool exec_is_memory(enum insn_id id)
{
	return id < INSN_COUNT && memory_rows[id].kind != KIND_NONE;
}

bool exec_memory(const struct port *port, const struct insn *insn, u64 *x, u64 *f)
{
	const struct memory_row *row = &memory_rows[insn->id];
	u64 address = x[insn->rs1];
	u64 b = x[insn->rs2];
	u64 result = 0;
	bool success = false;

	switch (row->kind) {
	case KIND_LOAD:
		if (!port->load(port->self, address + (u64)(s64)insn->imm, row->width, PORT_PLAIN,
		    &result))
			return false;
		result = row->extend(result);
		break;
	case KIND_STORE:
		return port->store(port->self, address + (u64)(s64)insn->imm, row->width,
			PORT_PLAIN, b);
	case KIND_FLOAD:
		if (!port->load(port->self, address + (u64)(s64)insn->imm, row->width, PORT_PLAIN,
		    &result))
			return false;
		f[insn->rd] = row->extend(result);
		return true;
	case KIND_FSTORE:
		return port->store(port->self, address + (u64)(s64)insn->imm, row->width,
			PORT_PLAIN, f[insn->rs2]);
	case KIND_LR:
		if (!port->reserve(port->self, address, row->width, &result))
			return false;
		result = row->extend(result);
		break;
	case KIND_SC:
		if (!port->conditional(port->self, address, row->width, b, &success))
			return false;
		result = !success;
		break;
	case KIND_AMO:
		if (!port->load(port->self, address, row->width, PORT_ATOMIC, &result))
			return false;
		result = row->extend(result);
		if (!port->store(port->self, address, row->width, PORT_ATOMIC,
		    row->combine((s64)result, (s64)row->extend(b))))
			return false;
		break;
	case KIND_CBO_inval:
	case KIND_CBO_clean:
	case KIND_CBO_flush:
		return port->block(port->self, address, false);
	case KIND_CBO_zero:
		return port->block(port->self, address, true);
	default:
		return false;
	}
	if (insn->rd)
		x[insn->rd] = result;
	return true;
}
