/*
 * The interpreter.
 *
 * A block's instructions were made ready by block.c: each carries the address of its code here, so
 * that going from one to the next is one indirect jump, and its operands in fixed bytes. The rows of
 * insn.def are included once and their verbs given code; nothing below knows a single instruction.
 *
 * Three things are kept in local variables: `pc`, the virtual address at which the running block
 * begins; `left`, the cycles that remain until the deadline after this block; and `op`. The
 * deadline costs one compare a block. Everything that can fail, be slow, or need the exact time
 * first calls synchronize(), which derives the hart's exact pc and cycle from them.
 *
 * Called by hart_run only.
 */
#include "cpu/interp.h"

#include <string.h>

#include "cpu/alu.h"
#include "cpu/fpu_host.h"
#include "cpu/hart.h"

#define likely(truth) __builtin_expect(!!(truth), 1)
#define unlikely(truth) __builtin_expect(!!(truth), 0)

static inline u64 word(u64 value)
{
	return (u64)(s64)(s32)value;
}

/* Makes the hart's pc and cycle those of the instruction `op`, before it. */
static inline void synchronize(struct hart *hart, const struct block *block, const struct op *op,
	u64 pc, s64 left)
{
	s64 done = op - block->op;

	hart->pc = done ? pc + 2u * op[-1].next : pc;
	hart->cycle = hart->deadline - (u64)(left + block->count - done);
}

/* The decoded block at `pc`, if translation and block are both at hand. */
static inline struct block *block_at(struct hart *hart, u64 pc)
{
	const struct tlb_fetch *entry = tlb_fetch_at(&hart->tlb, pc);

	if (likely(entry->tag == ((pc & PAGE_MASK) | hart->fetch_context) && entry->code))
		return entry->code->block[(pc & ~PAGE_MASK) / 2];
	return NULL;
}

/* The instruction that was made ready as `op`; not for those whose imm was changed in that. */
static struct insn op_insn(const struct op *op, enum insn_id id)
{
	return (struct insn){ .id = (u16)id, .length = 4, .rd = op->rd & 31, .rs1 = op->rs1,
		.rs2 = op->rs2, .imm = op->imm };
}

/* FLOAD and FSTORE have their imm packed (block.c). */
static bool run_illegal_float_access(struct hart *hart, const struct op *op, enum insn_id id)
{
	struct insn insn = op_insn(op, id);

	insn.imm = op->imm >> 20;
	return hart_fault(hart, CAUSE_illegal, (op->imm & 3) == 3 ? isa_encode(hart->isa, &insn)
		: (u64)(op->imm & 0xffff));
}

static bool float_off(const struct hart *hart)
{
	return !(hart->priv.status & STATUS_FS);
}

static bool float_dirty(const struct hart *hart)
{
	return (hart->priv.status & STATUS_FS) == STATUS_FS;
}

static bool run_float_load(struct hart *hart, const struct op *op, enum insn_id id, u64 address,
	unsigned width, u64 box)
{
	u64 value;

	if (float_off(hart))
		return run_illegal_float_access(hart, op, id);
	if (!hart_load(hart, address, width, PORT_PLAIN, &value))
		return false;
	hart->f[op->rd] = value | box;
	hart->priv.status |= STATUS_FS;
	return true;
}

static bool run_float_store(struct hart *hart, const struct op *op, enum insn_id id, u64 address,
	unsigned width)
{
	if (float_off(hart))
		return run_illegal_float_access(hart, op, id);
	return hart_store(hart, address, width, PORT_PLAIN, hart->f[op->rs2]);
}

static bool run_float(struct hart *hart, const struct op *op, enum insn_id id)
{
	const struct fpu_registers registers = { hart->x, hart->f, &hart->priv.fcsr,
		&hart->priv.status };

	return !float_off(hart)
		&& fpu_execute(&registers, id, op->rd, op->rs1, op->rs2, op->imm);
}

static bool run_illegal(struct hart *hart, const struct op *op, enum insn_id id)
{
	struct insn insn = op_insn(op, id);

	return hart_fault(hart, CAUSE_illegal, isa_encode(hart->isa, &insn));
}

/* Atomics: through the same function that the monitor uses. */
static bool run_atomic(struct hart *hart, const struct op *op, enum insn_id id)
{
	struct insn insn = op_insn(op, id);

	return exec_memory(&hart->port, &insn, hart->x, hart->f);
}

static bool run_block_operation(struct hart *hart, const struct op *op, enum insn_id id, u64 enable)
{
	if (!priv_environment_allows(&hart->priv, enable))
		return run_illegal(hart, op, id);
	return run_atomic(hart, op, id);
}

