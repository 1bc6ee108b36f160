/*
 * The guest of the command line's tests: greets, then echoes its input by legacy SBI calls until a
 * letter tells it how to end.
 *	q  power off    s  exit status 7    r  reboot    w  wait for what never comes
 *	t  a timer: wait until its interrupt is pending, then say "tick"
 */
	.globl	_start
_start:
	la	s0, greeting
	jal	say
next:	li	a7, 2			/* console_getchar; -1: nothing yet */
	ecall
	bltz	a0, next
	li	t0, 'q'
	beq	a0, t0, power_off
	li	t0, 's'
	beq	a0, t0, status
	li	t0, 'r'
	beq	a0, t0, reboot
	li	t0, 'w'
	beq	a0, t0, wait
	li	t0, 't'
	beq	a0, t0, timer
	li	a7, 1			/* console_putchar */
	ecall
	j	next

power_off:
	li	a7, 8
	ecall

status:
	li	t0, 0x100000		/* the test finisher: failure, code 7 */
	li	t1, 0x73333
	sw	t1, 0(t0)

reboot:
	li	a7, 0x53525354		/* SRST */
	li	a6, 0
	li	a0, 1
	li	a1, 0
	ecall

wait:
	csrw	sie, zero
	wfi
	j	wait

timer:
	rdtime	a0
	li	t0, 10000000		/* a second */
	add	a0, a0, t0
	li	a7, 0			/* set_timer */
	ecall
	li	t0, 1 << 5
	csrs	sie, t0
1:	wfi
	csrr	t1, sip
	and	t1, t1, t0
	beqz	t1, 1b
	li	a0, -1
	li	a7, 0
	ecall
	la	s0, tick
	jal	say
	j	next

say:
	lbu	a0, 0(s0)
	beqz	a0, 2f
	li	a7, 1
	ecall
	addi	s0, s0, 1
	j	say
2:	ret

	.data
greeting: .asciz "who is there?\n"
tick:	.asciz "tick\n"
