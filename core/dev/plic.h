/*
 * Platform-level interrupt controller with 53 level-triggered sources (numbers 1 to 53) and two
 * contexts for each hart: 2*hart for M (MEIP), 2*hart + 1 for S (SEIP). A source that is high makes
 * a request; the request stays until a context claims it, and the source can make no other one
 * before that claim is completed. Reference: RISC-V PLIC specification 1.0.0.
 *
 *	0x000000 + 4*source               priority 0 (never) to 7
 *	0x001000 + 4*word                 pending bits, read-only
 *	0x002000 + 0x80*context + 4*word  enable bits
 *	0x200000 + 0x1000*context         threshold: only higher priorities interrupt
 *	0x200004 + 0x1000*context         read: claim; write: complete
 */
#ifndef CORE_DEV_PLIC_H
#define CORE_DEV_PLIC_H

#include "core/device.h"
#include "core/irq.h"

enum {
	PLIC_SOURCES = 53, /* riscv,ndev; source 0 does not exist */
	PLIC_HARTS = 8,
	PLIC_CONTEXTS = 2 * PLIC_HARTS
};

struct plic_state {
	u64 level;   /* sources that are high; bit n is source n */
	u64 pending; /* requests not claimed */
	u64 waiting; /* gateways shut: requested and not completed */
	u64 enable[PLIC_CONTEXTS];
	u8 threshold[PLIC_CONTEXTS];
	u8 priority[PLIC_SOURCES + 1];
	u8 unused[2]; /* no padding: all bytes of a snapshot are defined */
};

struct plic {
	struct plic_state state;
	u32 contexts;
	struct irq_line line[PLIC_CONTEXTS];
};

extern const struct device plic_device;

/* lines[hart] is that hart's word of interrupt lines, bits as in mip; borrowed. */
void plic_create(struct plic *plic, u32 harts, u64 *const *lines);
void plic_restored(struct plic *plic);

/* The line into source 1..53. */
struct irq_line plic_line(struct plic *plic, u32 source);

#endif
