/*
 * The native way into the kernel and out of it. sscratch holds the top of the kernel stack while
 * user code runs, and 0 while the kernel does. Ten accesses to CSRs, counting sret, for a trap from
 * user code. Compare entry_para.S, line by line.
 */
#include "guests/lib/csr.h"
#include "guests/twin/frame.h"
#include "guests/twin/save.S"

	.text
	.balign 4
	.global trap_entry_native
trap_entry_native:
	csrrw	sp, sscratch, sp
	beqz	sp, 1f
	addi	sp, sp, -FRAME_SIZE	# from user code
	each_register sd, 5
	csrrw	t0, sscratch, zero	# the user's sp; and: the kernel is running
	j	2f
1:	csrrw	sp, sscratch, sp	# from the kernel: sp as it was, sscratch 0
	addi	sp, sp, -FRAME_SIZE
	each_register sd, 5
	addi	t0, sp, FRAME_SIZE
2:	sd	t0, 8 * 2(sp)
	each_register sd, 1, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, \
		24, 25, 26, 27, 28, 29, 30, 31
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
	csrw	sscratch, t2		# to user code: the next trap finds the stack here
1:	csrw	sstatus, t0
	csrw	sepc, t1
	each_register ld, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, \
		24, 25, 26, 27, 28, 29, 30, 31
	ld	sp, 8 * 2(sp)
	sret
