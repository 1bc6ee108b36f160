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
#include "tests/invariance/stress.h"

enum { CAUSES = 16 };
enum { RTC_TIME_HIGH = 4, RTC_ALARM_LOW = 8, RTC_ALARM_HIGH = 12, RTC_IRQ_ENABLED = 16,
	RTC_CLEAR_INTERRUPT = 28 };
#define SATP_SV39 (UINT64_C(8) << 60)

struct shared_page {
	volatile u32 enabled, pending;
	u64 cause, epc, tval, status, scratch, offset;
	u8 rest[PAGE_SIZE - 56];
};

struct shared_page shared __attribute__((aligned(PAGE_SIZE)));
struct call stress_batch[4] __attribute__((aligned(PAGE_SIZE)));
static struct page root, ram_table, window_table, leaves;
struct page stress_frames[FRAMES];
static u8 code[2 * PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));
u8 stress_user_stack[PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));
u64 stress_kernel_stack;
u8 stress_stacks[HARTS][PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));
u32 stress_bounces;

static u64 sum = 1, dice = 88172645463325252;
static volatile u32 ticks, pokes, externals, trapped[CAUSES];

void stress_mix(u64 value)
{
	sum = (sum ^ value) * UINT64_C(0x9e3779b97f4a7c15);
	sum ^= sum >> 29;
}

u64 stress_roll(u64 sides)
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
	if (source == 11)
		*device32(BOARD_rtc + RTC_CLEAR_INTERRUPT) = 1;
	if (source == 10)
		stress_mix(*device8(BOARD_uart + 2) << 8 | *device8(BOARD_uart));
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
		stress_mix(frame->tval);
		frame->epc = frame->x[1];
	} else {
		/* The instruction may lie in a page of user code. */
		csr_set(sstatus, STATUS_SUM);
		stress_mix(frame->cause << 48 ^ frame->tval);
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
		u64 *cell = &cells[stress_roll(4)];
		u64 old, failed;

		asm volatile("1: lr.d %0, (%2); addi %0, %0, 3; sc.d %1, %0, (%2); bnez %1, 1b"
			: "=&r"(old), "=&r"(failed) : "r"(cell) : "memory");
		/* One that must fail, and one whose fate a trap in between may not decide. */
		asm volatile("sc.d %0, %1, (%2)" : "=r"(failed) : "r"(old), "r"(cell) : "memory");
		stress_mix(old + failed);
		asm volatile("lr.d %0, (%2); csrr t0, cycle; csrr t0, time; li a7, 16; li a6, 0; ecall; "
			"sc.d %1, %0, (%2)"
			: "=&r"(old), "=&r"(failed) : "r"(cell)
			: "t0", "a0", "a1", "a6", "a7", "memory");
		stress_mix(failed);
		asm volatile("amoadd.w %0, %1, (%2)" : "=r"(old) : "r"(dice), "r"(&small) : "memory");
		asm volatile("amomaxu.d %0, %1, (%2)" : "=r"(old) : "r"(dice), "r"(cell) : "memory");
		stress_mix(old);
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
		u64 at = stress_roll(2) ? PAGE_SIZE - 2 - 4 * stress_roll(4) : 2 * stress_roll(100);
		u64 count = 1 + stress_roll(6);

		for (u64 n = 0; n < count; n++)
			code_put(at + 4 * n, code_addi((u32)stress_roll(2000)));
		code_put(at + 4 * count, 0x00008067); /* ret */
		if (stress_roll(2))
			asm volatile("fence.i" : : : "memory");
		call = (u64 (*)(u64))(u64)(code + at);
		stress_mix(call(i));
		/* Only one byte changes, of the instruction that may cross. */
		code[at + 2] ^= (u8)(stress_roll(16) << 4);
		stress_mix(call(i));
		stress_mix(stress_replace(code_addi((u32)stress_roll(2000))));
	}
}

