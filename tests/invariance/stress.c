/*
 * The stress guest: in a few hundred thousand steps it does everything whose timing is delicate --
 * interrupts of every kind, code that changes under its own feet, accesses that cross pages, atomic
 * sequences, page tables that change with and without fences, user code, devices, and the
 * paravirtual calls where they are offered. What it finds goes into a sum that it prints.
 */
#include "guests/lib/board.h"
#include "guests/lib/csr.h"
#include "guests/lib/print.h"
#include "guests/lib/sbi.h"
#include "guests/lib/string.h"

enum { ROUNDS = 3, PERIOD = 150, FRAMES = 8, ENTRIES = 512, CAUSES = 16, HARTS = 3 };
enum { PTE_V = 1, PTE_R = 2, PTE_W = 4, PTE_X = 8, PTE_U = 16, PTE_G = 32, PTE_A = 64, PTE_D = 128 };

#define WINDOW UINT64_C(0x40000000)  /* 4 KiB pages */
#define BIG UINT64_C(0x40200000)     /* a 2 MiB page, or not */
#define HUGE UINT64_C(0xffffffffc0000000) /* an alias of all RAM */
#define SPARE UINT64_C(0x80400000)   /* RAM that nobody else uses */
#define SATP_SV39 (UINT64_C(8) << 60)

struct frame {
	u64 x[32];
	u64 epc, status, cause, tval;
};

struct shared_page {
	volatile u32 enabled, pending;
	u64 cause, epc, tval, status, scratch, offset;
	u8 rest[PAGE_SIZE - 56];
};

struct call {
	u64 eid, fid, argument[4];
	s64 error;
	u64 value;
};

struct page {
	u64 word[ENTRIES];
} __attribute__((aligned(PAGE_SIZE)));

struct shared_page shared __attribute__((aligned(PAGE_SIZE)));
struct call stress_batch[4] __attribute__((aligned(PAGE_SIZE)));
static struct page root, ram_table, window_table, leaves;
static struct page para_root, para_user_root, para_ram, para_low, para_window, para_leaves, spare_table;
static struct page frames[FRAMES];
static u8 code[2 * PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));
static u8 user_stack[PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));
u64 stress_kernel_stack;
u8 stress_stacks[HARTS][PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));
u32 stress_bounces;

static u64 sum = 1, dice = 88172645463325252;
static volatile u32 ticks, pokes, externals, trapped[CAUSES];

void stress_start(void);
void stress_secondary(u64 hart);
void stress_trap(void);
void stress_bounce(void);
void stress_user_done(void);
void stress_program(void);
u64 stress_user(u64 pc, u64 argument, u64 stack);
u64 stress_replace(u32 instruction);
void stress_handle(struct frame *frame);
u64 stress_handle_bounce(struct frame *frame);
_Noreturn void stress_lost(void);
void main(u64 hart, u64 tree);

static void mix(u64 value)
{
	sum = (sum ^ value) * UINT64_C(0x9e3779b97f4a7c15);
	sum ^= sum >> 29;
}

static u64 roll(u64 sides)
{
	dice ^= dice << 13;
	dice ^= dice >> 7;
	dice ^= dice << 17;
	return (dice >> 11) % sides;
}

_Noreturn void stress_lost(void)
{
	print("stress: a call came back that should not\n");
	board_power_off();
}

/* Interrupts. */

static void timer_next(void)
{
	sbi_time_set_timer(csr_read(time) + PERIOD + (ticks & 15));
}

static void interrupts_on(void)
{
	if (!stress_bounces) {
		csr_set(sstatus, STATUS_SIE);
		return;
	}
	shared.enabled = 1;
	if (shared.pending)
		sbi_para_deliver();
}

static void interrupts_off(void)
{
	if (stress_bounces)
		shared.enabled = 0;
	else
		csr_clear(sstatus, STATUS_SIE);
}

