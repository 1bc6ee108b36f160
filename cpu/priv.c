/*
 * Traps: which level takes one, what is saved, how to come back, which interrupt is next. Called by
 * the hart on its own state and by the monitor on a guest's virtual state; csr.c has the rest.
 *
 * Levels are numbered so that most rules are arithmetic on them: the interrupt enable of level L is
 * bit L of mstatus, its previous value bit 4 + L.
 */
#include "cpu/priv.h"

#include <string.h>

/* 3.1.1: a letter's bit for each extension of one letter, U-mode, and MXL = 2. */
static u64 misa_of(u64 extensions)
{
	u64 misa = UINT64_C(2) << 62 | UINT64_C(1) << ('u' - 'a');

	for (u32 i = 0; i < EXTENSION_COUNT; i++)
		if ((extensions >> i & 1) && extension_names[i][1] == '\0')
			misa |= UINT64_C(1) << (extension_names[i][0] - 'A');
	return misa;
}

void priv_reset(struct priv *priv, u64 hartid, u64 extensions)
{
	memset(priv, 0, sizeof(*priv));
	priv->level = LEVEL_M;
	priv->status = UINT64_C(2) << 32 | UINT64_C(2) << 34; /* UXL, SXL: 64 bits */
	priv->extensions = extensions;
	priv->misa = misa_of(extensions);
	if (priv_has(priv, EXTENSION_Svadu))
		priv->bank[LEVEL_M].envcfg = ENVCFG_ADUE;
	priv->hartid = hartid;
}

enum level priv_target(const struct priv *priv, u64 cause)
{
	u64 delegated = cause & CAUSE_INTERRUPT ? priv->ideleg : priv->edeleg;

	if (priv->level <= LEVEL_S && delegated >> (cause & 63) & 1)
		return LEVEL_S;
	return LEVEL_M;
}

static u64 status_previous(const struct priv *priv, enum level level)
{
	return level == LEVEL_M ? (priv->status & STATUS_MPP) / (STATUS_MPP & -STATUS_MPP)
		: (priv->status & STATUS_SPP) / STATUS_SPP;
}

static u64 status_with_previous(u64 status, enum level level, u64 previous)
{
	if (level == LEVEL_M)
		return (status & ~STATUS_MPP) | previous * (STATUS_MPP & -STATUS_MPP);
	return (status & ~STATUS_SPP) | previous * STATUS_SPP;
}

u64 priv_trap_to(struct priv *priv, enum level to, u64 cause, u64 tval, u64 epc)
{
	struct priv_bank *bank = &priv->bank[to];
	u64 enable = UINT64_C(1) << to;
	u64 previous_enable = enable << 4;
	u64 base = bank->tvec & ~(u64)3;

	bank->epc = epc;
	bank->cause = cause;
	bank->tval = tval;
	priv->status = status_with_previous(priv->status, to, priv->level);
	priv->status = (priv->status & ~previous_enable) | (priv->status & enable) << 4;
	priv->status &= ~enable;
	priv->level = to;
	if ((bank->tvec & 1) && (cause & CAUSE_INTERRUPT))
		return base + 4 * (cause & 63);
	return base;
}

u64 priv_trap(struct priv *priv, u64 cause, u64 tval, u64 epc)
{
	return priv_trap_to(priv, priv_target(priv, cause), cause, tval, epc);
}

bool priv_return(struct priv *priv, enum level from, u64 *pc)
{
	u64 enable = UINT64_C(1) << from;
	u64 previous;

	if (priv->level < (u64)from)
		return false;
	if (from == LEVEL_S && priv->level == LEVEL_S && (priv->status & STATUS_TSR))
		return false;
	previous = status_previous(priv, from);
	priv->status = (priv->status & ~enable) | (priv->status >> 4 & enable);
	priv->status |= enable << 4;
	priv->status = status_with_previous(priv->status, from, LEVEL_U);
	if (previous != LEVEL_M)
		priv->status &= ~STATUS_MPRV;
	priv->level = previous;
	*pc = priv->bank[from].epc;
	return true;
}

bool priv_interrupt(const struct priv *priv, const struct priv_in *in, u64 *cause)
{
	/* Highest first: M before S, and external, software, timer within a level (3.1.9). */
	static const u8 order[] = {
		IRQ_machine_external, IRQ_machine_software, IRQ_machine_timer,
		IRQ_supervisor_external, IRQ_supervisor_software, IRQ_supervisor_timer,
	};
	u64 pending = (priv->ip | in->lines) & priv->ie;
	u64 taken = 0;

	if (!pending)
		return false;
	if (priv->level < LEVEL_M || (priv->status & STATUS_MIE))
		taken |= pending & ~priv->ideleg;
	if (priv->level < LEVEL_S || (priv->level == LEVEL_S && (priv->status & STATUS_SIE)))
		taken |= pending & priv->ideleg;
	/* What goes to M comes before all that is delegated. */
	if (taken & ~priv->ideleg)
		taken &= ~priv->ideleg;
	for (u32 i = 0; i < sizeof(order); i++) {
		if (taken >> order[i] & 1) {
			*cause = CAUSE_INTERRUPT | order[i];
			return true;
		}
	}
	return false;
}

bool priv_wakes(const struct priv *priv, const struct priv_in *in)
{
	return ((priv->ip | in->lines) & priv->ie) != 0;
}

bool priv_may_wait(const struct priv *priv)
{
	/* U-mode wfi may complete or trap; it traps here, as S-mode owns the waiting. */
	if (priv->level == LEVEL_U)
		return false;
	return priv->level == LEVEL_M || !(priv->status & STATUS_TW);
}

bool priv_may_fence(const struct priv *priv)
{
	if (priv->level == LEVEL_U)
		return false;
	return priv->level == LEVEL_M || !(priv->status & STATUS_TVM);
}

bool priv_environment_allows(const struct priv *priv, u64 field)
{
	if (priv->level < LEVEL_M && !(priv->bank[LEVEL_M].envcfg & field))
		return false;
	return priv->level > LEVEL_U || (priv->bank[LEVEL_S].envcfg & field);
}
