/*
 * The batch: up to 64 calls, and the records of up to 512 page-table entries that table_update
 * calls point to. Every function masks interrupts while it works (a store to the shared page, no
 * exit), since a timer tick adds calls too. The kernel reads its page tables directly, so a write
 * that still waits here must be visible to it: the records are also a hash table.
 */
#include "guests/lib/sbi.h"
#include "guests/lib/string.h"
#include "guests/twin/batch_para.h"
#include "guests/twin/panic.h"
#include "guests/twin/shared_page.h"

enum { CALLS = 64, RECORDS = 512, HASHES = 1024 };

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
static bool updating; /* the last call is a table_update */

/* The newest record of each hash, and the one before each record: a number from 1, below the number
 * of the batch it belongs to. One of another batch counts as none: nothing need be cleared. */
static u32 newest[HASHES], before[RECORDS + 1];
static u32 batch = 1;

enum { NUMBER_BITS = 16 };

static u64 hash(u64 entry)
{
	return (entry >> 3 ^ entry >> 12) & (HASHES - 1);
}

/* Takes the batch away, so that what interrupts from here on begins a new one. */
static u64 take(void)
{
	u64 count = calls;

	calls = 0;
	updating = false;
	if (recorded > 0 && ++batch >> NUMBER_BITS != 0) {
		memset(newest, 0, sizeof(newest));
		batch = 1;
	}
	recorded = 0;
	return count;
}

static void add(u64 extension, u64 function, u64 a0, u64 a1)
{
	struct batch_call *call = &batch_entries[calls++];

	call->extension = extension;
	call->function = function;
	call->argument[0] = a0;
	call->argument[1] = a1;
	updating = false;
}

_Noreturn void batch_refused(u64 error, u64 done)
{
	panic("the monitor refused call %lu of a batch: error %ld", done, (s64)error);
}

/* Interrupts are masked. */
static void commit(void)
{
	u64 count = take();

	if (count == 0)
		return;
	struct sbi_result result = sbi_para_multicall((u64)batch_entries, count);
	if (result.error != SBI_SUCCESS)
		batch_refused((u64)result.error, result.value);
}

void batch_commit(void)
{
	if (calls == 0)
		return;
	bool unmask = shared_mask();
	commit();
	if (unmask)
		shared_unmask();
}

bool batch_empty(void)
{
	return calls == 0;
}

void batch_call(u64 extension, u64 function, u64 a0, u64 a1)
{
	bool unmask = shared_mask();

	if (calls == CALLS - 1) /* one place is kept for the call that does not come back */
		commit();
	add(extension, function, a0, a1);
	if (unmask)
		shared_unmask();
}

void batch_entry(u64 entry, u64 value)
{
	bool unmask = shared_mask();

	if (recorded == RECORDS || (calls == CALLS - 1 && !updating))
		commit();
	if (!updating)
		add(SBI_PARA, SBI_PARA_TABLE_UPDATE, (u64)&records[recorded], 0);
	updating = true;
	batch_entries[calls - 1].argument[1]++;
	records[recorded++] = (struct batch_record){entry, value};
	before[recorded] = newest[hash(entry)];
	newest[hash(entry)] = batch << NUMBER_BITS | (u32)recorded;
	if (unmask)
		shared_unmask();
}

bool batch_pending(u64 entry, u64 *value)
{
	for (u32 i = newest[hash(entry)]; i >> NUMBER_BITS == batch;) {
		u32 number = i & ((1 << NUMBER_BITS) - 1);
		if (records[number - 1].entry == entry) {
			*value = records[number - 1].value;
			return true;
		}
		i = before[number];
	}
	return false;
}

void batch_idle(void)
{
	shared_mask();
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
