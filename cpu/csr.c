/*
 * CSR access: the one function through which every CSR in the program is read and written, and the
 * few registers that are more than a masked word. The rows are csr.def's; the hart calls it for its
 * own state, the monitor for a guest's virtual one.
 */
#include "core/bits.h"
#include "cpu/priv.h"

#include <stdio.h>

/* Masks that csr.def names. */
#define MASK_ALL          (~(u64)0)
#define MASK_NONE         UINT64_C(0)
#define MASK_EVEN         (~(u64)1)
#define MASK_SUPERVISOR   (UINT64_C(1) << IRQ_supervisor_software \
	| UINT64_C(1) << IRQ_supervisor_timer | UINT64_C(1) << IRQ_supervisor_external)
#define MASK_INTERRUPTS   (MASK_SUPERVISOR | UINT64_C(1) << IRQ_machine_software \
	| UINT64_C(1) << IRQ_machine_timer | UINT64_C(1) << IRQ_machine_external)
#define MASK_SIP_WRITABLE (UINT64_C(1) << IRQ_supervisor_software)
#define MASK_SSTATUS_WRITABLE (STATUS_SIE | STATUS_SPIE | STATUS_SPP | STATUS_SUM | STATUS_MXR \
	| STATUS_FS)
#define MASK_SSTATUS      (MASK_SSTATUS_WRITABLE | STATUS_UBE | STATUS_UXL | STATUS_SD)
#define MASK_MSTATUS_WRITABLE (MASK_SSTATUS_WRITABLE | STATUS_MIE | STATUS_MPIE | STATUS_MPP \
	| STATUS_MPRV | STATUS_TVM | STATUS_TW | STATUS_TSR)
#define MASK_MEDELEG      UINT64_C(0xb3ff) /* all but ecall from M, which cannot be delegated */
#define MASK_COUNTEREN    UINT64_C(0xffffffff)
#define MASK_COUNTINHIBIT UINT64_C(5)
/* FIOM: nothing to do when steps are in order. */
#define MASK_SENVCFG      (ENVCFG_FIOM | ENVCFG_CBIE | ENVCFG_CBCFE | ENVCFG_CBZE)
#define MASK_MENVCFG      (MASK_SENVCFG | ENVCFG_ADUE)
#define MASK_FFLAGS       UINT64_C(0x1f)
#define MASK_FRM          UINT64_C(0x07) /* of the value; fcsr has it in bits 7:5 */
#define MASK_FCSR         UINT64_C(0xff)
#define MASK_PMPADDR      ((UINT64_C(1) << 54) - 1)

struct csr_row {
	u32 number, count, home, effect;
	u64 readable, writable;
	bool (*guard)(const struct priv *priv, u32 number);
	u64 (*get)(const struct priv *priv, const struct priv_in *in, u64 home);
	void (*put)(struct priv *priv, const struct priv_in *in, u32 index, u64 *home, u64 value);
};

/* Guards: may this level touch it, beyond what the number says? */

static bool guard_none(const struct priv *priv, u32 number)
{
	return true;
}

static bool guard_tvm(const struct priv *priv, u32 number)
{
	return priv_may_fence(priv);
}

/* 3.1.6.6: while FS is off, floating-point state is out of reach. */
static bool guard_float(const struct priv *priv, u32 number)
{
	return priv->status & STATUS_FS;
}

/* 3.1.11: a counter is readable below M when mcounteren, and below S when scounteren too, allow. */
static bool guard_counter(const struct priv *priv, u32 number)
{
	u64 bit = UINT64_C(1) << (number & 31);

	if (priv->level < LEVEL_M && !(priv->bank[LEVEL_M].counteren & bit))
		return false;
	return priv->level > LEVEL_U || (priv->bank[LEVEL_S].counteren & bit);
}

/* Reads. */

static u64 get_plain(const struct priv *priv, const struct priv_in *in, u64 home)
{
	return home;
}

/* SD sums up what is dirty. */
static u64 get_status(const struct priv *priv, const struct priv_in *in, u64 home)
{
	return (home & STATUS_FS) == STATUS_FS ? home | STATUS_SD : home;
}

static u64 get_frm(const struct priv *priv, const struct priv_in *in, u64 home)
{
	return home >> 5;
}

static u64 get_cycle(const struct priv *priv, const struct priv_in *in, u64 home)
{
	return priv->countinhibit & 1 ? home : in->cycle - home;
}

static u64 get_time(const struct priv *priv, const struct priv_in *in, u64 home)
{
	return in->now / CYCLES_PER_TICK + in->offset;
}