static void handle_external(void)
{
	volatile u32 *claim = device32(BOARD_plic + 0x201004);
	u32 source = *claim;

	externals++;
	if (source == 10)
		mix(*device8(BOARD_uart + 2) << 8 | *device8(BOARD_uart));
	*claim = source;
}

static void handle_interrupt(u64 cause)
{
	if (cause == 5) {
		ticks++;
		timer_next();
	} else if (cause == 1) {
		pokes++;
		csr_clear(sip, INTERRUPT_SOFTWARE);
	} else {
		handle_external();
	}
}

/* Goes on behind the instruction, whose length its low bits tell; a bad jump returns. */
static void handle_exception(struct frame *frame, bool *to_kernel)
{
	trapped[frame->cause % CAUSES]++;
	if (frame->cause == 8) {
		frame->epc = (u64)stress_user_done;
		frame->x[2] = stress_kernel_stack;
		*to_kernel = true;
	} else if (frame->cause == 12 || frame->cause == 1) {
		mix(frame->tval);
		frame->epc = frame->x[1];
	} else {
		/* The instruction may lie in a page of user code. */
		csr_set(sstatus, STATUS_SUM);
		mix(frame->cause << 48 ^ frame->tval);
		frame->epc += (*(volatile u16 *)frame->epc & 3) == 3 ? 4 : 2;
	}
}

void stress_handle(struct frame *frame)
{
	bool to_kernel = false;

	if (frame->cause & CAUSE_INTERRUPT)
		handle_interrupt(frame->cause & 63);
	else
		handle_exception(frame, &to_kernel);
	if (to_kernel)
		frame->status |= STATUS_SPP;
}

u64 stress_handle_bounce(struct frame *frame)
{
	bool to_kernel = false;

	if (frame->cause & CAUSE_INTERRUPT)
		handle_interrupt(frame->cause & 63);
	else
		handle_exception(frame, &to_kernel);
	if (to_kernel)
		frame->status |= 1;
	if (ticks & 1)
		return 0;
	stress_batch[0] = (struct call){ .eid = SBI_IPI, .fid = SBI_IPI_SEND_IPI,
		.argument = { (ticks & 31) == 2 && frame->cause == (CAUSE_INTERRUPT | 5), 0 } };
	stress_batch[1] = (struct call){ .eid = SBI_PARA, .fid = SBI_PARA_TRAP_RETURN };
	return 2;
}

/* The phases. */

static void phase_atomics(void)
{
	static u64 cells[4];
	static u32 small;

	for (u32 i = 0; i < 60; i++) {
		u64 *cell = &cells[roll(4)];
		u64 old, failed;

		asm volatile("1: lr.d %0, (%2); addi %0, %0, 3; sc.d %1, %0, (%2); bnez %1, 1b"
			: "=&r"(old), "=&r"(failed) : "r"(cell) : "memory");
		/* One that must fail, and one whose fate a trap in between may not decide. */
		asm volatile("sc.d %0, %1, (%2)" : "=r"(failed) : "r"(old), "r"(cell) : "memory");
		mix(old + failed);
		asm volatile("lr.d %0, (%2); csrr t0, cycle; csrr t0, time; li a7, 16; li a6, 0; ecall; "
			"sc.d %1, %0, (%2)"
			: "=&r"(old), "=&r"(failed) : "r"(cell)
			: "t0", "a0", "a1", "a6", "a7", "memory");
		mix(failed);
		asm volatile("amoadd.w %0, %1, (%2)" : "=r"(old) : "r"(dice), "r"(&small) : "memory");
		asm volatile("amomaxu.d %0, %1, (%2)" : "=r"(old) : "r"(dice), "r"(cell) : "memory");
		mix(old);
	}
}

static u32 code_addi(u32 value)
{
	return value << 20 | 10 << 15 | 10 << 7 | 0x13; /* addi a0, a0, value */
}

static void code_put(u64 offset, u32 instruction)
{
	volatile u16 *at = (volatile u16 *)(code + offset);

	at[0] = (u16)instruction;
	at[1] = (u16)(instruction >> 16);
}

