/*
 * Privileged state and its rules, as pure functions: they read and write one `struct priv` and
 * return their effects as data. The hart applies the effects to its TLB; the monitor calls the same
 * functions on a guest's virtual `struct priv` and applies the effects to its shadow tables. Nothing
 * else in the program knows how a trap is taken or what a CSR holds.
 *
 * RISC-V privileged architecture, version 1.12 (20211203) and Svadu; sections are cited in place.
 */
#ifndef CPU_PRIV_H
#define CPU_PRIV_H

#include "core/types.h"
#include "cpu/isa.h"

enum level { LEVEL_U = 0, LEVEL_S = 1, LEVEL_M = 3, LEVELS = 4 };

#define CAUSE_INTERRUPT (UINT64_C(1) << 63)

enum cause {
#define EXCEPTION(code, name, words) CAUSE_##name = code,
#define INTERRUPT(code, name, words)
#include "cpu/cause.def"
#undef EXCEPTION
#undef INTERRUPT
	CAUSES = 16
};

enum irq {
#define EXCEPTION(code, name, words)
#define INTERRUPT(code, name, words) IRQ_##name = code,
#include "cpu/cause.def"
#undef EXCEPTION
#undef INTERRUPT
	IRQS = 16
};

/* mstatus (3.1.6) */
#define STATUS_SIE  (UINT64_C(1) << 1)
#define STATUS_MIE  (UINT64_C(1) << 3)
#define STATUS_SPIE (UINT64_C(1) << 5)
#define STATUS_UBE  (UINT64_C(1) << 6)
#define STATUS_MPIE (UINT64_C(1) << 7)
#define STATUS_SPP  (UINT64_C(1) << 8)
#define STATUS_MPP  (UINT64_C(3) << 11)
#define STATUS_FS   (UINT64_C(3) << 13)
#define STATUS_FS_INITIAL (UINT64_C(1) << 13) /* 0 off, 1 initial, 2 clean, 3 dirty */
#define STATUS_MPRV (UINT64_C(1) << 17)
#define STATUS_SUM  (UINT64_C(1) << 18)
#define STATUS_MXR  (UINT64_C(1) << 19)
#define STATUS_TVM  (UINT64_C(1) << 20)
#define STATUS_TW   (UINT64_C(1) << 21)
#define STATUS_TSR  (UINT64_C(1) << 22)
#define STATUS_UXL  (UINT64_C(3) << 32)
#define STATUS_SXL  (UINT64_C(3) << 34)
#define STATUS_SD   (UINT64_C(1) << 63)

/* satp (4.1.11) */
#define SATP_MODE (UINT64_C(15) << 60)
#define SATP_ASID (UINT64_C(0xffff) << 44)
#define SATP_PPN  ((UINT64_C(1) << 44) - 1)
enum { SATP_BARE = 0, SATP_SV39 = 8, SATP_SV48 = 9, SATP_SV57 = 10 };

/* menvcfg, senvcfg (3.1.18, 4.1.10; the fields of cache-block operations: CMO 1.0, 3) */
#define ENVCFG_FIOM  (UINT64_C(1) << 0)
#define ENVCFG_CBIE  (UINT64_C(3) << 4)
#define ENVCFG_CBCFE (UINT64_C(1) << 6)
#define ENVCFG_CBZE  (UINT64_C(1) << 7)
#define ENVCFG_ADUE  (UINT64_C(1) << 61) /* hardware updates A and D (Svadu) */
/* What must be set for each operation */
#define ENVCFG_CBO_inval ENVCFG_CBIE
#define ENVCFG_CBO_clean ENVCFG_CBCFE
#define ENVCFG_CBO_flush ENVCFG_CBCFE
#define ENVCFG_CBO_zero  ENVCFG_CBZE

enum { PMP_RULES = 16 };

/* One level's trap registers, so that taking a trap is one block of code for all levels. */
struct priv_bank {
	u64 tvec, epc, cause, tval, scratch, counteren, envcfg;
};

