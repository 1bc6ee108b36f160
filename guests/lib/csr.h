/*
 * Access to a control and status register by its name: csr_read(sstatus), csr_write(stvec, value).
 * Macros, since the register is part of the instruction.
 */
#ifndef GUESTS_LIB_CSR_H
#define GUESTS_LIB_CSR_H

#ifdef __ASSEMBLER__
#define CSR_BIT(n) (1 << (n))
#else
#include "core/types.h"

#define CSR_BIT(n) (UINT64_C(1) << (n))

#define csr_read(name) ({ \
	u64 csr_value; \
	asm volatile("csrr %0, " #name : "=r"(csr_value) : : "memory"); \
	csr_value; })

#define csr_write(name, value) asm volatile("csrw " #name ", %0" : : "rK"((u64)(value)) : "memory")
#define csr_set(name, bits) asm volatile("csrs " #name ", %0" : : "rK"((u64)(bits)) : "memory")
#define csr_clear(name, bits) asm volatile("csrc " #name ", %0" : : "rK"((u64)(bits)) : "memory")

/* Clears `bits` and gives the register as it was, in one access. */
#define csr_read_clear(name, bits) ({ \
	u64 csr_value; \
	asm volatile("csrrc %0, " #name ", %1" : "=r"(csr_value) : "rK"((u64)(bits)) : "memory"); \
	csr_value; })

#endif

/* sstatus */
#define STATUS_SIE CSR_BIT(1)
#define STATUS_SPIE CSR_BIT(5)
#define STATUS_SPP CSR_BIT(8)
#define STATUS_SUM CSR_BIT(18)

/* sie, sip */
#define INTERRUPT_SOFTWARE CSR_BIT(1)
#define INTERRUPT_TIMER CSR_BIT(5)
#define INTERRUPT_EXTERNAL CSR_BIT(9)

/* scause */
#define CAUSE_INTERRUPT CSR_BIT(63)

#endif