static u64 get_instret(const struct priv *priv, const struct priv_in *in, u64 home)
{
	return priv->countinhibit & 4 ? home : in->instret - home;
}

static u64 get_pending(const struct priv *priv, const struct priv_in *in, u64 home)
{
	return home | in->lines;
}

static u64 get_delegated(const struct priv *priv, const struct priv_in *in, u64 home)
{
	return home & priv->ideleg;
}

static u64 get_pending_delegated(const struct priv *priv, const struct priv_in *in, u64 home)
{
	return (home | in->lines) & priv->ideleg;
}

/* Writes: `value` has been merged with the bits that the row does not let change. */

static void put_none(struct priv *priv, const struct priv_in *in, u32 index, u64 *home, u64 value)
{
}

static void put_plain(struct priv *priv, const struct priv_in *in, u32 index, u64 *home, u64 value)
{
	*home = value;
}

static void put_status(struct priv *priv, const struct priv_in *in, u32 index, u64 *home, u64 value)
{
	/* MPP holds only levels that exist: 2 leaves it as it was. */
	if (field_get(value, STATUS_MPP) == 2)
		value = (value & ~STATUS_MPP) | (*home & STATUS_MPP);
	if (!priv_has(priv, EXTENSION_F))
		value &= ~STATUS_FS;
	*home = value;
}

static void put_float(struct priv *priv, const struct priv_in *in, u32 index, u64 *home, u64 value)
{
	*home = value;
	priv->status |= STATUS_FS;
}

static void put_frm(struct priv *priv, const struct priv_in *in, u32 index, u64 *home, u64 value)
{
	put_float(priv, in, index, home, bits_put(*home, 5, 3, value));
}

static void put_delegated(struct priv *priv, const struct priv_in *in, u32 index, u64 *home,
	u64 value)
{
	*home = (*home & ~priv->ideleg) | (value & priv->ideleg);
}

static void put_tvec(struct priv *priv, const struct priv_in *in, u32 index, u64 *home, u64 value)
{
	/* Mode 0 direct, 1 vectored; the reserved ones leave the register as it was. */
	if (!(value & 2))
		*home = value;
}

static void put_satp(struct priv *priv, const struct priv_in *in, u32 index, u64 *home, u64 value)
{
	u64 mode = field_get(value, SATP_MODE);

	/* 4.1.11: a write with a mode that is not there has no effect at all. */
	if (mode == SATP_SV39 || mode == SATP_BARE
	    || (mode == SATP_SV48 && priv_has(priv, EXTENSION_Sv48))
	    || (mode == SATP_SV57 && priv_has(priv, EXTENSION_Sv57)))
		*home = value;
}

/* A field is there when its extension is. */
static void put_envcfg(struct priv *priv, const struct priv_in *in, u32 index, u64 *home, u64 value)
{
	if (!priv_has(priv, EXTENSION_Zicbom))
		value &= ~(ENVCFG_CBIE | ENVCFG_CBCFE);
	if (!priv_has(priv, EXTENSION_Zicboz))
		value &= ~ENVCFG_CBZE;
	if (!priv_has(priv, EXTENSION_Svadu))
		value &= ~ENVCFG_ADUE;
	/* CBIE: 0 illegal, 1 flush, 3 invalidate; 2 is reserved and changes nothing. */
	if (field_get(value, ENVCFG_CBIE) == 2)
		value = (value & ~ENVCFG_CBIE) | (*home & ENVCFG_CBIE);
	*home = value;
}

static void put_cycle(struct priv *priv, const struct priv_in *in, u32 index, u64 *home, u64 value)
{
	/* The next instruction is to read the value written. */
	*home = priv->countinhibit & 1 ? value : in->cycle + 1 - value;
}

static void put_instret(struct priv *priv, const struct priv_in *in, u32 index, u64 *home, u64 value)
{
	*home = priv->countinhibit & 4 ? value : in->instret + 1 - value;
}

static void put_countinhibit(struct priv *priv, const struct priv_in *in, u32 index, u64 *home,
	u64 value)
{
	u64 cycle = get_cycle(priv, in, priv->counter[0]);
	u64 instret = get_instret(priv, in, priv->counter[2]);

	*home = value;
	priv->counter[0] = value & 1 ? cycle : in->cycle - cycle;
	priv->counter[2] = value & 4 ? instret : in->instret - instret;
}

enum { PMP_L = 0x80, PMP_A = 0x18, PMP_TOR = 0x08, PMP_W = 2, PMP_R = 1, PMP_RESERVED = 0x60 };