static void phase_unaligned(void)
{
	u8 *bytes = (u8 *)stress_frames;

	for (u32 i = 0; i < 120; i++) {
		u64 at = stress_roll(3) ? PAGE_SIZE * (1 + stress_roll(FRAMES - 2)) - 8 + stress_roll(9)
			: stress_roll(FRAMES * PAGE_SIZE - 8);
		u64 value;

		asm volatile("sd %0, 0(%1)" : : "r"(dice), "r"(bytes + at) : "memory");
		asm volatile("lw %0, 3(%1)" : "=r"(value) : "r"(bytes + at) : "memory");
		stress_mix(value);
		asm volatile("sh %0, 1(%1)" : : "r"(value), "r"(bytes + at) : "memory");
		asm volatile("ld %0, -5(%1)" : "=r"(value) : "r"(bytes + at + 8) : "memory");
		stress_mix(value);
	}
}

u64 stress_entry(const void *target, u64 bits)
{
	return (u64)target >> 12 << 10 | bits;
}

u64 stress_touch(u64 address)
{
	u64 value = 7;

	switch (stress_roll(4)) {
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
	root.word[1] = stress_entry(&window_table, PTE_V);
	root.word[2] = stress_entry(&ram_table, PTE_V);
	root.word[511] = stress_entry((void *)UINT64_C(0x80000000), PTE_V | PTE_R | PTE_W | PTE_X);
	for (u64 i = 0; i < 4; i++)
		ram_table.word[i] = stress_entry((void *)(UINT64_C(0x80000000) + (i << 21)),
			PTE_V | PTE_R | PTE_W | PTE_X | (i & 1 ? PTE_A | PTE_D : 0));
	window_table.word[0] = stress_entry(&leaves, PTE_V);
	/* Executed at user level, so it cannot be by the supervisor: the alias is. */
	leaves.word[FRAMES] = stress_entry((void *)stress_program, PTE_V | PTE_R | PTE_X | PTE_U);
	leaves.word[FRAMES + 1] = stress_entry(stress_user_stack, PTE_V | PTE_R | PTE_W | PTE_U);
}

static void fence(u64 address)
{
	switch (stress_roll(4)) {
	case 0:
		break;
	case 1:
		asm volatile("sfence.vma %0, zero" : : "r"(address) : "memory");
		break;
	case 2:
		asm volatile("sfence.vma zero, %0" : : "r"(stress_roll(4)) : "memory");
		break;
	default:
		asm volatile("sfence.vma" : : : "memory");
		break;
	}
}

static void change_leaf(u64 which)
{
	u64 bits = stress_roll(256) & (u64)~PTE_G;

	if (stress_roll(4))
		bits |= PTE_V | PTE_R;
	leaves.word[which] = stress_entry(&stress_frames[stress_roll(FRAMES)], bits);
}

static void change_big(void)
{
	if (stress_roll(2))
		window_table.word[1] = stress_entry((void *)SPARE, PTE_V | PTE_R | PTE_W | stress_roll(2) * PTE_U);
	else
		window_table.word[1] = stress_entry(&leaves, PTE_V);
}

static void phase_paging(void)
{
	u64 satp = SATP_SV39 | (u64)&root >> 12;

	tables_build();
	csr_write(satp, satp);
	asm volatile("sfence.vma" : : : "memory");
	for (u32 i = 0; i < 100; i++) {
		u64 which = stress_roll(FRAMES);
		u64 address = WINDOW + which * PAGE_SIZE + stress_roll(500) * 8;

		switch (stress_roll(8)) {
		case 0:
			change_big();
			address = BIG + stress_roll(64) * PAGE_SIZE;
			break;
		case 1:
			csr_write(satp, satp | stress_roll(stress_roll(4) ? 4 : 500) << 44);
			break;
		case 2:
			csr_set(sstatus, STATUS_SUM | CSR_BIT(19));
			break;
		case 3:
			csr_clear(sstatus, STATUS_SUM | CSR_BIT(19));
			break;
		case 4:
			address = HUGE + ((u64)&stress_frames[which] & 0x3fffffff);
			break;
		default:
			change_leaf(which);
			break;
		}
		stress_mix(stress_touch(address));
		fence(address);
		stress_mix(stress_touch(address));
		stress_mix(leaves.word[which]);
	}
	csr_write(satp, satp);
	leaves.word[0] = stress_entry(&stress_frames[0], PTE_V | PTE_R | PTE_W | PTE_U);
	asm volatile("sfence.vma" : : : "memory");
	stress_mix(stress_user(WINDOW + FRAMES * PAGE_SIZE, stress_roll(1000),
		WINDOW + (FRAMES + 2) * PAGE_SIZE));
	csr_clear(sstatus, STATUS_SUM | CSR_BIT(19));
	csr_write(satp, 0);
	asm volatile("sfence.vma" : : : "memory");
}

static void devices_open(void)
{
	*device32(BOARD_plic + 4 * 10) = 1;
	*device32(BOARD_plic + 4 * 11) = 1;
	*device32(BOARD_plic + 0x2080) = 1 << 10 | 1 << 11;
	*device32(BOARD_rtc + RTC_IRQ_ENABLED) = 1;
	*device32(BOARD_plic + 0x201000) = 0;
	*device8(BOARD_uart + 2) = 1;
	*device8(BOARD_uart + 1) = 3;
}

/* An interrupt at an odd cycle: the clock counts nanoseconds, which are cycles. */
static void alarm_set(u64 nanoseconds)
{
	u64 when = *device32(BOARD_rtc);

	when += ((u64)*device32(BOARD_rtc + RTC_TIME_HIGH) << 32) + nanoseconds;
	*device32(BOARD_rtc + RTC_ALARM_HIGH) = (u32)(when >> 32);
	*device32(BOARD_rtc + RTC_ALARM_LOW) = (u32)when;
}

static void phase_devices(void)
{
	volatile u8 *ata = device8(BOARD_ata);

	for (u32 i = 0; i < 12; i++) {
		*device8(BOARD_uart) = (u8)('a' + i);
		stress_mix(*device8(BOARD_uart + 5));
		stress_mix(*(volatile u64 *)(u64)(BOARD_clint + 0xbff8));
		stress_mix(*device32(BOARD_rtc));
		alarm_set(stress_roll(3000));
	}
	ata[6] = 0xe0;
	ata[2] = 1;
	ata[3] = (u8)stress_roll(16);
	ata[4] = 0;
	ata[5] = 0;
	ata[7] = stress_roll(2) ? 0x20 : 0x30; /* read or write a sector */
	stress_mix(ata[7]);
	for (u32 i = 0; i < 256; i++) {
		if (ata[7] & 8 && i & 1)
			stress_mix(*(volatile u16 *)ata);
		else
			*(volatile u16 *)ata = (u16)i;
	}
	stress_mix(ata[7]);
	/* Where nothing is. */
	stress_mix(stress_touch(0x30000000));
}

static void phase_wait(void)
{
	for (u32 i = 0; i < 6; i++) {
		u32 before = ticks;

		if (stress_roll(3) == 0)
			sbi_ipi_send_ipi(1, 0);
		if (stress_roll(3) == 0)
			csr_set(sip, INTERRUPT_SOFTWARE);
		interrupts_off();
		sbi_time_set_timer(csr_read(time) + stress_roll(30));
		if (stress_bounces && stress_roll(2))
			sbi_para_idle();
		else
			asm volatile("wfi");
		interrupts_on();
		for (u32 spin = 0; spin < 300 && ticks == before; spin++)
			stress_mix(spin);
	}
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
		sbi_ipi_send_ipi(stress_roll(8), 0);
		sbi_rfence_remote_sfence_vma(7, 0, WINDOW, stress_roll(3) * PAGE_SIZE);
		*device8(BOARD_uart + 7) = (u8)i;
		stress_mix(*(volatile u64 *)(u64)(BOARD_clint + 0xbff8));
		if (stress_roll(2))
			asm volatile("wfi");
	}
	if (hart == 1) {
		csr_clear(sstatus, STATUS_SIE);
		sbi_hsm_hart_stop();
	}
	/* Sleeps, and is woken by its timer. */
	for (;;) {
		asm volatile("wfi");
		if (stress_roll(4) == 0)
			sbi_ipi_send_ipi(1, 0);
	}
}

/* Those that are there and do not run. */
static void start_secondaries(void)
{
	for (u64 hart = 1; hart < HARTS; hart++)
		stress_mix((u64)sbi_hsm_hart_start(hart, (u64)stress_start, hart).error);
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
			devices_open();
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
		stress_para_begin();
		for (u32 round = 0; round < ROUNDS; round++) {
			start_secondaries();
			stress_para_phase();
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
