/*
 * The first instructions of a program (a0 = argc, a1 = argv), and a stub for each system call.
 */
	.section .text.start, "ax"
	.global _start
_start:
	call	main
	tail	exit

	.text
#define SYSCALL(number, name, arguments, words) .global name; name: li a7, number; ecall; ret;
#include "guests/twin/syscall.def"
