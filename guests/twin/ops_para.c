/*
 * The paravirtual back end: the kernel asks the monitor (pv/ABI.md). Most functions only add a call
 * to the batch (batch_para.c), which travels with the return from the trap; some are a store to the
 * shared page and cost nothing. Compare ops_native.c, function by function.
 */
#include "guests/lib/csr.h"
#include "guests/lib/sbi.h"
#include "guests/lib/string.h"
#include "guests/twin/batch_para.h"
#include "guests/twin/disk_para.h"
#include "guests/twin/ops.h"
#include "guests/twin/panic.h"
#include "guests/twin/pte.h"
#include "guests/twin/shared_page.h"

enum { COUNTER_TIME = 2 };
enum { PARA_VERSION = 1, PARA_FEATURES = 0xf /* traps, irq_flag, tables, multicall */ };

/* `enabled` and `pending` of the page, and the place where traps tell their story. */
struct shared_page shared_page __attribute__((aligned(PAGE_SIZE)));

/* Have the page tables gone over to the monitor, and are there workload markers? */
static bool guarded, has_measure;

/* Text that the console has not got yet: [0, queued) is in the batch, if that is not empty. */
static char text[1024];
static size_t written, queued;

/* Bytes that the console has sent: [taken, arrived) are still to be given out. */
static u8 input[64];
static u64 taken, arrived;

void trap_entry_para(void);
void trap_exit_para(void);

bool ops_para_offered(void)
{
	return sbi_offers(SBI_PARA) && sbi_para_version().value == PARA_VERSION
		&& (sbi_para_features().value & PARA_FEATURES) == PARA_FEATURES;
}

/* A call that must not fail. */
static void demand(const char *what, struct sbi_result result)
{
	if (result.error != SBI_SUCCESS)
		panic("%s: the monitor answers %ld", what, result.error);
}

static void start(void)
{
	struct sbi_result result = sbi_para_enable(PARA_FEATURES, (u64)&shared_page,
		(u64)trap_entry_para);

	demand("enable", result);
	csr_write(scounteren, COUNTER_TIME);
	csr_write(sie, INTERRUPT_TIMER);
	has_measure = sbi_offers(SBI_MEASURE);
}

static bool from_user(const struct frame *frame)
{
	return (frame->status & SHARED_STATUS_KERNEL) == 0;
}

static u64 user_status(void)
{
	return SHARED_STATUS_UNMASKED;
}

static bool irq_save(void)
{
	return shared_mask();
}

static void irq_restore(bool unmask)
{
	if (unmask)
		shared_unmask();
}

static void idle(void)
{
	batch_idle();
	irq_save();
}

static u64 time_read(void)
{
	return csr_read(time);
}

static void timer_set(u64 time)
{
	batch_call(SBI_TIME, SBI_TIME_SET_TIMER, time, 0);
}

static void paging_start(const struct roots *roots)
{
	demand("table_pin", sbi_para_table_pin(2, roots->kernel));
	demand("table_switch", sbi_para_table_switch(roots->kernel, roots->user));
	guarded = true;
}

static u64 pte_read(u64 entry)
{
	u64 value;

	if (!guarded)
		return *(const u64 *)entry;
	if (batch_pending(entry, &value))
		return value;
	value = *(const volatile u64 *)entry;
	return value & PTE_V ? value - (shared_page.offset >> 2) : value;
}

static void pte_write(u64 entry, u64 value)
{
	if (guarded)
		batch_entry(entry, value);
	else
		*(volatile u64 *)entry = value;
}

static void root_pin(u64 root)
{
	batch_call(SBI_PARA, SBI_PARA_TABLE_PIN, 2, root);
}

static void root_unpin(u64 root)
{
	batch_call(SBI_PARA, SBI_PARA_TABLE_UNPIN, root, 0);
}

static void space_switch(const struct roots *roots)
{
	batch_call(SBI_PARA, SBI_PARA_TABLE_SWITCH, roots->kernel, roots->user);
}

static void tlb_flush(const struct roots *roots, u64 address)
{
	batch_call(SBI_PARA, SBI_PARA_TLB_FLUSH, address, PAGE_SIZE);
}

static void tlb_flush_all(const struct roots *roots)
{
	batch_call(SBI_PARA, SBI_PARA_TLB_FLUSH, 0, 0);
}

static void asid_retire(u64 asid)
{
}

static void user_open(void)
{
	batch_commit();
}

static void user_close(void)
{
}

/* Whole lines join the batch; the rest waits for its newline or for console_flush. */
static void console_write(const char *bytes, size_t length)
{
	bool unmask = irq_save();

	if (batch_empty()) { /* what was queued has been written by now */
		memmove(text, text + queued, written - queued);
		written -= queued;
		queued = 0;
	}
	for (; length > 0; length--) {
		text[written++] = *bytes;
		if (*bytes++ == '\n' || written == sizeof(text)) {
			batch_call(SBI_DBCN, SBI_DBCN_CONSOLE_WRITE, written - queued,
				(u64)text + queued);
			queued = written;
		}
		if (written == sizeof(text)) {
			batch_commit();
			written = 0;
			queued = 0;
		}
	}
	irq_restore(unmask);
}

static void console_flush(void)
{
	bool unmask = irq_save();

	if (written > queued)
		batch_call(SBI_DBCN, SBI_DBCN_CONSOLE_WRITE, written - queued, (u64)text + queued);
	queued = written;
	irq_restore(unmask);
}

static int console_read(void)
{
	if (taken == arrived) {
		struct sbi_result result = sbi_dbcn_console_read(sizeof(input), (u64)input, 0);
		taken = 0;
		arrived = result.error == SBI_SUCCESS ? result.value : 0;
	}
	return taken < arrived ? input[taken++] : -1;
}

static void commit(void)
{
	batch_commit();
}

static void measure_begin(const char *name, size_t length)
{
	console_flush();
	batch_commit();
	if (has_measure)
		sbi_measure_begin((u64)name, length);
}

static void measure_end(u64 operations)
{
	console_flush();
	batch_commit();
	if (has_measure)
		sbi_measure_end(operations);
}

static void power_off(bool failure)
{
	console_flush();
	batch_commit();
	sbi_srst_system_reset(0, failure);
}

const struct ops ops_para = {
	.name = "para",
	.words = "shared page, direct page tables, multicalls, virtio",
	.start = start,
	.trap_exit = trap_exit_para,
	.from_user = from_user,
	.user_status = user_status,
	.irq_save = irq_save,
	.irq_restore = irq_restore,
	.idle = idle,
	.time_read = time_read,
	.timer_set = timer_set,
	.kernel_leaf = PTE_V | PTE_A | PTE_D | PTE_U,
	.two_roots = true,
	.tables_guarded = true,
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
	.disk_start = disk_para_start,
	.disk_read = disk_para_read,
	.disk_write = disk_para_write,
	.commit = commit,
	.measure_begin = measure_begin,
	.measure_end = measure_end,
	.power_off = power_off,
};
