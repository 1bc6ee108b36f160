/*
 * The paravirtual way into the kernel and out of it. The monitor has put the trap's story into the
 * shared page, and given us the kernel stack if user code was running: no CSR is touched. Going
 * back is one call, which also carries all the work that was put off. Compare entry_native.S.
 */
#include "guests/lib/hypercall_numbers.h"
#include "guests/twin/frame.h"
#include "guests/twin/shared_page.h"

	.text
	.balign 4
	.global trap_entry_para
trap_entry_para:
	addi	sp, sp, -FRAME_SIZE
	sd	t0, 8 * 5(sp)
	each_register sd
	la	t4, shared_page
	ld	t0, SHARED_EPC(t4)
	ld	t1, SHARED_STATUS(t4)
	ld	t2, SHARED_CAUSE(t4)
	ld	t3, SHARED_TVAL(t4)
	sd	t0, FRAME_EPC(sp)
	sd	t1, FRAME_STATUS(sp)
	sd	t2, FRAME_CAUSE(sp)
	sd	t3, FRAME_TVAL(sp)
	andi	t1, t1, SHARED_STATUS_KERNEL
	addi	t0, sp, FRAME_SIZE
	bnez	t1, 1f
	ld	t0, SHARED_SCRATCH(t4)	# from user code: its sp
1:	sd	t0, 8 * 2(sp)
	mv	a0, sp
	call	trap_handle

	.global trap_exit_para
trap_exit_para:
	call	batch_seal		# the entries of the multicall, trap_return last; or 0
	sd	a0, 0(sp)
	la	t4, shared_page
	ld	t0, FRAME_STATUS(sp)
	ld	t1, FRAME_EPC(sp)
	sd	t0, SHARED_STATUS(t4)
	sd	t1, SHARED_EPC(t4)
	andi	t0, t0, SHARED_STATUS_KERNEL
	bnez	t0, 1f
	ld	t2, 8 * 2(sp)
	sd	t2, SHARED_SCRATCH(t4)	# to user code: the monitor swaps sp with this
1:	ld	t0, 8 * 10(sp)		# the registers that the call itself occupies
	ld	t1, 8 * 11(sp)
	ld	t2, 8 * 16(sp)
	ld	t3, 8 * 17(sp)
	sd	t0, SHARED_A0(t4)
	sd	t1, SHARED_A1(t4)
	sd	t2, SHARED_A6(t4)
	sd	t3, SHARED_A7(t4)
	each_register ld
	ld	t0, 8 * 5(sp)
	ld	a1, 0(sp)
	addi	sp, sp, FRAME_SIZE
	li	a7, SBI_PARA
	beqz	a1, 2f
	la	a0, batch
	li	a6, SBI_PARA_MULTICALL
	ecall
	tail	batch_refused		# only if an entry was refused
2:	li	a6, SBI_PARA_TRAP_RETURN
	ecall
	tail	batch_refused
