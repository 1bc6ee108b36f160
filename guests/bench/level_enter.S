/*
 * The two ways below M. level_enter_loop(loop, traps, address) is a function whose middle part runs
 * in the level that mstatus.MPP says, and whose registers are the caller's to lose. level_call(
 * function, argument) keeps the stack, so that the function can use it, and ends with an ecall.
 */
	.option	norvc
	.text
	.global level_enter_loop
level_enter_loop:
	la	t0, 1f
	csrw	mtvec, t0
	csrw	mepc, a0
	addi	t1, a0, 4
	mret
	.balign	4
1:	addi	a1, a1, -1
	beqz	a1, 2f
	csrw	mepc, t1
	mret
2:	csrr	a0, mcause
	ret

	.global level_loop_ecall
level_loop_ecall:
	ecall
	j	level_loop_ecall

	.global level_loop_load
level_loop_load:
	ld	t2, 0(a2)
	j	level_loop_load

/* The stack pointer goes through mscratch, since a function that trapped may have moved it. */
	.global level_call
level_call:
	addi	sp, sp, -16
	sd	ra, 0(sp)
	csrw	mscratch, sp
	la	t0, 2f
	csrw	mtvec, t0
	csrw	mepc, a0
	la	ra, 1f
	mv	a0, a1
	mret
1:	ecall
	.balign	4
2:	csrr	sp, mscratch
	ld	ra, 0(sp)
	addi	sp, sp, 16
	ret
