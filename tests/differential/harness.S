/*
 * What surrounds the drawn programs, on both sides alike: puts the machine into the state that a
 * group's header describes, runs the group, and logs every trap that reaches machine level with all
 * registers. A trap in drawn code goes on behind the instruction; the ecall at a group's end, and
 * any trap whose pc is not in the group, go on to the next group. What is delegated lands in
 * s_vector, which touches nothing and calls machine level at once.
 *
 * A drawn program may leave any value in any register and in mscratch, and may have set
 * mstatus.MPRV: until that is known and cleared, no memory can be touched.
 */
#include "tests/differential/layout.h"

#define MTIMECMP        0x02004000
#define FINISHER        0x00100000
#define MPRV_BIT        17
#define FS              (3 << 13)
#define CAUSE_BREAKPOINT 3
#define CAUSE_ECALL_S   9

	.option	norvc
	.option	norelax
	.option	arch, +d		/* the registers are saved; nothing is computed */
	.text
	.globl	_start
_start:
	csrr	t0, mhartid
	bnez	t0, park
	li	t0, MTIMECMP
	li	t1, -1
	sd	t1, 0(t0)
	la	sp, state
	ld	s0, STATE_GROUP(sp)
	j	load_group

park:
	csrw	mie, zero
	wfi
	j	park

	.balign	64
m_vector:
	.rept	16
	j	m_entry
	.endr

	/* One ecall for the base and for each vectored interrupt. */
	.balign	64
	.globl	s_vector
s_vector:
	.rept	16
	ecall
	.endr
s_return:
	sret

m_entry:
	csrrw	sp, mscratch, sp
	lui	sp, 1 << (MPRV_BIT - 12)
	csrrc	sp, mstatus, sp
	slli	sp, sp, 63 - MPRV_BIT
	bltz	sp, 1f
	la	sp, state
	sd	zero, STATE_MPRV(sp)
	j	2f
1:	la	sp, state
	sd	sp, STATE_MPRV(sp)
	nop				/* as long as the other way */
2:	sd	t0, STATE_T0(sp)
	ld	t0, STATE_RECORD(sp)
	.irp	n, 1, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	sd	x\n, 8 * (RECORD_X + \n)(t0)
	.endr
	csrr	t1, mscratch
	sd	t1, 8 * (RECORD_X + 2)(t0)
	ld	t1, STATE_T0(sp)
	sd	t1, 8 * (RECORD_X + 5)(t0)
	csrr	t1, minstret
entry_counted:
	ld	t2, STATE_RETIRED_FROM(sp)
	sub	t1, t1, t2
	lwu	t2, STATE_SIZE(sp)	/* less the harness's own: overhead */
	sub	t1, t1, t2
	li	t2, 256
	bgeu	t1, t2, 1f		/* the program has written minstret */
	ld	t2, STATE_RETIRED(sp)
	add	t1, t1, t2
	sd	t1, STATE_RETIRED(sp)
1:

	/* Exception ebreak_tval: the address or 0. */
	li	t2, CAUSE_BREAKPOINT
	csrr	t1, mcause
	bne	t1, t2, 1f
	csrw	mtval, zero
1:	csrr	t1, scause
	bne	t1, t2, 1f
	csrw	stval, zero
1:
	/* The rest of the record; in the order of record_names (compare.c). */
	ld	s0, STATE_GROUP(sp)
	ld	t1, HEADER_NUMBER(s0)
	sd	t1, 8 * RECORD_GROUP(t0)
	.set	at, 8 * RECORD_CSRS
	.irp	csr, mcause, mepc, mtval, mstatus, scause, sepc, stval, sscratch, stvec, satp, mip, mie, medeleg, mideleg, mtvec
	csrr	t1, \csr
	sd	t1, at(t0)
	.set	at, at + 8
	.endr
	ld	t1, STATE_MPRV(sp)
	snez	t1, t1
	slli	t1, t1, MPRV_BIT
	sd	t1, 8 * RECORD_MPRV(t0)

	/* Floating-point state can be saved while FS is not off; then FS is as it was. */
	li	t1, FS
	csrs	mstatus, t1
	.set	at, 8 * RECORD_F
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	fsd	f\n, at(t0)
	.set	at, at + 8
	.endr
	frcsr	t1
	sd	t1, 8 * RECORD_FCSR(t0)
	ld	t1, 8 * (RECORD_CSRS + 3)(t0)
	csrw	mstatus, t1

	/* Room for another, and fuel left? */
	addi	t1, t0, RECORD_SIZE
	sd	t1, STATE_RECORD(sp)
	li	t2, LAYOUT_LOG_END - RECORD_SIZE
	bgtu	t1, t2, finish
	ld	t1, STATE_FUEL(sp)
	addi	t1, t1, -1
	sd	t1, STATE_FUEL(sp)
	blez	t1, next_group

	/* Where is it to go on? a0: pc of the trap; a1: its cause. */
	csrr	a0, mepc
	csrr	a1, mcause
	bltz	a1, m_interrupt
	la	t1, s_vector
	sub	t1, a0, t1
	li	t2, 64
	bgeu	t1, t2, m_exception
	li	t2, CAUSE_ECALL_S
	bne	a1, t2, m_exception

	/* It was a supervisor trap: the same for its own registers, and back by sret. */
	ld	t1, STATE_RETIRED(sp)
	addi	t1, t1, -1
	sd	t1, STATE_RETIRED(sp)
	csrr	a0, sepc
	csrr	a1, scause
	la	a2, s_return
	csrw	mepc, a2
	bltz	a1, s_interrupt
	jal	ra, skip
	csrw	sepc, a0
	j	resume

