/*
 * switch_context(struct context *from, struct context *to): keeps the registers that a C function
 * must keep, and takes those of the other. It returns where `to` once called it; a new process
 * "returns" to the exit path of a trap. Nothing here is privileged: this much of a context switch
 * costs the same in every mode.
 */
	.text
	.global switch_context
switch_context:
	.macro each_kept instruction, base
	\instruction ra, 0(\base)
	\instruction sp, 8(\base)
	\instruction s0, 16(\base)
	\instruction s1, 24(\base)
	\instruction s2, 32(\base)
	\instruction s3, 40(\base)
	\instruction s4, 48(\base)
	\instruction s5, 56(\base)
	\instruction s6, 64(\base)
	\instruction s7, 72(\base)
	\instruction s8, 80(\base)
	\instruction s9, 88(\base)
	\instruction s10, 96(\base)
	\instruction s11, 104(\base)
	.endm
	each_kept sd, a0
	each_kept ld, a1
	ret
