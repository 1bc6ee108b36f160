/*
 * Items about privilege: CSRs, traps on purpose, returns between levels, fences.
 */
#include "core/bits.h"
#include "tests/differential/draw.h"

/* What QEMU and we may disagree about, CSR by CSR. */
static const struct csr_exception {
	enum exception exception;
	u32 first, last;
	bool absent;
	u64 unwritten, unread;
} csr_exceptions[] = {
#define EXCEPTION(name, section, words)
#define CSR_ABSENT(name, first, last, section, words) \
	{ EXCEPTION_##name, first, last, true, 0, 0 },
#define CSR_EXCEPTION(name, first, last, unwritten, unread, section, words) \
	{ EXCEPTION_##name, first, last, false, unwritten, unread },
#include "tests/differential/exceptions.def"
#undef EXCEPTION
#undef CSR_ABSENT
#undef CSR_EXCEPTION
};

enum { CSR_EXCEPTIONS = sizeof(csr_exceptions) / sizeof(csr_exceptions[0]) };

static const u32 csr_timed[] = { 0xc00, 0xc01, 0xc02, 0xb00, 0xb02 };
enum {
	FCSR = 0x003,
	SSTATUS = 0x100, SIE = 0x104, STVEC = 0x105, SEPC = 0x141, SIP = 0x144, SATP = 0x180, MSTATUS = 0x300,
	MEDELEG = 0x302, MIDELEG = 0x303, MIE = 0x304, MTVEC = 0x305, MEPC = 0x341, MIP = 0x344,
	PMPCFG0 = 0x3a0, PMPADDR0 = 0x3b0, PMPADDR_LAST = 0x3bf
};

static enum level csr_level(u32 number)
{
	return (enum level)(number >> 8 & 3);
}

static bool csr_read_only(u32 number)
{
	return number >> 10 == 3;
}

/* Row of that number, or CSR_ROWS. */
static u32 csr_row(u32 number)
{
	u32 row = 0;

	while (row < CSR_ROWS && number - csr_infos[row].number >= csr_infos[row].count)
		row++;
	return row;
}

static bool is_timed(u32 number)
{
	for (u32 i = 0; i < sizeof(csr_timed) / sizeof(csr_timed[0]); i++)
		if (csr_timed[i] == number)
			return true;
	return false;
}

/* Numbers that hold the program up: a probe puts back what was there. */
static bool is_restored(const struct draw *draw, u32 number)
{
	return number == MTVEC || (number >= PMPCFG0 && number <= PMPADDR_LAST)
		|| (draw->level == LEVEL_S && (number == STVEC || number == SATP));
}

static bool is_excepted(const struct draw *draw, const struct csr_exception *exception, u32 number)
{
	return number >= exception->first && number <= exception->last
		&& !draw_with(draw, exception->exception);
}

/* Only one side has it. */
static bool is_absent(const struct draw *draw, u32 number)
{
	for (u32 i = 0; i < CSR_EXCEPTIONS; i++)
		if (csr_exceptions[i].absent && is_excepted(draw, &csr_exceptions[i], number))
			return true;
	return false;
}

/* A CSR that exists and may be accessed at this level. */
static u32 draw_csr_number(struct draw *draw)
{
	const struct csr_info *info;
	u32 number;

	do {
		info = &csr_infos[draw_below(draw, CSR_ROWS)];
		number = info->number + draw_below(draw, info->count);
	} while (csr_level(number) > draw->level || is_timed(number) || is_absent(draw, number));
	return number;
}

/* What is left of `value` after the exceptions. */
static u64 operand_for(struct draw *draw, u32 number, bool clears, u64 value)
{
	bool mpp = number == MSTATUS && !draw_with(draw, EXCEPTION_mstatus_mpp);

	/* Neither set to 2 nor what is left of 3. */
	if (mpp && field_get(value, STATUS_MPP) == (clears ? 1 : 2))
		value &= ~STATUS_MPP;
	if ((number == MSTATUS || number == SSTATUS) && (value & STATUS_FS)
	    && !draw_with(draw, EXCEPTION_fs_flags))
		value |= STATUS_FS;
	if (clears)
		return value;
	/* Setting MPRV is draw_redirect's. */
	if (number == MSTATUS)
		value &= ~STATUS_MPRV;
	for (u32 i = 0; i < CSR_EXCEPTIONS; i++)
		if (is_excepted(draw, &csr_exceptions[i], number))
			value &= ~csr_exceptions[i].unwritten;
	if (number >= PMPCFG0 && number < PMPADDR0 && !draw_with(draw, EXCEPTION_pmpcfg_w))
		value |= (value >> 1 & UINT64_C(0x0101010101010101));
	return value;
}

static u64 draw_operand(struct draw *draw, u32 number)
{
	if (number == SATP)
		return draw_once_in(draw, 2) ? tables_satp(draw_below(draw, ROOTS + 1))
			: field_put(draw_number(draw), SATP_MODE, draw_below(draw, 8));
	if (draw_once_in(draw, 3))
		return UINT64_C(1) << draw_below(draw, 64);
	return draw_number(draw);
}

/* Clears bits of what was read that are not to be compared. */
static void draw_mask(struct draw *draw, u8 rd, u32 number)
{
	u64 unread = 0;
	u8 mask;

	for (u32 i = 0; i < CSR_EXCEPTIONS; i++)
		if (is_excepted(draw, &csr_exceptions[i], number))
			unread |= csr_exceptions[i].unread;
	if (!unread || !rd)
		return;
	mask = draw_fresh(draw, 1u << rd);
	/* A run of ones, made from all ones. */
	draw_step(draw, INSN_addi, mask, 0, 0, -1);
	draw_step(draw, INSN_srli, mask, mask, 0, 64 - __builtin_popcountll(unread));
	draw_step(draw, INSN_slli, mask, mask, 0, __builtin_ctzll(unread));
	draw_step(draw, INSN_xori, mask, mask, 0, -1);
	draw_step(draw, INSN_and, rd, rd, mask, 0);
}

static void draw_csr_access(struct draw *draw, u8 rd, u32 number, bool quiet)
{
	static const enum insn_id rows[] = {
		INSN_csrrw, INSN_csrrs, INSN_csrrc, INSN_csrrwi, INSN_csrrsi, INSN_csrrci
	};
	u32 row = draw_below(draw, 6);
	u64 value;
	u8 rs1;

	/* Written whole or not at all: not any mode and root, or combination of rights, will do. */
	if (number == SATP)
		row = 0;
	if (number >= PMPCFG0 && number < PMPADDR0)
		row = row / 3 * 3;
	/* Exception fs_flags: setting or clearing no bit is a write, and makes FS dirty. */
	if (number <= FCSR && !draw_float_dirty(draw))
		row = row / 3 * 3;
	if (quiet || csr_read_only(number)) {
		row = row % 3 == 0 ? 1 : row;
		rs1 = 0;
	} else {
		value = operand_for(draw, number, row % 3 == 2,
			row < 3 ? draw_operand(draw, number) : draw_below(draw, 32));
		rs1 = row < 3 ? draw_holding(draw, value) : (u8)value;
	}
	draw_step(draw, rows[row], rd, rs1, 0, (s32)number);
}

void draw_csr(struct draw *draw)
{
	u32 number;
	bool quiet;
	u8 rd;

	number = draw_csr_number(draw);
	quiet = is_restored(draw, number);

	/* Nothing is to become pending where it was not reckoned with. */
	if ((number == MIP || number == SIP) && !draw->interrupts)
		quiet = true;
	if ((number == MIE || number == SIE) && draw->interrupts)
		quiet = true;
	/* What the levels below stand on may be overturned when nothing below will run. */
	if (number == STVEC || number == SATP || number == MEDELEG || number == MIDELEG
	    || number == MSTATUS) {
		if (draw->level == LEVEL_M && draw->data == LEVEL_M && !draw->returned)
			draw->junk = true;
		else
			quiet = true;
	}
	rd = draw_once_in(draw, 8) ? 0 : draw_fresh(draw, 0);
	draw_csr_access(draw, rd, number, quiet);
	draw_mask(draw, rd, number);
	if (!quiet && draw_once_in(draw, 2)) {
		rd = draw_fresh(draw, 0);
		draw_step(draw, INSN_csrrs, rd, 0, 0, (s32)number);
		draw_mask(draw, rd, number);
	}
	draw->coverage->csrs[csr_row(number)]++;
}

/* Written, read back, and written as it was. */
void draw_csr_restored(struct draw *draw)
{
	static const u32 numbers[] = { MTVEC, STVEC, SATP };
	u32 number = numbers[draw_below(draw, 3)];
	u8 old, back;

	if (draw_once_in(draw, 2))
		number = draw_once_in(draw, 4) ? PMPCFG0 + draw_below(draw, 2) * 2
			: PMPCFG0 + 16 + draw_below(draw, 16);
	if (draw->interrupts || csr_level(number) > draw->level || !is_restored(draw, number))
		draw->failed = true;
	if (number == SATP && draw->level == LEVEL_S) {
		/* The next instruction is fetched with it: only what maps the code as it is now. */
		u64 value = tables_satp(draw->group->environment.root);
		u64 mode = 1 + draw_below(draw, 7);
		u8 rs1;

		if (draw->group->environment.root && draw_once_in(draw, 2))
			value = tables_satp(1 + draw_below(draw, ROOTS));
		if (draw_once_in(draw, 3))
			value = field_put(draw_number(draw), SATP_MODE, mode);
		rs1 = draw_holding(draw, value);
		old = draw_fresh(draw, 0);
		draw_step(draw, INSN_csrrw, old, rs1, 0, SATP);
	} else {
		u32 steps = draw->group->steps;

		draw_csr_access(draw, 0, number, false);
		old = draw_fresh(draw, 0);
		draw->group->step[steps].insn.rd = old;
	}
	back = draw_fresh(draw, 1u << old);
	draw_step(draw, INSN_csrrs, back, 0, 0, (s32)number);
	draw_step(draw, INSN_csrrw, 0, old, 0, (s32)number);
	draw->coverage->csrs[csr_row(number)]++;
}

/* Counters: whether they may be accessed; what they say is each machine's own. */
void draw_csr_timed(struct draw *draw)
{
	u32 number = csr_timed[draw_below(draw, sizeof(csr_timed) / sizeof(csr_timed[0]))];
	bool write = draw_once_in(draw, 3) && !csr_read_only(number);

	draw_step(draw, write ? INSN_csrrw : INSN_csrrs, 0, write ? draw_source(draw) : 0, 0,
		(s32)number);
	draw->coverage->csrs[csr_row(number)]++;
}

/* No such CSR, not at this level, or not for writing. */
void draw_csr_refused(struct draw *draw)
{
	u32 number = draw_below(draw, 4096);
	bool write = draw_once_in(draw, 2);

	if (draw_once_in(draw, 2)) {
		const struct csr_info *info = &csr_infos[draw_below(draw, CSR_ROWS)];

		number = info->number + draw_below(draw, info->count);
	}
	if (csr_row(number) < CSR_ROWS && csr_level(number) <= draw->level
	    && !(write && csr_read_only(number)))
		draw->failed = true;
	if (csr_row(number) == CSR_ROWS && is_absent(draw, number))
		draw->failed = true;
	draw_step(draw, write ? INSN_csrrw : INSN_csrrs, draw_target(draw),
		write ? draw_source(draw) : 0, 0, (s32)number);
}

void draw_trap(struct draw *draw)
{
	/* User level may not return; what is above must not, from an address of long ago. */
	bool user = draw->group->environment.level == LEVEL_U;

	switch (draw_below(draw, user ? 5 : 3)) {
	case 0:
		draw_step(draw, INSN_ecall, 0, 0, 0, 0);
		break;
	case 1:
		draw_step(draw, INSN_ebreak, 0, 0, 0, 0);
		break;
	case 2: /* c.ebreak */
		draw_put(draw, decode(draw->program->isa, 0x9002));
		break;
	case 3:
		draw_step(draw, INSN_mret, 0, 0, 0, 0);
		break;
	case 4:
		draw_step(draw, INSN_sret, 0, 0, 0, 0);
		break;
	}
}

static bool is_nothing(const struct insn *insn)
{
	return insn->id == INSN_NONE;
}

void draw_illegal(struct draw *draw)
{
	struct insn insn;

	if (draw_once_in(draw, 3)) {
		draw_put(draw, draw_compressed(draw, is_nothing));
		return;
	}
	do {
		/* At random, or one bit beside an instruction. */
		insn = (struct insn){ .id = (u16)draw_below(draw, INSN_COUNT), .rd = draw_source(draw),
			.rs1 = draw_source(draw), .rs2 = draw_source(draw),
			.imm = (s32)draw_number(draw) };
		insn.word = isa_encode(draw->program->isa, &insn) ^ 1u << draw_below(draw, 32);
		if (draw_once_in(draw, 4))
			insn.word = (u32)random_next(&draw->random);
		insn = decode(draw->program->isa, insn.word | 3);
	} while (insn.id != INSN_NONE);
	draw_put(draw, insn);
}

/* Where code lies at a level, from its physical address. */
static u64 draw_alias(struct draw *draw, enum level level)
{
	if (level == LEVEL_M || draw->group->environment.root == 0)
		return 0;
	if (level == LEVEL_U)
		return ALIAS_U - UINT64_C(0x80000000);
	return draw_once_in(draw, 2) ? 0 : ALIAS_HIGH - UINT64_C(0x80000000);
}

void draw_trap_return(struct draw *draw)
{
	static const enum level levels[] = { LEVEL_U, LEVEL_S, LEVEL_M };
	bool machine = draw->level == LEVEL_M && draw_once_in(draw, 2);
	enum level level = levels[draw_below(draw, machine ? 3 : 2)];
	u64 alias = draw_alias(draw, level), mask = machine ? STATUS_MPP : STATUS_SPP;
	u32 status = machine ? MSTATUS : SSTATUS;
	u8 address;

	/* Everything below must be as the group found it, and the item must be reached. */
	if (draw->level == LEVEL_U || draw->junk || draw->item < draw->skipped_to)
		draw->failed = true;
	if (draw->level == LEVEL_M && draw->data != LEVEL_M
	    && !draw_with(draw, EXCEPTION_mprv_return))
		draw_step(draw, INSN_csrrc, 0, draw_holding(draw, STATUS_MPRV), 0, MSTATUS);
	draw_step(draw, INSN_csrrc, 0, draw_holding(draw, mask), 0, (s32)status);
	if (level != LEVEL_U)
		draw_step(draw, INSN_csrrs, 0,
			draw_holding(draw, field_put(0, mask, level)), 0, (s32)status);
	if (alias != draw->alias) {
		u8 delta = draw_holding(draw, alias - draw->alias);

		address = draw_fresh(draw, 1u << delta);
		draw_address_of(draw, address, (u8)(draw->item + 1));
		draw_step(draw, INSN_add, address, address, delta, 0);
	} else {
		address = draw_fresh(draw, 0);
		draw_address_of(draw, address, (u8)(draw->item + 1));
	}
	draw_step(draw, INSN_csrrw, 0, address, 0, machine ? MEPC : SEPC);
	draw_step(draw, machine ? INSN_mret : INSN_sret, 0, 0, 0, 0);
	draw->returned = true;
	if (draw->level == LEVEL_S && (draw->group->environment.mstatus & STATUS_TSR))
		return;
	draw->level = level;
	draw->alias = alias;
	draw->data = level;
	draw->translated = level != LEVEL_M && draw->group->environment.root != 0;
}

/* Data accesses of machine level as if made below (MPRV), or no longer. */
void draw_redirect(struct draw *draw)
{
	enum level level = draw_once_in(draw, 2) ? LEVEL_U : LEVEL_S;

	if (draw->level != LEVEL_M || draw->junk || draw->item < draw->skipped_to)
		draw->failed = true;
	if (draw->data != LEVEL_M) {
		draw_step(draw, INSN_csrrc, 0, draw_holding(draw, STATUS_MPRV), 0, MSTATUS);
		draw->data = LEVEL_M;
		draw->translated = false;
		return;
	}
	draw_step(draw, INSN_csrrc, 0, draw_holding(draw, STATUS_MPP), 0, MSTATUS);
	draw_step(draw, INSN_csrrs, 0, draw_holding(draw, STATUS_MPRV
		| field_put(0, STATUS_MPP, level)), 0, MSTATUS);
	draw->data = level;
	draw->translated = draw->group->environment.root != 0;
}

/* wfi where it must trap, or with something pending that machine level has masked. */
void draw_wait(struct draw *draw)
{
	const u64 soft = 1u << IRQ_supervisor_software;

	if (draw->level == LEVEL_S && !(draw->group->environment.mstatus & STATUS_TW))
		draw->failed = true;
	if (draw->level == LEVEL_M) {
		draw_step(draw, INSN_csrrci, 0, 1 << LEVEL_M, 0, MSTATUS);
		draw_step(draw, INSN_csrrsi, 0, soft, 0, MIE);
		draw_step(draw, INSN_csrrsi, 0, soft, 0, MIP);
	}
	draw_step(draw, INSN_wfi, 0, 0, 0, 0);
	if (draw->level == LEVEL_M) {
		draw_step(draw, INSN_csrrci, 0, soft, 0, MIP);
		draw_step(draw, INSN_csrrci, 0, soft, 0, MIE);
	}
}

void draw_fence_vma(struct draw *draw)
{
	u8 rs1 = draw_once_in(draw, 2) ? 0 : draw_source(draw);

	draw_step(draw, INSN_sfence_vma, 0, rs1, draw_once_in(draw, 2) ? 0 : draw_source(draw), 0);
}
