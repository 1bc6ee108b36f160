/*
 * Copying to and from user memory. A fault between user_copy_begin and user_copy_end that cannot be
 * mended goes on at user_copy_failed: nothing here has anything on the stack.
 */
	.text
	.global user_copy_begin
user_copy_begin:

/* s64 user_copy_bytes(void *to, const void *from, size_t length) */
	.global user_copy_bytes
user_copy_bytes:
	or	t0, a0, a1
	andi	t0, t0, 7
	bnez	t0, 2f
	li	t1, 8
1:	bltu	a2, t1, 2f
	ld	t0, 0(a1)
	sd	t0, 0(a0)
	addi	a0, a0, 8
	addi	a1, a1, 8
	addi	a2, a2, -8
	j	1b
2:	beqz	a2, 3f
	lbu	t0, 0(a1)
	sb	t0, 0(a0)
	addi	a0, a0, 1
	addi	a1, a1, 1
	addi	a2, a2, -1
	j	2b
3:	li	a0, 0
	ret

/* s64 user_copy_string(char *to, const char *from, size_t size) */
	.global user_copy_string
user_copy_string:
1:	beqz	a2, user_copy_failed
	lbu	t0, 0(a1)
	sb	t0, 0(a0)
	addi	a0, a0, 1
	addi	a1, a1, 1
	addi	a2, a2, -1
	bnez	t0, 1b
	li	a0, 0
	ret

	.global user_copy_end
user_copy_end:
	.global user_copy_failed
user_copy_failed:
	li	a0, -1
	ret