static u8 pmp_rule(const struct priv *priv, u32 rule)
{
	return (u8)(priv->pmpcfg[rule / 8] >> rule % 8 * 8);
}

static void put_pmpcfg(struct priv *priv, const struct priv_in *in, u32 index, u64 *home, u64 value)
{
	for (u32 byte = 0; byte < 8; byte++) {
		u8 rule = (u8)(value >> byte * 8) & (u8)~PMP_RESERVED;

		/* 3.7.1: locked rules stay; W without R is reserved. */
		if (*home >> byte * 8 & PMP_L)
			continue;
		if ((rule & PMP_W) && !(rule & PMP_R))
			rule &= (u8)~PMP_W;
		*home = bits_put(*home, byte * 8, 8, rule);
	}
}

static void put_pmpaddr(struct priv *priv, const struct priv_in *in, u32 index, u64 *home, u64 value)
{
	u8 next = index + 1 < PMP_RULES ? pmp_rule(priv, index + 1) : 0;

	/* Locked itself, or the lower bound of a locked top-of-range rule. */
	if (pmp_rule(priv, index) & PMP_L)
		return;
	if ((next & PMP_L) && (next & PMP_A) == PMP_TOR)
		return;
	*home = value;
}

/* "CONTEXT|INTERRUPT" in csr.def. */
enum {
	NONE = EFFECT_NONE,
	CONTEXT = EFFECT_CONTEXT,
	INTERRUPT = EFFECT_INTERRUPT,
	TLB = EFFECT_TLB
};

static const struct csr_row csr_rows[CSR_ROWS] = {
#define CSR(number, count, name, home, readable, writable, guard, get, put, effect, words) \
	{ number, count, offsetof(struct priv, home), effect, MASK_##readable, MASK_##writable, \
		guard_##guard, get_##get, put_##put },
#include "cpu/csr.def"
#undef CSR
};

const struct csr_info csr_infos[CSR_ROWS] = {
#define CSR(number, count, name, home, readable, writable, guard, get, put, effect, words) \
	{ number, count, #name, words },
#include "cpu/csr.def"
#undef CSR
};

/* Row of each number, plus one; 0 where there is no CSR. */
static const u8 csr_index[4096] = {
#define CSR(number, count, name, home, readable, writable, guard, get, put, effect, words) \
	[number ... number + count - 1] = CSR_ROW_##name + 1,
#include "cpu/csr.def"
#undef CSR
};

static s32 csr_find(u32 number)
{
	return (s32)csr_index[number & 4095] - 1;
}

bool priv_csr(struct priv *priv, const struct priv_in *in, u32 number,
	enum csr_operation operation, u64 operand, bool writes, u64 *old, u32 *effects)
{
	const struct csr_row *row;
	s32 found = csr_find(number);
	u64 *home;
	u64 value;

	if (found < 0 || priv->level < (number >> 8 & 3) || (writes && number >> 10 == 3))
		return false;
	row = &csr_rows[found];
	if (!row->guard(priv, number))
		return false;
	home = (u64 *)(void *)((u8 *)priv + row->home) + (number - row->number);
	*old = row->get(priv, in, *home) & row->readable;
	if (!writes)
		return true;
	value = operand;
	if (operation != CSR_WRITE) {
		/* A read-modify-write starts from the register without the interrupt lines (3.1.9). */
		struct priv_in quiet = *in;
		u64 before;

		quiet.lines = 0;
		before = row->get(priv, &quiet, *home);
		value = operation == CSR_SET ? before | operand : before & ~operand;
	}
	value = (*home & ~row->writable) | (value & row->writable);
	row->put(priv, in, number - row->number, home, value);
	*effects |= row->effect;
	return true;
}

void csr_name(u32 number, char *text, size_t size)
{
	s32 found = csr_find(number);
	const char *name;
	u32 first = 0, digits;

	if (found < 0) {
		snprintf(text, size, "0x%x", number);
		return;
	}
	name = csr_infos[found].name;
	for (digits = 0; name[digits] && (name[digits] < '0' || name[digits] > '9'); digits++)
		;
	if (csr_infos[found].count == 1) {
		snprintf(text, size, "%s", name);
		return;
	}
	/* A row of many is named after its first: "hpmcounter3" and up. */
	for (const char *c = name + digits; *c; c++)
		first = first * 10 + (u32)(*c - '0');
	snprintf(text, size, "%.*s%u", (int)digits, name, first + number - csr_infos[found].number);
}
