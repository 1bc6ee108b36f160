/*
 * The two ways below M. level_enter_loop(loop, traps, address) is a function whose middle part runs
 * in the level that mstatus.MPP says; the loops stand in a page of their own, as programs do, apart
 * from the handler. level_return_below() is for good.
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

	.balign	4096
	.global level_loop_ecall
level_loop_ecall:
	ecall
	j	level_loop_ecall

	.global level_loop_load
level_loop_load:
	ld	t2, 0(a2)
	j	level_loop_load
	.balign	4096

/* Returns to its caller one level down. A trap from now on is an error: it goes to level_trapped. */
	.global level_return_below
level_return_below:
	la	t0, 3f
	csrw	mtvec, t0
	csrw	mepc, ra
	mret
	.balign	4
3:	csrr	a0, mcause
	j	level_trapped
