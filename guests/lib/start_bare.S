/*
 * The first instructions of a guest that has the bare machine, in M-mode: no firmware below it.
 * Every hart starts here with a0 = hart, a1 = device tree; all but hart 0 wait for ever.
 */
	.section .text.start, "ax"
	.global _start
_start:
	csrr	t0, mhartid
	bnez	t0, 3f
	la	sp, stack_top
	la	t0, bss_start
	la	t1, bss_end
1:	bgeu	t0, t1, 2f
	sd	zero, 0(t0)
	addi	t0, t0, 8
	j	1b
2:	call	main
	tail	board_power_off
3:	wfi
	j	3b

	.section .rodata
	.global board_bare
	.balign 4
board_bare:
	.word	1
