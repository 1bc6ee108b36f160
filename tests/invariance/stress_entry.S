/*
 * Traps of the stress guest, by CSRs and by bounce, going to user code and coming back. The frame
 * is struct frame of stress.c: x0 to x31, then epc, status, cause, tval.
 */
#include "guests/lib/hypercall_numbers.h"

#define FRAME_SIZE 288
#define FRAME_EPC 256
#define FRAME_STATUS 264
#define FRAME_CAUSE 272
#define FRAME_TVAL 280

#define SHARED_CAUSE 8
#define SHARED_EPC 16
#define SHARED_TVAL 24
#define SHARED_STATUS 32
#define SHARED_SCRATCH 40
#define SHARED_A0 64
#define SHARED_A1 72
#define SHARED_A6 80
#define SHARED_A7 88

	/* All but x0 and sp. */
	.macro	each_register do
	.irp	n, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, \
		25, 26, 27, 28, 29, 30, 31
	\do	x\n, 8 * \n(sp)
	.endr
	.endm

	/* Another hart begins: a0 = hart. Each has a page of stack. */
	.text
	.global stress_start
stress_start:
	la	sp, stress_stacks
	addi	t0, a0, 1
	slli	t0, t0, 12
	add	sp, sp, t0
	call	stress_secondary

	/* sscratch: the kernel's stack while user code runs, else 0. */
	.text
	.balign 4
	.global stress_trap
stress_trap:
	csrrw	sp, sscratch, sp
	bnez	sp, 1f
	csrr	sp, sscratch
1:	addi	sp, sp, -FRAME_SIZE
	each_register sd
	csrrw	t0, sscratch, zero
	csrr	t1, sepc
	csrr	t2, sstatus
	csrr	t3, scause
	csrr	t4, stval
	sd	t0, 16(sp)
	sd	t1, FRAME_EPC(sp)
	sd	t2, FRAME_STATUS(sp)
	sd	t3, FRAME_CAUSE(sp)
	sd	t4, FRAME_TVAL(sp)
	mv	a0, sp
	call	stress_handle
	ld	t1, FRAME_EPC(sp)
	ld	t2, FRAME_STATUS(sp)
	csrw	sepc, t1
	csrw	sstatus, t2
	andi	t2, t2, 0x100
	bnez	t2, 2f
	addi	t0, sp, FRAME_SIZE
	csrw	sscratch, t0
2:	each_register ld
	ld	sp, 16(sp)
	sret

	.balign 4
	.global stress_bounce
stress_bounce:
	addi	sp, sp, -FRAME_SIZE
	each_register sd
	la	t4, shared
	ld	t0, SHARED_EPC(t4)
	ld	t1, SHARED_STATUS(t4)
	ld	t2, SHARED_CAUSE(t4)
	ld	t3, SHARED_TVAL(t4)
	sd	t0, FRAME_EPC(sp)
	sd	t1, FRAME_STATUS(sp)
	sd	t2, FRAME_CAUSE(sp)
	sd	t3, FRAME_TVAL(sp)
	andi	t1, t1, 1
	addi	t0, sp, FRAME_SIZE
	bnez	t1, 1f
	ld	t0, SHARED_SCRATCH(t4)
1:	sd	t0, 16(sp)
	mv	a0, sp
	call	stress_handle_bounce	/* entries of the multicall to go back with, or 0 */
	mv	t5, a0
	la	t4, shared
	ld	t0, FRAME_EPC(sp)
	ld	t1, FRAME_STATUS(sp)
	sd	t0, SHARED_EPC(t4)
	sd	t1, SHARED_STATUS(t4)
	ld	t0, 16(sp)
	andi	t1, t1, 1
	bnez	t1, 2f
	sd	t0, SHARED_SCRATCH(t4)
	addi	t0, sp, FRAME_SIZE
