/*
 * The native back end: the kernel owns the machine. Each function is the privileged instructions
 * that xv6 or Linux would execute at the same place, and no more. Compare ops_para.c, function by
 * function. Under a trap-and-emulate monitor each of these instructions becomes an exit.
 */
#include "guests/lib/board.h"
#include "guests/lib/csr.h"
#include "guests/lib/sbi.h"
#include "guests/twin/disk_native.h"
#include "guests/twin/ops.h"
#include "guests/twin/pte.h"

enum { SATP_SV39 = 8, SATP_MODE_SHIFT = 60, SATP_ASID_SHIFT = 44 };
enum { COUNTER_TIME = 2 };
enum { UART_DATA = 0, UART_INTERRUPTS = 1, UART_FIFO = 2, UART_STATUS = 5 };
enum { UART_FIFO_ON = 1, UART_HAS_BYTE = 0x01, UART_HAS_ROOM = 0x20 };

/* Has this processor address space identifiers, and the firmware workload markers? */
static bool has_asid, has_measure;

void trap_entry_native(void);
void trap_exit_native(void);

static u64 satp_of(const struct roots *roots)
{
	u64 asid = has_asid ? roots->asid : 0;

	return (u64)SATP_SV39 << SATP_MODE_SHIFT | asid << SATP_ASID_SHIFT | roots->kernel >> 12;
}

static void start(void)
{
	csr_write(sscratch, 0); /* zero: the kernel is running */
	csr_write(stvec, trap_entry_native);
	csr_write(scounteren, COUNTER_TIME);
	csr_write(sie, INTERRUPT_TIMER);
	*device8(BOARD_uart + UART_INTERRUPTS) = 0;
	*device8(BOARD_uart + UART_FIFO) = UART_FIFO_ON;
	has_measure = sbi_offers(SBI_MEASURE);
}

static bool from_user(const struct frame *frame)
{
	return (frame->status & STATUS_SPP) == 0;
}

static u64 user_status(void)
{
	u64 status = csr_read(sstatus);

	return (status & ~(STATUS_SPP | STATUS_SIE | STATUS_SUM)) | STATUS_SPIE;
}

static bool irq_save(void)
{
	return (csr_read_clear(sstatus, STATUS_SIE) & STATUS_SIE) != 0;
}

static void irq_restore(bool unmask)
{
	if (unmask)
		csr_set(sstatus, STATUS_SIE);
}

static void idle(void)
{
	asm volatile("wfi" : : : "memory");
	irq_restore(true);
	irq_save();
}

static u64 time_read(void)
{
	return csr_read(time);
}

static void timer_set(u64 time)
{
	sbi_time_set_timer(time);
}

static void paging_start(const struct roots *roots)
{
	u64 probe = satp_of(roots) | UINT64_C(0xffff) << SATP_ASID_SHIFT;

	csr_write(satp, probe);
	has_asid = (csr_read(satp) >> SATP_ASID_SHIFT & 0xffff) >= ASIDS - 1;
	csr_write(satp, satp_of(roots));
	asm volatile("sfence.vma" : : : "memory");
}

static u64 pte_read(u64 entry)
{
	return *(const u64 *)entry;
}

static void pte_write(u64 entry, u64 value)
{
	*(volatile u64 *)entry = value;
}

static void root_pin(u64 root)
{
}

static void root_unpin(u64 root)
{
}

static void space_switch(const struct roots *roots)
{
	csr_write(satp, satp_of(roots));
	if (!has_asid)
		asm volatile("sfence.vma" : : : "memory");
}

static void tlb_flush(const struct roots *roots, u64 address)
{
	u64 asid = has_asid ? roots->asid : 0;

	asm volatile("sfence.vma %0, %1" : : "r"(address), "r"(asid) : "memory");
}

static void tlb_flush_all(const struct roots *roots)
{
	u64 asid = has_asid ? roots->asid : 0;

	asm volatile("sfence.vma zero, %0" : : "r"(asid) : "memory");
}

static void asid_retire(u64 asid)
{
	if (has_asid)
		asm volatile("sfence.vma zero, %0" : : "r"(asid) : "memory");
}

static void user_open(void)
{
	csr_set(sstatus, STATUS_SUM);
}

static void user_close(void)
{
	csr_clear(sstatus, STATUS_SUM);
}

static void console_write(const char *bytes, size_t length)
{
	for (; length > 0; length--) {
		while ((*device8(BOARD_uart + UART_STATUS) & UART_HAS_ROOM) == 0)
			;
		*device8(BOARD_uart + UART_DATA) = (u8)*bytes++;
	}
}

static void console_flush(void)
{
}

static int console_read(void)
{
	if ((*device8(BOARD_uart + UART_STATUS) & UART_HAS_BYTE) == 0)
		return -1;
	return *device8(BOARD_uart + UART_DATA);
}

static void commit(void)
{
}

static void measure_begin(const char *name, size_t length)
{
	if (has_measure)
		sbi_measure_begin((u64)name, length);
}

static void measure_end(u64 operations)
{
	if (has_measure)
		sbi_measure_end(operations);
}

static void power_off(bool failure)
{
	sbi_srst_system_reset(0, failure);
}

const struct ops ops_native = {
	.name = "native",
	.words = "CSRs, page tables of its own, UART and ATA registers",
	.start = start,
	.trap_exit = trap_exit_native,
	.from_user = from_user,
	.user_status = user_status,
	.irq_save = irq_save,
	.irq_restore = irq_restore,
	.idle = idle,
	.time_read = time_read,
	.timer_set = timer_set,
	.kernel_leaf = PTE_V | PTE_A | PTE_D | PTE_G,
	.two_roots = false,
	.tables_guarded = false,
	.paging_start = paging_start,
	.pte_read = pte_read,
	.pte_write = pte_write,
	.root_pin = root_pin,
	.root_unpin = root_unpin,
	.space_switch = space_switch,
	.tlb_flush = tlb_flush,
	.tlb_flush_all = tlb_flush_all,
	.asid_retire = asid_retire,
	.user_open = user_open,
	.user_close = user_close,
	.console_write = console_write,
	.console_flush = console_flush,
	.console_read = console_read,
	.disk_start = disk_native_start,
	.disk_read = disk_native_read,
	.disk_write = disk_native_write,
	.commit = commit,
	.measure_begin = measure_begin,
	.measure_end = measure_end,
	.power_off = power_off,
};