s_interrupt:
m_interrupt:
	li	t1, 1
	sll	t1, t1, a1
	csrc	mip, t1
	j	resume

m_exception:
	jal	ra, skip
	csrw	mepc, a0
	j	resume

/* a0: the pc behind the instruction at a0, at whichever alias; not in the group: the next group. */
skip:
	slli	t1, a0, 64 - CODE_ALIAS_BITS
	srli	t1, t1, 64 - CODE_ALIAS_BITS
	li	t2, LAYOUT_CODE & ~((1 << CODE_ALIAS_BITS) - 1)
	add	t1, t1, t2
	ld	t2, HEADER_START(s0)
	bltu	t1, t2, next_group
	ld	t2, HEADER_END(s0)
	bgeu	t1, t2, next_group
	lbu	t1, 0(t1)
	andi	t1, t1, 3
	addi	t1, t1, -3
	addi	a0, a0, 2
	bnez	t1, 1f
	addi	a0, a0, 2
1:	ret

/* t0: the record, which holds the registers. */
resume:
	mv	sp, t0
	la	t0, state
	j	leave

next_group:
	ld	s0, STATE_GROUP(sp)
	addi	s0, s0, HEADER_SIZE
	sd	s0, STATE_GROUP(sp)

/* s0: header of the group to start; sp: state. */
load_group:
	ld	t1, STATE_GROUPS_END(sp)
	bgeu	s0, t1, finish
	li	t1, GROUP_FUEL
	sd	t1, STATE_FUEL(sp)
	la	t1, m_vector
	ld	t2, HEADER_NUMBER(s0)
	andi	t2, t2, 1		/* every other group has it vectored */
	or	t1, t1, t2
	csrw	mtvec, t1
	csrw	mcountinhibit, zero
	.irp	csr, scause, stval, sepc, sscratch, mcause, mtval, menvcfg, senvcfg
	csrw	\csr, zero
	.endr
	li	t1, FS
	csrs	mstatus, t1
	.set	at, HEADER_F
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	fld	f\n, at(s0)
	.set	at, at + 8
	.endr
	ld	t1, HEADER_FCSR(s0)
	fscsr	t1
	.set	at, HEADER_MSTATUS
	.irp	csr, mstatus, satp, medeleg, mideleg, mie, mip, stvec, mcounteren, scounteren
	ld	t1, at(s0)
	csrw	\csr, t1
	.set	at, at + 8
	.endr
	ld	t1, HEADER_PC(s0)
	csrw	mepc, t1
	ld	t1, HEADER_PMP(s0)
	ld	t2, STATE_PMP(sp)
	beq	t1, t2, 1f
	sd	t1, STATE_PMP(sp)
	csrw	pmpcfg0, zero
	ld	t1, HEADER_PMPADDR(s0)
	csrw	pmpaddr0, t1
	ld	t1, HEADER_PMPADDR + 8(s0)
	csrw	pmpaddr1, t1
	ld	t1, HEADER_PMPADDR + 16(s0)
	csrw	pmpaddr2, t1
	ld	t1, HEADER_PMPADDR + 24(s0)
	csrw	pmpaddr3, t1
	li	t1, -1
	srli	t1, t1, 10
	csrw	pmpaddr7, t1
	ld	t1, HEADER_PMPCFG(s0)
	csrw	pmpcfg0, t1
1:	/* A reservation of the group before must not live on: a store-conditional ends it. */
	addi	t1, sp, STATE_DUMMY
	sc.d	zero, zero, (t1)
	mv	t0, sp
	addi	sp, s0, HEADER_X

/* sp: the registers to start with, by number, the MPRV bit in place of x0; t0: state. */
leave:
	ld	t1, 16(sp)
	csrw	mscratch, t1
	csrr	t1, minstret
exit_counted:
	sd	t1, STATE_RETIRED_FROM(t0)
	.irp	n, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	ld	x\n, 8 * \n(sp)
	.endr
	ld	sp, 0(sp)
	csrs	mstatus, sp
	csrrw	sp, mscratch, sp
	mret
exit_end:

finish:
	li	t0, FINISHER
	li	t1, 0x5555
	sw	t1, 0(t0)
1:	j	1b

	.data
	.balign	64
	.globl	state
state:
	.zero	STATE_SIZE
overhead:
	/* What retires between the two readings of minstret that is not the program's: `j m_entry`,
	 * m_entry with one of its two ways, and what leads to mret. */
	.word	1 + (entry_counted - m_entry) / 4 - 4 + (exit_end - exit_counted) / 4