static void phase_code(void)
{
	u64 (*call)(u64);

	for (u32 i = 0; i < 40; i++) {
		u64 at = roll(2) ? PAGE_SIZE - 2 - 4 * roll(4) : 2 * roll(100);
		u64 count = 1 + roll(6);

		for (u64 n = 0; n < count; n++)
			code_put(at + 4 * n, code_addi((u32)roll(2000)));
		code_put(at + 4 * count, 0x00008067); /* ret */
		if (roll(2))
			asm volatile("fence.i" : : : "memory");
		call = (u64 (*)(u64))(u64)(code + at);
		mix(call(i));
		/* Only one byte changes, of the instruction that may cross. */
		code[at + 2] ^= (u8)(roll(16) << 4);
		mix(call(i));
		mix(stress_replace(code_addi((u32)roll(2000))));
	}
}

static void phase_unaligned(void)
{
	u8 *bytes = (u8 *)frames;

	for (u32 i = 0; i < 120; i++) {
		u64 at = roll(3) ? PAGE_SIZE * (1 + roll(FRAMES - 2)) - 8 + roll(9)
			: roll(FRAMES * PAGE_SIZE - 8);
		u64 value;

		asm volatile("sd %0, 0(%1)" : : "r"(dice), "r"(bytes + at) : "memory");
		asm volatile("lw %0, 3(%1)" : "=r"(value) : "r"(bytes + at) : "memory");
		mix(value);
		asm volatile("sh %0, 1(%1)" : : "r"(value), "r"(bytes + at) : "memory");
		asm volatile("ld %0, -5(%1)" : "=r"(value) : "r"(bytes + at + 8) : "memory");
		mix(value);
	}
}

static u64 entry_to(const void *target, u64 bits)
{
	return (u64)target >> 12 << 10 | bits;
}

static u64 touch(u64 address)
{
	u64 value = 7;

	switch (roll(4)) {
	case 0:
		asm volatile("ld %0, 0(%1)" : "+r"(value) : "r"(address) : "memory");
		break;
	case 1:
		asm volatile("sd %0, 0(%1)" : : "r"(dice), "r"(address) : "memory");
		break;
	case 2:
		/* Into the next page. */
		asm volatile("lw %0, 0(%1)" : "+r"(value) : "r"(address | 0xffe) : "memory");
		break;
	default:
		asm volatile("amoadd.d %0, %1, (%2)" : "+r"(value) : "r"(dice), "r"(address + 8)
			: "memory");
		break;
	}
	return value;
}

static void tables_build(void)
{
	memset(&root, 0, sizeof(root));
	root.word[0] = PTE_V | PTE_R | PTE_W | PTE_A | PTE_D;
	root.word[1] = entry_to(&window_table, PTE_V);
	root.word[2] = entry_to(&ram_table, PTE_V);
	root.word[511] = entry_to((void *)UINT64_C(0x80000000), PTE_V | PTE_R | PTE_W | PTE_X);
	for (u64 i = 0; i < 4; i++)
		ram_table.word[i] = entry_to((void *)(UINT64_C(0x80000000) + (i << 21)),
			PTE_V | PTE_R | PTE_W | PTE_X | (i & 1 ? PTE_A | PTE_D : 0));
	window_table.word[0] = entry_to(&leaves, PTE_V);
	/* Executed at user level, so it cannot be by the supervisor: the alias is. */
	leaves.word[FRAMES] = entry_to((void *)stress_program, PTE_V | PTE_R | PTE_X | PTE_U);
	leaves.word[FRAMES + 1] = entry_to(user_stack, PTE_V | PTE_R | PTE_W | PTE_U);
}

static void fence(u64 address)
{
	switch (roll(4)) {
	case 0:
		break;
	case 1:
		asm volatile("sfence.vma %0, zero" : : "r"(address) : "memory");
		break;
	case 2:
		asm volatile("sfence.vma zero, %0" : : "r"(roll(4)) : "memory");
		break;
	default:
		asm volatile("sfence.vma" : : : "memory");
		break;
	}
}