/* Operands as insn.def names them. */
#define OPERAND_rs1 x[op->rs1]
#define OPERAND_rs2 x[op->rs2]
#define OPERAND_imm ((u64)(s64)op->imm)
#define OPERAND_pc pc

#define NEXT do { op++; goto *op->run; } while (0)

/* On to a block; to the successor in `slot` of the one that ends, whose pc was `old_pc`. Written out
 * wherever a block ends: the host predicts many jumps better than one. */
#define ENTER(other) \
	do { \
		block = other; \
		left -= block->count; \
		if (unlikely(left < 0)) \
			goto late; \
		op = block->op; \
		goto *op->run; \
	} while (0)
#define FIND \
	do { \
		next = block_at(hart, pc); \
		if (likely(next)) \
			ENTER(next); \
		goto look; \
	} while (0)
#define FOLLOW(slot) \
	do { \
		next = block->slot; \
		if (likely(next)) \
			ENTER(next); \
		link = &block->slot; \
		goto connect; \
	} while (0)

/* The verbs. */
#define LET(value) \
	do { u64 imm = OPERAND_imm; (void)imm; x[op->rd] = value; NEXT; } while (0)
#define ALU(function, a, b) \
	do { x[op->rd] = alu_##function(OPERAND_##a, OPERAND_##b); NEXT; } while (0)
#define ALUW(function, a, b) \
	do { x[op->rd] = word(alu_##function(OPERAND_##a, OPERAND_##b)); NEXT; } while (0)
#define JUMP(base) \
	do { \
		u64 target = (OPERAND_##base + OPERAND_imm) & ~(u64)1; \
		x[op->rd] = pc + 2u * op->next; \
		old_pc = pc; \
		pc = target; \
		GO_##base; \
	} while (0)
/* Where a jump relative to pc goes is always the same; where one through a register goes is not. */
#define GO_pc FOLLOW(taken)
#define GO_rs1 FIND
#define BRANCH(condition) \
	do { \
		old_pc = pc; \
		if (branch_##condition(OPERAND_rs1, OPERAND_rs2)) { \
			pc += OPERAND_imm; \
			FOLLOW(taken); \
		} else { \
			pc += 2u * op->next; \
			FOLLOW(fall); \
		} \
	} while (0)
#define LOAD(type) \
	do { \
		u64 address = OPERAND_rs1 + OPERAND_imm; \
		const struct tlb_data *entry = tlb_data_at(&hart->tlb, address); \
		u64 tag = (address & (PAGE_MASK | (sizeof(type) - 1))) | hart->data_context; \
		if (likely(entry->read == tag)) { \
			type value; \
			memcpy(&value, (const u8 *)((uintptr_t)entry->host + address), sizeof(value)); \
			x[op->rd] = (u64)value; \
			NEXT; \
		} else { \
			u64 value; \
			synchronize(hart, block, op, pc, left); \
			if (!hart_load(hart, address, sizeof(type), PORT_PLAIN, &value)) \
				return INTERP_TRAPPED; \
			x[op->rd] = (u64)(type)value; \
			if (hart->leave) \
				goto leave; \
			NEXT; \
		} \
	} while (0)
#define STORE(type) \
	do { \
		u64 address = OPERAND_rs1 + OPERAND_imm; \
		const struct tlb_data *entry = tlb_data_at(&hart->tlb, address); \
		u64 tag = (address & (PAGE_MASK | (sizeof(type) - 1))) | hart->data_context; \
		if (likely(entry->write == tag)) { \
			type value = (type)OPERAND_rs2; \
			memcpy((u8 *)((uintptr_t)entry->host + address), &value, sizeof(value)); \
			NEXT; \
		} else { \
			synchronize(hart, block, op, pc, left); \
			if (!hart_store(hart, address, sizeof(type), PORT_PLAIN, OPERAND_rs2)) \
				return INTERP_TRAPPED; \
			if (hart->leave) \
				goto leave; \
			NEXT; \
		} \
	} while (0)
#define FLOAD(type) \
	do { \
		const u64 box = sizeof(type) == 4 ? FPU_BOX : 0; \
		u64 address = OPERAND_rs1 + (u64)(s64)(op->imm >> 20); \
		const struct tlb_data *entry = tlb_data_at(&hart->tlb, address); \
		u64 tag = (address & (PAGE_MASK | (sizeof(type) - 1))) | hart->data_context; \
		if (likely(entry->read == tag && float_dirty(hart))) { \
			type value; \
			memcpy(&value, (const u8 *)((uintptr_t)entry->host + address), sizeof(value)); \
			hart->f[op->rd] = value | box; \
			NEXT; \
		} else { \
			synchronize(hart, block, op, pc, left); \
			if (!run_float_load(hart, op, row, address, sizeof(type), box)) \
				return INTERP_TRAPPED; \
			if (hart->leave) \
				goto leave; \
			NEXT; \
		} \
	} while (0)
#define FSTORE(type) \
	do { \
		u64 address = OPERAND_rs1 + (u64)(s64)(op->imm >> 20); \
		const struct tlb_data *entry = tlb_data_at(&hart->tlb, address); \
		u64 tag = (address & (PAGE_MASK | (sizeof(type) - 1))) | hart->data_context; \
		if (likely(entry->write == tag && !float_off(hart))) { \
			type value = (type)hart->f[op->rs2]; \
			memcpy((u8 *)((uintptr_t)entry->host + address), &value, sizeof(value)); \
			NEXT; \
		} else { \
			synchronize(hart, block, op, pc, left); \
			if (!run_float_store(hart, op, row, address, sizeof(type))) \
				return INTERP_TRAPPED; \
			if (hart->leave) \
				goto leave; \
			NEXT; \
		} \
	} while (0)
#define FPU(function, type) \
	do { \
		const struct shortcut shortcut = { x, hart->f, op, hart->priv.fcsr }; \
		if (likely(float_dirty(hart) && shortcut_##function##_##type(&shortcut))) \
			NEXT; \
		if (unlikely(!run_float(hart, op, row))) { \
			synchronize(hart, block, op, pc, left); \
			run_illegal(hart, op, row); \
			return INTERP_TRAPPED; \
		} \
		NEXT; \
	} while (0)
#define ATOMIC \
	do { \
		synchronize(hart, block, op, pc, left); \
		if (!run_atomic(hart, op, row)) \
			return INTERP_TRAPPED; \
		if (hart->leave) \
			goto leave; \
		NEXT; \
	} while (0)
#define LR(type) ATOMIC
#define SC(type) ATOMIC
#define AMO(function, type) ATOMIC
#define CBO(operation) \
	do { \
		synchronize(hart, block, op, pc, left); \
		if (!run_block_operation(hart, op, row, ENVCFG_CBO_##operation)) \
			return INTERP_TRAPPED; \
		if (hart->leave) \
			goto leave; \
		NEXT; \
	} while (0)
#define FENCE() NEXT
#define CALL(function) \
	do { \
		synchronize(hart, block, op, pc, left); \
		hart->next_pc = pc + 2u * op->next; \
		if (!system_##function(hart, op)) \
			return INTERP_TRAPPED; \
		goto called; \
	} while (0)

/* With `labels` it only tells where the code of each row is. */
static enum interp_result interp(struct hart *hart, struct block *block,
	const void *const **labels)
{
	static const void *const table[INTERP_LABELS] = {
#define INSN(name, picture, format, extension, meaning) &&run_##name,
#include "cpu/insn.def"
#undef INSN
		&&run_end, &&run_illegal
	};
	struct block **link;
	struct block *next;
	const struct op *op;
	u64 *x;
	u64 pc, old_pc;
	s64 left;

	if (labels) {
		*labels = table;
		return INTERP_LOOK;
	}
	x = hart->x;
	pc = hart->pc;
	left = (s64)(hart->deadline - hart->cycle);
	ENTER(block);

connect:
	next = block_at(hart, pc);
	if (!next)
		goto look;
	if (block->linkable && (pc ^ old_pc) >> PAGE_SHIFT == 0)
		*link = next;
	ENTER(next);

#define INSN(name, picture, format, extension, meaning) \
	run_##name: { const enum insn_id row = INSN_##name; (void)row; meaning; }
#include "cpu/insn.def"
#undef INSN

run_illegal:
	synchronize(hart, block, op, pc, left);
	system_illegal(hart, op);
	return INTERP_TRAPPED;

run_end:
	old_pc = pc;
	pc += 2u * op->next;
	FOLLOW(fall);

called:
	hart->cycle++;
	pc = hart->pc = hart->next_pc;
	if (hart->leave)
		return INTERP_LOOK;
	left = (s64)(hart->deadline - hart->cycle);
	FIND;

leave:
	hart->cycle++;
	hart->pc = pc + 2u * op->next;
	return INTERP_LOOK;

late:
	left += block->count;
look:
	hart->pc = pc;
	hart->cycle = hart->deadline - (u64)left;
	return INTERP_LOOK;
}

enum interp_result interp_run(struct hart *hart, struct block *block)
{
	return interp(hart, block, NULL);
}

const void *const *interp_labels(void)
{
	const void *const *labels;

	interp(NULL, NULL, &labels);
	return labels;
}
