/*
 * The two calls to Linux that vectors.c needs when it runs as a user program.
 */
#include "guests/lib/print.h"

enum { SYS_write = 64, SYS_exit = 93 };

int main(void);
void _start(void);

static u64 call(u64 number, u64 a, u64 b, u64 c)
{
	register u64 a0 asm("a0") = a;
	register u64 a1 asm("a1") = b;
	register u64 a2 asm("a2") = c;
	register u64 a7 asm("a7") = number;

	asm volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a2), "r"(a7) : "memory");
	return a0;
}

void print_bytes(const char *bytes, size_t length)
{
	call(SYS_write, 1, (u64)bytes, length);
}

void _start(void)
{
	call(SYS_exit, (u64)main(), 0, 0);
}