static void change_leaf(u64 which)
{
	u64 bits = roll(256) & (u64)~PTE_G;

	if (roll(4))
		bits |= PTE_V | PTE_R;
	leaves.word[which] = entry_to(&frames[roll(FRAMES)], bits);
}

static void change_big(void)
{
	if (roll(2))
		window_table.word[1] = entry_to((void *)SPARE, PTE_V | PTE_R | PTE_W | roll(2) * PTE_U);
	else
		window_table.word[1] = entry_to(&leaves, PTE_V);
}

static void phase_paging(void)
{
	u64 satp = SATP_SV39 | (u64)&root >> 12;

	tables_build();
	csr_write(satp, satp);
	asm volatile("sfence.vma" : : : "memory");
	for (u32 i = 0; i < 100; i++) {
		u64 which = roll(FRAMES);
		u64 address = WINDOW + which * PAGE_SIZE + roll(500) * 8;

		switch (roll(8)) {
		case 0:
			change_big();
			address = BIG + roll(64) * PAGE_SIZE;
			break;
		case 1:
			csr_write(satp, satp | roll(4) << 44);
			break;
		case 2:
			csr_set(sstatus, STATUS_SUM | CSR_BIT(19));
			break;
		case 3:
			csr_clear(sstatus, STATUS_SUM | CSR_BIT(19));
			break;
		case 4:
			address = HUGE + ((u64)&frames[which] & 0x3fffffff);
			break;
		default:
			change_leaf(which);
			break;
		}
		mix(touch(address));
		fence(address);
		mix(touch(address));
		mix(leaves.word[which]);
	}
	csr_write(satp, satp);
	leaves.word[0] = entry_to(&frames[0], PTE_V | PTE_R | PTE_W | PTE_U);
	asm volatile("sfence.vma" : : : "memory");
	mix(stress_user(WINDOW + FRAMES * PAGE_SIZE, roll(1000),
		WINDOW + (FRAMES + 2) * PAGE_SIZE));
	csr_clear(sstatus, STATUS_SUM | CSR_BIT(19));
	csr_write(satp, 0);
	asm volatile("sfence.vma" : : : "memory");
}

static void uart_open(void)
{
	*device32(BOARD_plic + 4 * 10) = 1;
	*device32(BOARD_plic + 0x2080) = 1 << 10;
	*device32(BOARD_plic + 0x201000) = 0;
	*device8(BOARD_uart + 2) = 1;
	*device8(BOARD_uart + 1) = 3;
}

static void phase_devices(void)
{
	volatile u8 *ata = device8(BOARD_ata);

	for (u32 i = 0; i < 12; i++) {
		*device8(BOARD_uart) = (u8)('a' + i);
		mix(*device8(BOARD_uart + 5));
		mix(*(volatile u64 *)(u64)(BOARD_clint + 0xbff8));
		mix(*device32(BOARD_rtc));
	}
	ata[6] = 0xe0;
	ata[2] = 1;
	ata[3] = (u8)roll(16);
	ata[4] = 0;
	ata[5] = 0;
	ata[7] = roll(2) ? 0x20 : 0x30; /* read or write a sector */
	mix(ata[7]);
	for (u32 i = 0; i < 256; i++) {
		if (ata[7] & 8 && i & 1)
			mix(*(volatile u16 *)ata);
		else
			*(volatile u16 *)ata = (u16)i;
	}
	mix(ata[7]);
	/* Where nothing is. */
	mix(touch(0x30000000));
}

static void phase_wait(void)
{
	for (u32 i = 0; i < 6; i++) {
		u32 before = ticks;

		if (roll(3) == 0)
			sbi_ipi_send_ipi(1, 0);
		if (roll(3) == 0)
			csr_set(sip, INTERRUPT_SOFTWARE);
		interrupts_off();
		sbi_time_set_timer(csr_read(time) + roll(30));
		if (stress_bounces && roll(2))
			sbi_para_idle();
		else
			asm volatile("wfi");
		interrupts_on();
		for (u32 spin = 0; spin < 300 && ticks == before; spin++)
			mix(spin);
	}
}

