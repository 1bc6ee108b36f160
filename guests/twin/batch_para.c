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

enum { CALLS = 64, RECORDS = 512, HASHES = 1024, NUMBER_BITS = 16 };

/* pv/ABI.md, "Multicall" and table_update. */
struct batch_call {
	u64 extension, function, argument[4], error, value;
};

struct batch_record {
	u64 entry, value;
};

/* In one struct, which entry_para.S knows: the calls come first. */
struct batch {
	struct batch_call call[CALLS];
	struct batch_call *update; /* the last call, if it is a table_update; or null */
	u64 calls, recorded;
	/* The newest record of each hash, and the one before each record: a record's number from
	 * 1, below the number of its batch. One of another batch counts as none, so that nothing
	 * need be cleared. */
	u32 number, newest[HASHES], before[RECORDS + 1];
	struct batch_record record[RECORDS];
};

struct batch batch = {.number = 1};

static u64 hash(u64 entry)
{
	return (entry >> 3 ^ entry >> 12) & (HASHES - 1);
}

/* Takes the batch away, so that what interrupts from here on begins a new one. */
static u64 take(void)
{
	u64 count = batch.calls;

	batch.calls = 0;
	batch.update = NULL;
	if (batch.recorded > 0 && ++batch.number >> NUMBER_BITS != 0) {
		memset(batch.newest, 0, sizeof(batch.newest));
		batch.number = 1;
	}
	batch.recorded = 0;
	return count;
}

static struct batch_call *add(u64 extension, u64 function, u64 a0, u64 a1)
{
	struct batch_call *call = &batch.call[batch.calls++];

	call->extension = extension;
	call->function = function;
	call->argument[0] = a0;
	call->argument[1] = a1;
	batch.update = NULL;
	return call;
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
	struct sbi_result result = sbi_para_multicall((u64)batch.call, count);
	if (result.error != SBI_SUCCESS)
		batch_refused((u64)result.error, result.value);
}

bool batch_empty(void)
{
	return batch.calls == 0;
}

void batch_commit(void)
{
	if (batch_empty())
		return;
	bool unmask = shared_mask();
	commit();
	if (unmask)
		shared_unmask();
}

void batch_call(u64 extension, u64 function, u64 a0, u64 a1)
{
	bool unmask = shared_mask();

	if (batch.calls == CALLS - 1) /* one place is kept for the call that does not come back */
		commit();
	add(extension, function, a0, a1);
	if (unmask)
		shared_unmask();
}

/* Makes room for a record. Not inline: what comes often should not pay for what comes rarely. */
__attribute__((noinline))
static void begin_update(void)
{
	if (batch.recorded == RECORDS || batch.calls == CALLS - 1)
		commit();
	batch.update = add(SBI_PARA, SBI_PARA_TABLE_UPDATE, (u64)&batch.record[batch.recorded], 0);
}

void batch_entry(u64 entry, u64 value)
{
	bool unmask = shared_mask();

	if (batch.update == NULL || batch.recorded == RECORDS)
		begin_update();
	batch.update->argument[1]++;
	batch.record[batch.recorded++] = (struct batch_record){entry, value};
	u32 *newest = &batch.newest[hash(entry)];
	batch.before[batch.recorded] = *newest;
	*newest = batch.number << NUMBER_BITS | (u32)batch.recorded;
	if (unmask)
		shared_unmask();
}

bool batch_pending(u64 entry, u64 *value)
{
	for (u32 i = batch.newest[hash(entry)]; i >> NUMBER_BITS == batch.number;) {
		u32 number = i & ((1 << NUMBER_BITS) - 1);
		const struct batch_record *record = &batch.record[number - 1];
		if (record->entry == entry) {
			*value = record->value;
			return true;
		}
		i = batch.before[number];
	}
	return false;
}

void batch_idle(void)
{
	shared_mask();
	add(SBI_PARA, SBI_PARA_IDLE, 0, 0);
	u64 count = take();
	struct sbi_result result = count == 1 ? sbi_para_idle()
		: sbi_para_multicall((u64)batch.call, count);
	if (result.error != SBI_SUCCESS)
		batch_refused((u64)result.error, result.value);
}

u64 batch_seal(void)
{
	if (batch_empty())
		return 0;
	add(SBI_PARA, SBI_PARA_TRAP_RETURN, 0, 0);
	return take();
}
