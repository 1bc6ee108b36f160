/*
 * Zicbom and Zicboz: a block of 64 bytes is zeroed whole wherever in it the address points; the
 * others change nothing; user code may use what senvcfg lets it, and faults are those of stores.
 */
#include "guests/check/trap.h"
#include "guests/isa-check/try.h"
#include "guests/lib/string.h"

asm(".option arch, +zicbom, +zicboz");

enum { BLOCK = 64, ILLEGAL = 2, STORE_ACCESS = 7, ECALL_U = 8, NOWHERE = 0x1000 };

_Alignas(BLOCK) u8 memory[3 * BLOCK];

static void fill(void)
{
	memset(memory, 0x5a, sizeof(memory));
}

static u64 zeros(u32 block)
{
	u64 count = 0;

	for (u32 i = 0; i < BLOCK; i++)
		count += memory[block * BLOCK + i] == 0;
	return count;
}

static void zero(u32 offset)
{
	fill();
	asm volatile("cbo.zero (%0)" : : "r"(memory + BLOCK + offset) : "memory");
	check_equal("cbo.zero: before", zeros(0), 0);
	check_equal("cbo.zero: the block", zeros(1), BLOCK);
	check_equal("cbo.zero: behind", zeros(2), 0);
}

static void manage(void)
{
	fill();
	asm volatile("cbo.clean (%0)\n\tcbo.flush (%0)\n\tcbo.inval (%0)" : : "r"(memory + 65) : "memory");
	check_equal("cbo.clean, flush, inval", zeros(0) + zeros(1) + zeros(2), 0);
}

/* Pieces of code to be run at U. */
#define PIECE(name, text) \
	void name(void); \
	asm(".balign 4\n" #name ": .option push\n.option norvc\n" text "\necall\n.option pop")

PIECE(user_zero, "lla t0, memory\ncbo.zero (t0)");
PIECE(user_clean, "lla t0, memory\ncbo.clean (t0)");
PIECE(user_flush, "lla t0, memory\ncbo.flush (t0)");
PIECE(user_inval, "lla t0, memory\ncbo.inval (t0)");

static void at_user(u64 piece)
{
	trap_enter_user(piece);
}

static void user(const char *what, void (*piece)(void), u64 senvcfg, u64 cause)
{
	struct trap trap;

	csr_write(senvcfg, senvcfg);
	trap_try(&trap, at_user, (u64)piece);
	check_equal(what, trap.cause, cause);
	csr_write(senvcfg, 0);
}

static void levels(void)
{
	user("cbo.zero at U, not allowed", user_zero, 0x70, ILLEGAL);
	user("cbo.clean at U, not allowed", user_clean, 0xb0, ILLEGAL);
	user("cbo.flush at U, not allowed", user_flush, 0xb0, ILLEGAL);
	user("cbo.inval at U, not allowed", user_inval, 0xc0, ILLEGAL);
	user("cbo.zero at U", user_zero, 0x80, ECALL_U);
	user("cbo.clean at U", user_clean, 0x40, ECALL_U);
	user("cbo.flush at U", user_flush, 0x40, ECALL_U);
	user("cbo.inval at U", user_inval, 0x10, ECALL_U);
	csr_write(senvcfg, 0x20);
	check_equal("senvcfg.CBIE keeps off the reserved value", csr_read(senvcfg) & 0x30, 0);
}

static void zero_at(u64 address)
{
	asm volatile("cbo.zero (%0)" : : "r"(address) : "memory");
}

static void clean_at(u64 address)
{
	asm volatile("cbo.clean (%0)" : : "r"(address) : "memory");
}

static void faults(void)
{
	struct trap trap;

	trap_try(&trap, zero_at, NOWHERE + 7);
	check_equal("cbo.zero of nothing", trap.cause, STORE_ACCESS);
	check_equal("cbo.zero of nothing: stval", trap.tval, NOWHERE + 7);
	trap_try(&trap, clean_at, NOWHERE + 9);
	check_equal("cbo.clean of nothing", trap.cause, STORE_ACCESS);
	check_equal("cbo.clean of nothing: stval", trap.tval, NOWHERE + 9);
}

int main(void)
{
	for (u32 offset = 0; offset < BLOCK; offset += 9)
		zero(offset);
	manage();
	levels();
	faults();
	check_end("isa-check blocks");
}
