/*
 * trap_try: see trap.h. What the caller keeps is saved in a frame on the stack, as setjmp would,
 * and the trap vector points behind the call while the function runs. Assembled twice: for S-mode,
 * and with TRAP_BARE for M-mode.
 */
#ifdef TRAP_BARE
#define LEVEL(name) m##name
#else
#define LEVEL(name) s##name
#endif

#define TRAP_NONE 63
#define FRAME 128
#define FRAME_TRAP 104
#define FRAME_TVEC 112
#define FRAME_STATUS 120

	.macro each_saved instruction
	\instruction ra, 0(sp)
	\instruction s0, 8(sp)
	\instruction s1, 16(sp)
	\instruction s2, 24(sp)
	\instruction s3, 32(sp)
	\instruction s4, 40(sp)
	\instruction s5, 48(sp)
	\instruction s6, 56(sp)
	\instruction s7, 64(sp)
	\instruction s8, 72(sp)
	\instruction s9, 80(sp)
	\instruction s10, 88(sp)
	\instruction s11, 96(sp)
	.endm

	.text
	.global trap_try
trap_try:
	addi	sp, sp, -FRAME
	each_saved sd
	sd	a0, FRAME_TRAP(sp)
	csrr	t0, LEVEL(status)
	sd	t0, FRAME_STATUS(sp)
	la	t0, trapped
	csrrw	t0, LEVEL(tvec), t0
	sd	t0, FRAME_TVEC(sp)
	la	t0, frame
	sd	sp, 0(t0)
	mv	a0, a2
	jalr	a1

	ld	a0, FRAME_TRAP(sp)
	li	t0, TRAP_NONE
	sd	t0, 0(a0)
	sd	zero, 8(a0)
	sd	zero, 16(a0)
	csrr	t0, LEVEL(status)
	sd	t0, 24(a0)
	j	back

	.balign	4
trapped:
	la	t0, frame
	ld	sp, 0(t0)
	ld	a0, FRAME_TRAP(sp)
	csrr	t0, LEVEL(cause)
	sd	t0, 0(a0)
	csrr	t0, LEVEL(tval)
	sd	t0, 8(a0)
	csrr	t0, LEVEL(epc)
	sd	t0, 16(a0)
	csrr	t0, LEVEL(status)
	sd	t0, 24(a0)
back:
	ld	t0, FRAME_TVEC(sp)
	csrw	LEVEL(tvec), t0
	ld	t0, FRAME_STATUS(sp)
	csrw	LEVEL(status), t0
	each_saved ld
	addi	sp, sp, FRAME
	ret

	.bss
	.balign	8
frame:
	.dword	0
