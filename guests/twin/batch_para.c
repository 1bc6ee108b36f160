/*
 * The batch: up to 64 calls, and the records of up to 512 page-table entries that table_update
 * calls point to. Every function masks interrupts while it works (a store to the shared page, no
 * exit), since a timer tick adds calls too. The kernel reads its page tables directly, so a write
 * that still waits here must be visible to it: `hint` tells quickly that there is none.
 */
#include "guests/lib/sbi.h"
#include "guests/twin/batch_para.h"
#include "guests/twin/ops.h"
#include "guests/twin/panic.h"

enum { CALLS = 64, RECORDS = 512, HINTS = 1024 };

/* pv/ABI.md, "Multicall". entry_para.S knows the array's name. */
struct batch_call {
	u64 extension, function, argument[4], error, value;
};

struct batch_record {
	u64 entry, value;
};

struct batch_call batch_entries[CALLS];

static struct batch_record records[RECORDS];
static u64 calls, recorded;
static u64 hint[HINTS / 64]; /* one bit for a hash of each recorded entry */

static u64 hash(u64 entry)
{
	return (entry >> 3 ^ entry >> 12) & (HINTS - 1);
}

/* Takes the batch away, so that what interrupts from here on begins a new one. */
static u64 take(void)
{
	u64 count = calls;

	if (recorded > 0)
		for (u32 i = 0; i < HINTS / 64; i++)
			hint[i] = 0;
	calls = 0;
	recorded = 0;
	return count;
}

static void add(u64 extension, u64 function, u64 a0, u64 a1)
{
	batch_entries[calls++] = (struct batch_call){extension, function, {a0, a1}, 0, 0};
}

_Noreturn void batch_refused(u64 error, u64 done)
{
	panic("the monitor refused call %lu of a batch: error %ld", done, (s64)error);
}

void batch_commit(void)
{
	bool unmask = ops->irq_save();
	u64 count = take();

	if (count > 0) {
		struct sbi_result result = sbi_para_multicall((u64)batch_entries, count);
		if (result.error != SBI_SUCCESS)
			batch_refused((u64)result.error, result.value);
	}
	ops->irq_restore(unmask);
}

void batch_call(u64 extension, u64 function, u64 a0, u64 a1)
{
	bool unmask = ops->irq_save();

	if (calls == CALLS - 1) /* one place is kept for the call that does not come back */
		batch_commit();
	add(extension, function, a0, a1);
	ops->irq_restore(unmask);
}

/* The last call, if it writes page-table entries: one more record makes it longer. */
static struct batch_call *open_update(void)
{
	if (calls == 0)
		return NULL;
	struct batch_call *last = &batch_entries[calls - 1];
	bool update = last->extension == SBI_PARA && last->function == SBI_PARA_TABLE_UPDATE;
	return update ? last : NULL;
}

void batch_entry(u64 entry, u64 value)
{
	bool unmask = ops->irq_save();

	if (recorded == RECORDS || (calls == CALLS - 1 && open_update() == NULL))
		batch_commit();
	if (open_update() == NULL)
		add(SBI_PARA, SBI_PARA_TABLE_UPDATE, (u64)&records[recorded], 0);
	open_update()->argument[1]++;
	records[recorded++] = (struct batch_record){entry, value};
	hint[hash(entry) / 64] |= UINT64_C(1) << hash(entry) % 64;
	ops->irq_restore(unmask);
}

bool batch_pending(u64 entry, u64 *value)
{
	if ((hint[hash(entry) / 64] >> hash(entry) % 64 & 1) == 0)
		return false;
	for (u64 i = recorded; i-- > 0;)
		if (records[i].entry == entry) {
			*value = records[i].value;
			return true;
		}
	return false;
}

bool batch_empty(void)
{
	return calls == 0;
}

void batch_idle(void)
{
	ops->irq_save();
	add(SBI_PARA, SBI_PARA_IDLE, 0, 0);
	u64 count = take();
	struct sbi_result result = count == 1 ? sbi_para_idle()
		: sbi_para_multicall((u64)batch_entries, count);
	if (result.error != SBI_SUCCESS)
		batch_refused((u64)result.error, result.value);
}

u64 batch_seal(void)
{
	if (calls == 0)
		return 0;
	add(SBI_PARA, SBI_PARA_TRAP_RETURN, 0, 0);
	return take();
}