2:	sd	t0, 0(sp)		/* our sp when the call is made */
	sd	t5, FRAME_CAUSE(sp)
	ld	t0, 80(sp)
	ld	t1, 88(sp)
	ld	t2, 128(sp)
	ld	t3, 136(sp)
	sd	t0, SHARED_A0(t4)
	sd	t1, SHARED_A1(t4)
	sd	t2, SHARED_A6(t4)
	sd	t3, SHARED_A7(t4)
	each_register ld
	ld	a1, FRAME_CAUSE(sp)
	ld	sp, 0(sp)
	li	a7, SBI_PARA
	la	a0, stress_batch
	li	a6, SBI_PARA_MULTICALL
	bnez	a1, 3f
	li	a6, SBI_PARA_TRAP_RETURN
3:	ecall
	j	stress_lost

	/* u64 stress_user(u64 pc, u64 argument, u64 stack): until its ecall, which gives the value. */
	.global stress_user
stress_user:
	addi	sp, sp, -112
	sd	ra, 0(sp)
	sd	s0, 8(sp)
	sd	s1, 16(sp)
	sd	s2, 24(sp)
	sd	s3, 32(sp)
	sd	s4, 40(sp)
	sd	s5, 48(sp)
	sd	s6, 56(sp)
	sd	s7, 64(sp)
	sd	s8, 72(sp)
	sd	s9, 80(sp)
	sd	s10, 88(sp)
	sd	s11, 96(sp)
	sd	gp, 104(sp)
	la	t0, stress_kernel_stack
	sd	sp, 0(t0)
	lw	t1, stress_bounces
	bnez	t1, 1f
	csrci	sstatus, 2
	csrw	sepc, a0
	li	t0, 0x100
	csrc	sstatus, t0
	li	t0, 0x20
	csrs	sstatus, t0
	csrw	sscratch, sp
	mv	a0, a1
	mv	sp, a2
	sret
1:	la	t4, shared
	sw	zero, 0(t4)
	sd	a0, SHARED_EPC(t4)
	li	t0, 2
	sd	t0, SHARED_STATUS(t4)
	sd	a2, SHARED_SCRATCH(t4)
	sd	a1, SHARED_A0(t4)
	li	a7, SBI_PARA
	li	a6, SBI_PARA_TRAP_RETURN
	ecall
	j	stress_lost

	/* The handler sends us here, on the kernel's stack, with the user's a0. */
	.global stress_user_done
stress_user_done:
	ld	ra, 0(sp)
	ld	s0, 8(sp)
	ld	s1, 16(sp)
	ld	s2, 24(sp)
	ld	s3, 32(sp)
	ld	s4, 40(sp)
	ld	s5, 48(sp)
	ld	s6, 56(sp)
	ld	s7, 64(sp)
	ld	s8, 72(sp)
	ld	s9, 80(sp)
	ld	s10, 88(sp)
	ld	s11, 96(sp)
	ld	gp, 104(sp)
	addi	sp, sp, 112
	ret

	/* u64 stress_replace(u32 instruction): executes it a few instructions after storing it. */
	.global stress_replace
stress_replace:
	la	t0, 1f
	mv	t1, a0
	li	a0, 5
	sw	t1, 0(t0)
	addi	a0, a0, 1
	.balign 4
	.option push
	.option norvc
1:	addi	a0, a0, 0
	ret
	.option pop

	/* User code: counts, looks at the time, touches what it may not, and calls. A page of its own. */
	.section .text.user, "ax"
	.balign 4096
	.global stress_program
stress_program:
	li	t0, 40
1:	addi	t0, t0, -1
	mul	a0, a0, t0
	addi	a0, a0, 13
	bnez	t0, 1b
	rdtime	t1
	rdcycle	t2
	rdinstret t3
	sub	t2, t2, t3
	xor	a0, a0, t2
	li	t4, 0x40000000
	ld	t5, 0(t4)
	sd	a0, 8(t4)
	csrr	t6, sstatus
	ebreak
	lw	t5, -4(zero)
	ecall
	.balign 4096