/* The paravirtual phases. */

static void para_leaf(u64 *word, u64 target, u64 bits)
{
	*word = target >> 12 << 10 | bits | PTE_V | PTE_U;
}

/* RAM as it is, but for the tables, which can only be read; devices below. */
static void para_build(void)
{
	const struct page *tables[] = { &para_root, &para_user_root, &para_ram, &para_low,
		&para_window, &para_leaves, &spare_table };

	for (u64 i = 0; i < ENTRIES; i++)
		para_leaf(&para_low.word[i], UINT64_C(0x80200000) + (i << 12), PTE_R | PTE_W | PTE_X);
	for (u64 i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		para_leaf(&para_low.word[((u64)tables[i] - UINT64_C(0x80200000)) >> 12],
			(u64)tables[i], PTE_R);
	for (u64 i = 0; i < 4; i++)
		para_leaf(&para_ram.word[i], UINT64_C(0x80000000) + (i << 21),
			PTE_R | PTE_W | PTE_X);
	para_ram.word[1] = entry_to(&para_low, PTE_V);
	para_window.word[0] = entry_to(&para_leaves, PTE_V);
	para_leaf(&para_root.word[0], 0, PTE_R | PTE_W);
	para_root.word[1] = entry_to(&para_window, PTE_V);
	para_root.word[2] = entry_to(&para_ram, PTE_V);
	para_user_root.word[1] = para_root.word[1];
	para_leaf(&para_leaves.word[FRAMES], (u64)stress_program, PTE_R | PTE_X);
	para_leaf(&para_leaves.word[FRAMES + 1], (u64)user_stack, PTE_R | PTE_W);
}

static void para_change(void)
{
	static struct { u64 address, value; } record[8];
	u64 count = 1 + roll(8);
	struct sbi_result result;

	for (u64 i = 0; i < count; i++) {
		u64 target = (u64)&frames[roll(FRAMES)];

		record[i].address = (u64)&para_leaves.word[roll(FRAMES)];
		record[i].value = entry_to((void *)target, roll(256) & (u64)~PTE_G) | PTE_U;
		if (roll(12) == 0)
			record[i].value = entry_to(&para_leaves, PTE_V | PTE_R | PTE_W | PTE_U);
		if (roll(12) == 0) {
			record[i].address = (u64)&para_window.word[1];
			record[i].value = roll(2) ? entry_to((void *)SPARE, PTE_V | PTE_R | PTE_W | PTE_U)
				: roll(2) ? entry_to(&para_leaves, PTE_V) : 0;
		}
		if (roll(20) == 0)
			record[i].value = dice;
	}
	result = sbi_para_table_update((u64)record, count);
	mix((u64)result.error);
	mix(result.value);
}

static void para_calls(void)
{
	static struct call batch[4];

	batch[0] = (struct call){ .eid = SBI_DBCN, .fid = SBI_DBCN_CONSOLE_WRITE_BYTE,
		.argument = { '.' } };
	batch[1] = (struct call){ .eid = SBI_TIME, .fid = SBI_TIME_SET_TIMER,
		.argument = { csr_read(time) + roll(40) } };
	batch[2] = (struct call){ .eid = SBI_PARA, .fid = SBI_PARA_TLB_FLUSH,
		.argument = { WINDOW, roll(4) * PAGE_SIZE } };
	batch[3] = (struct call){ .eid = SBI_PARA, .fid = SBI_PARA_TABLE_UNPIN,
		.argument = { roll(2) ? (u64)&spare_table : (u64)&para_root } };
	mix((u64)sbi_para_multicall((u64)batch, 4).error);
	mix((u64)batch[3].error);
	mix((u64)sbi_para_table_pin(roll(3), (u64)&spare_table).error);
}

static void phase_para_tables(void)
{
	for (u32 i = 0; i < 80; i++) {
		para_change();
		mix(touch(WINDOW + roll(FRAMES) * PAGE_SIZE + roll(500) * 8));
		if (roll(3) == 0)
			sbi_para_tlb_flush(WINDOW + roll(FRAMES) * PAGE_SIZE, roll(2) * PAGE_SIZE);
		if (roll(6) == 0)
			mix(touch(BIG + roll(64) * PAGE_SIZE));
		if (roll(6) == 0)
			mix(touch((u64)&para_leaves));
		if (roll(8) == 0)
			para_calls();
		if (roll(30) == 0)
			csr_write(satp, 0);
		mix(para_leaves.word[roll(FRAMES)]);
	}
	mix((u64)sbi_para_table_switch((u64)&para_root, (u64)&para_user_root).error);
	mix(stress_user(WINDOW + FRAMES * PAGE_SIZE, roll(1000),
		WINDOW + (FRAMES + 2) * PAGE_SIZE));
}

/* Other harts: what they can do to each other, over and over, with CSRs in every mode. */
void stress_secondary(u64 hart)
{
	csr_write(stvec, (u64)stress_trap);
	csr_write(sscratch, 0);
	csr_write(sie, INTERRUPT_TIMER | INTERRUPT_SOFTWARE);
	csr_set(sstatus, STATUS_SIE);
	timer_next();
	for (u32 i = 0; i < 6; i++) {
		phase_atomics();
		phase_unaligned();
		sbi_ipi_send_ipi(roll(8), 0);
		sbi_rfence_remote_sfence_vma(7, 0, WINDOW, roll(3) * PAGE_SIZE);
		*device8(BOARD_uart + 7) = (u8)i;
		mix(*(volatile u64 *)(u64)(BOARD_clint + 0xbff8));
		if (roll(2))
			asm volatile("wfi");
	}
	csr_clear(sstatus, STATUS_SIE);
	if (hart == 1)
		sbi_hsm_hart_stop();
	for (;;)
		asm volatile("wfi");
}

/* Those that are there and do not run. */
static void start_secondaries(void)
{
	for (u64 hart = 1; hart < HARTS; hart++)
		mix((u64)sbi_hsm_hart_start(hart, (u64)stress_start, hart).error);
}

static void report(const char *name)
{
	interrupts_off();
	print("stress: %s, sum %lx, ticks %u, pokes %u, externals %u, faults %u\n", name, sum, ticks,
		pokes, externals, trapped[13] + trapped[15]);
	interrupts_on();
}

static void phases(void)
{
	for (u32 round = 0; round < ROUNDS; round++) {
		start_secondaries();
		phase_atomics();
		phase_code();
		phase_unaligned();
		if (round == 2)
			uart_open();
		phase_devices();
		phase_paging();
		phase_wait();
		timer_next();
	}
}

void main(u64 hart, u64 tree)
{
	csr_write(stvec, (u64)stress_trap);
	csr_write(sscratch, 0);
	csr_write(sie, INTERRUPT_TIMER | INTERRUPT_SOFTWARE | INTERRUPT_EXTERNAL);
	timer_next();
	interrupts_on();
	phases();
	report("CSRs");
	if (sbi_offers(SBI_PARA)) {
		interrupts_off();
		stress_bounces = 1;
		sbi_para_enable(15, (u64)&shared, (u64)stress_bounce);
		interrupts_on();
		phases();
		report("bounces");
		para_build();
		mix((u64)sbi_para_table_pin(2, (u64)&para_root).error);
		mix((u64)sbi_para_table_pin(2, (u64)&para_user_root).error);
		mix((u64)sbi_para_table_switch((u64)&para_root, 0).error);
		for (u32 round = 0; round < ROUNDS; round++) {
			start_secondaries();
			phase_para_tables();
			phase_atomics();
			phase_code();
			phase_unaligned();
			phase_devices();
			phase_wait();
			timer_next();
		}
		report("direct tables");
	}
	board_power_off();
}
