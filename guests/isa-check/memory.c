/*
 * Loads and stores: each width with its extension, offsets of both signs, and accesses that are
 * misaligned: within a page, across two pages that are no neighbours in RAM, and into a page that
 * is not there or may not be written, where nothing may have been stored.
 */
#include "guests/check/trap.h"
#include "guests/isa-check/try.h"
#include "guests/lib/string.h"

enum { PAGE = 4096, POINTER = 1, READ = 0x43, LEAF = 0xcf, LOAD_PAGE = 13, STORE_PAGE = 15 };
#define SATP_SV39 (UINT64_C(8) << 60)
#define GIBIBYTE (UINT64_C(1) << 30)
#define FRAMES UINT64_C(0x1000000000) /* frame[0], then frame[2], then frame[0] read-only */
#define MISSING (FRAMES + 3 * PAGE)

static _Alignas(PAGE) volatile u64 root[512], middle[512], small[512];
static _Alignas(PAGE) u8 frame[3][PAGE];
static _Alignas(16) u8 bytes[32];

#define TRY_LOAD(insn, offset, wanted) do { \
	u64 result; \
	asm volatile(PLAIN(#insn " %0, " #offset "(%1)") \
		: "=r"(result) : "r"(&bytes[16]) : "memory"); \
	check_equal(#insn " at " #offset, result, wanted); \
} while (0)

/* bytes[i] = 0x70 + i: 0x80, the first that is negative, is at offset 0. */
static void loads(void)
{
	for (u32 i = 0; i < sizeof(bytes); i++)
		bytes[i] = (u8)(0x70 + i);
	TRY_LOAD(lb, -1, 0x7f);
	TRY_LOAD(lb, 0, 0xffffffffffffff80);
	TRY_LOAD(lbu, 0, 0x80);
	TRY_LOAD(lh, -16, 0x7170);
	TRY_LOAD(lh, 2, 0xffffffffffff8382);
	TRY_LOAD(lhu, 2, 0x8382);
	TRY_LOAD(lw, -4, 0x7f7e7d7c);
	TRY_LOAD(lw, 4, 0xffffffff87868584);
	TRY_LOAD(lwu, 4, 0x87868584);
	TRY_LOAD(ld, 8, 0x8f8e8d8c8b8a8988);
	TRY_LOAD(lh, -1, 0xffffffffffff807f);
	TRY_LOAD(lhu, -1, 0x807f);
	TRY_LOAD(lw, -3, 0xffffffff807f7e7d);
	TRY_LOAD(lwu, 1, 0x84838281);
	TRY_LOAD(ld, -7, 0x807f7e7d7c7b7a79);
}

#define TRY_STORE(insn, offset, width) do { \
	u64 around; \
	memset(bytes, 0x55, sizeof(bytes)); \
	asm volatile(PLAIN(#insn " %0, " #offset "(%1)") \
		: : "r"(OTHER), "r"(&bytes[16]) : "memory"); \
	around = bytes[16 + offset - 1] | (u64)bytes[16 + offset + width] << 8; \
	check_equal(#insn " beside " #offset, around, 0x5555); \
	for (u32 i = 0; i < width; i++) \
		check_equal(#insn " at " #offset, bytes[16 + offset + i], OTHER >> 8 * i & 0xff); \
} while (0)

static void stores(void)
{
	TRY_STORE(sb, 0, 1);
	TRY_STORE(sb, -3, 1);
	TRY_STORE(sh, 4, 2);
	TRY_STORE(sh, -5, 2);
	TRY_STORE(sw, -8, 4);
	TRY_STORE(sw, 3, 4);
	TRY_STORE(sd, 0, 8);
	TRY_STORE(sd, -9, 8);
}

static void paging_on(void)
{
	root[0] = LEAF;
	root[2] = 2 * GIBIBYTE >> 12 << 10 | LEAF;
	root[FRAMES / GIBIBYTE] = (u64)middle >> 12 << 10 | POINTER;
	middle[0] = (u64)small >> 12 << 10 | POINTER;
	small[0] = (u64)frame[0] >> 12 << 10 | LEAF;
	small[1] = (u64)frame[2] >> 12 << 10 | LEAF;
	small[2] = (u64)frame[0] >> 12 << 10 | READ;
	csr_write(satp, SATP_SV39 | (u64)root >> 12);
	asm volatile("sfence.vma" : : : "memory");
}

#define TRY_CROSS(load, store, width) do { \
	for (u64 first = 1; first < width; first++) { \
		u64 result, address = FRAMES + PAGE - first, mask = ONES >> (64 - 8 * width); \
		asm volatile(PLAIN(#store " %1, 0(%2)\n\t" #load " %0, 0(%2)") \
			: "=r"(result) : "r"(OTHER), "r"(address) : "memory"); \
		check_equal(#store ", " #load " across", result & mask, OTHER & mask); \
		check_equal(#store ": first byte", frame[0][PAGE - first], OTHER & 0xff); \
		check_equal(#store ": last byte", frame[2][width - 1 - first], \
			OTHER >> 8 * (width - 1) & 0xff); \
	} \
} while (0)

static void load(u64 address)
{
	asm volatile("ld t0, 0(%0)" : : "r"(address) : "t0");
}

static void store(u64 address)
{
	asm volatile("sd %1, 0(%0)" : : "r"(address), "r"(ONES) : "memory");
}

static void pages(void)
{
	struct trap trap;

	paging_on();
	TRY_CROSS(lhu, sh, 2);
	TRY_CROSS(lh, sh, 2);
	TRY_CROSS(lw, sw, 4);
	TRY_CROSS(lwu, sw, 4);
	TRY_CROSS(ld, sd, 8);
	memset(frame, 0, sizeof(frame));
	trap_try(&trap, load, MISSING - 3);
	check_equal("load into a page missing", trap.cause, LOAD_PAGE);
	check_equal("its address", trap.tval, MISSING);
	trap_try(&trap, load, FRAMES - 5);
	check_equal("load out of a page missing", trap.cause, LOAD_PAGE);
	check_equal("its address", trap.tval, FRAMES - 5);
	trap_try(&trap, store, FRAMES + 2 * PAGE - 3);
	check_equal("store into a page read-only", trap.cause, STORE_PAGE);
	check_equal("its address", trap.tval, FRAMES + 2 * PAGE);
	check_equal("nothing stored", frame[2][PAGE - 1] | frame[2][PAGE - 3] | frame[0][0], 0);
	trap_try(&trap, store, FRAMES + 2 * PAGE - 8);
	check_equal("up to its end", trap.cause, TRAP_NONE);
	check_equal("stored", frame[2][PAGE - 1] & frame[2][PAGE - 8], 0xff);
	csr_write(satp, 0);
}

int main(void);

int main(void)
{
	loads();
	stores();
	pages();
	check_end("isa-check memory");
}
