/*
 * The first instructions of a guest in S-mode. The firmware enters with a0 = hart, a1 = device
 * tree; we clear .bss, take a stack and call main(hart, tree). When main returns, power off.
 */
	.section .text.start, "ax"
	.global _start
_start:
	la	sp, stack_top
	la	t0, bss_start
	la	t1, bss_end
1:	bgeu	t0, t1, 2f
	sd	zero, 0(t0)
	addi	t0, t0, 8
	j	1b
2:	call	main
	tail	board_power_off

	.section .rodata
	.global board_bare
	.balign 4
board_bare:
	.word	0
