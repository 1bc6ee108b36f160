/*
 * The registers that both entries save and restore alike: all but x0 and sp, at 8 times their
 * number from `sp`. For entry_*.S to include.
 */
	.macro each_register instruction, numbers:vararg
	.irp n, \numbers
	\instruction x\n, 8 * \n (sp)
	.endr
	.endm
