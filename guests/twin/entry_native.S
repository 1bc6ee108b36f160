/*
 * The native way into the kernel and out of it. sscratch holds the top of the kernel stack while
 * user code runs, and 0 while the kernel does. A trap from user code costs ten accesses to CSRs,
 * counting sret. Compare entry_para.S.
 */
#include "guests/lib/csr.h"
#include "guests/twin/frame.h"

	.text
	.balign 4
	.global trap_entry_native
trap_entry_native:
	csrrw	sp, sscratch, sp
	beqz	sp, 1f
	addi	sp, sp, -FRAME_SIZE	# from user code: sp was the top of the stack
	sd	t0, 8 * 5(sp)
	csrrw	t0, sscratch, zero	# the user's sp; zero: now the kernel runs
	j	2f
1:	csrrw	sp, sscratch, sp	# from the kernel: both as they were
	addi	sp, sp, -FRAME_SIZE
	sd	t0, 8 * 5(sp)
	addi	t0, sp, FRAME_SIZE
2:	sd	t0, 8 * 2(sp)
	each_register sd
	csrr	t0, sepc
	csrr	t1, sstatus
	csrr	t2, scause
	csrr	t3, stval
	sd	t0, FRAME_EPC(sp)
	sd	t1, FRAME_STATUS(sp)
	sd	t2, FRAME_CAUSE(sp)
	sd	t3, FRAME_TVAL(sp)
	mv	a0, sp
	call	trap_handle

	.global trap_exit_native
trap_exit_native:
	ld	t0, FRAME_STATUS(sp)
	ld	t1, FRAME_EPC(sp)
	andi	t2, t0, STATUS_SPP
	bnez	t2, 1f
	addi	t2, sp, FRAME_SIZE
	csrw	sscratch, t2		# to user code: the next trap finds its stack here
1:	csrw	sstatus, t0
	csrw	sepc, t1
	each_register ld
	ld	t0, 8 * 5(sp)
	ld	sp, 8 * 2(sp)
	sret