struct priv {
	u64 level; /* enum level */
	u64 status;
	struct priv_bank bank[LEVELS]; /* S and M are used */
	u64 ie;
	u64 ip; /* the bits that software sets; lines are or-ed in when read */
	u64 edeleg, ideleg;
	u64 satp;
	u64 extensions; /* bit per enum extension: what this hart has; never changes */
	u64 misa, hartid;
	u64 countinhibit;
	u64 fcsr; /* floating-point flags and rounding mode (cpu/fpu.h) */
	u64 counter[32]; /* 0, 2: what to subtract from the raw count; its value while inhibited */
	u64 pmpcfg[2], pmpaddr[PMP_RULES];
	u64 zero;
};

/* What the rules need from outside the state. */
struct priv_in {
	u64 cycle;   /* raw counts, before this instruction */
	u64 instret;
	u64 now;     /* cycle by which time is told */
	u64 offset;  /* ticks to add to it */
	u64 lines;   /* interrupt lines, bits as in mip */
};

/* What a change of privileged state may have changed elsewhere. */
enum effect {
	EFFECT_NONE = 0,
	EFFECT_CONTEXT = 1,   /* which translation is in force */
	EFFECT_INTERRUPT = 2, /* which interrupt is to be taken */
	EFFECT_TLB = 4        /* every cached translation */
};

/* `extensions`: bit per enum extension (cpu/isa.h). */
void priv_reset(struct priv *priv, u64 hartid, u64 extensions);

/* The level at which a trap with this cause (CAUSE_INTERRUPT set for interrupts) is taken (3.1.8). */
enum level priv_target(const struct priv *priv, u64 cause);

/* Takes a trap to priv_target: saves, switches level, masks; returns the handler's address (3.1.7). */
u64 priv_trap(struct priv *priv, u64 cause, u64 tval, u64 epc);

/* The same to a level that firmware chose: how it passes on what it does not handle. */
u64 priv_trap_to(struct priv *priv, enum level to, u64 cause, u64 tval, u64 epc);

/* Returns from a handler of `from` (S or M). False: not allowed here, nothing changed (3.3.2). */
bool priv_return(struct priv *priv, enum level from, u64 *pc);

/* The interrupt to be taken now, as a cause; false when there is none (3.1.9). */
bool priv_interrupt(const struct priv *priv, const struct priv_in *in, u64 *cause);

/* Is any enabled interrupt pending, whatever the global enables say? Ends a wfi (3.3.3). */
bool priv_wakes(const struct priv *priv, const struct priv_in *in);

/* May wfi, sfence.vma be executed here? (TW, TVM: 3.1.6.5) */
bool priv_may_wait(const struct priv *priv);
bool priv_may_fence(const struct priv *priv);

/* Is a field of menvcfg, and for user code of senvcfg, set (in any of its bits) for this level? */
bool priv_environment_allows(const struct priv *priv, u64 field);

static inline bool priv_has(const struct priv *priv, enum extension extension)
{
	return priv->extensions >> extension & 1;
}

enum csr_operation { CSR_WRITE, CSR_SET, CSR_CLEAR };

/*
 * The CSR instruction: reads into *old, writes if `writes`. False: no such CSR, or not allowed here;
 * nothing changed. *effects gets or-ed enum effect.
 */
bool priv_csr(struct priv *priv, const struct priv_in *in, u32 number,
	enum csr_operation operation, u64 operand, bool writes, u64 *old, u32 *effects);

/* The table as data, for listings and the debugger: rows of csr.def. */
struct csr_row;
struct csr_info {
	u32 number, count;
	const char *name, *words;
};
enum csr_row_id {
#define CSR(number, count, name, home, readable, writable, guard, get, put, effect, words) \
	CSR_ROW_##name,
#include "cpu/csr.def"
#undef CSR
	CSR_ROWS
};
extern const struct csr_info csr_infos[CSR_ROWS];

/* "sepc", "pmpaddr7"; writes "0x7c0" for numbers without a row. */
void csr_name(u32 number, char *text, size_t size);

#endif
