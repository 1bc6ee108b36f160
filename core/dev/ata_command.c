/*
 * The commands of the ATA disk. A command is a row of a table: what it does, and whether its
 * address is 28 or 48 bits wide. Data moves in DRQ blocks of one or more sectors: the disk fills
 * (or empties) the buffer between two blocks, the guest moves it word by word in between.
 *
 *	read:  command -> [fill, DRQ, interrupt, guest reads the block]... -> idle
 *	write: command -> [DRQ, guest writes the block, store, interrupt]... -> idle
 */
#include "core/dev/ata_command.h"

#include "core/dev/ata_identify.h"

enum {
	ERROR_ABORTED = 0x04, ERROR_NOT_FOUND = 0x10, ERROR_MEDIUM = 0x40,
	ERROR_PASSED = 0x01 /* after a diagnostic: device 0 is well */
};

/* What a row of the command table says besides its function. */
enum {
	WIDE = 1,    /* 48-bit address, 16-bit count */
	MULTIPLE = 2 /* blocks of several sectors */
};

struct ata_command {
	u8 code;
	u8 flags;
	void (*run)(struct ata *ata, u32 flags);
	const char *name;
};

/* The command is over, well or badly; the status says which. */
static void ata_finish(struct ata *ata, u8 error)
{
	struct ata_state *state = &ata->state;

	state->transfer = ATA_IDLE;
	state->error = error;
	state->status = error ? STATUS_IDLE | STATUS_ERROR : STATUS_IDLE;
	state->interrupt = 1;
}

/* Where a medium error happened, in the registers the address came from. */
static void ata_fail_at(struct ata *ata, u64 lba, u8 error)
{
	struct ata_state *state = &ata->state;

	state->low = (struct ata_pair){ (u8)lba, (u8)(lba >> 24) };
	state->mid = (struct ata_pair){ (u8)(lba >> 8), (u8)(lba >> 32) };
	state->high = (struct ata_pair){ (u8)(lba >> 16), (u8)(lba >> 40) };
	ata_finish(ata, error);
}

static u64 ata_address(const struct ata_state *state, u32 flags)
{
	u64 lba = state->low.now | state->mid.now << 8 | (u64)state->high.now << 16;

	if (flags & WIDE)
		return lba | (u64)state->low.before << 24 | (u64)state->mid.before << 32 |
			(u64)state->high.before << 40;
	return lba | (u64)(state->device & 15) << 24;
}

static u32 ata_sectors(const struct ata_state *state, u32 flags)
{
	u32 most = flags & WIDE ? 0x10000 : 0x100;
	u32 count = state->count.now | (flags & WIDE ? (u32)state->count.before << 8 : 0);

	return count ? count : most;
}

/* Takes address and count; false, and the command is over, when they are not on the disk. */
static bool ata_begin(struct ata *ata, u32 flags)
{
	struct ata_state *state = &ata->state;
	u64 total = ata->disk.size / ATA_SECTOR;
	u64 lba = ata_address(state, flags);
	u32 count = ata_sectors(state, flags);

	if (flags & MULTIPLE && !state->multiple) {
		ata_finish(ata, ERROR_ABORTED);
		return false;
	}
	if (!(state->device & DEVICE_LBA) || lba >= total || count > total - lba) {
		ata_finish(ata, ERROR_NOT_FOUND);
		return false;
	}
	state->lba = lba;
	state->remaining = count;
	state->block = flags & MULTIPLE ? state->multiple : 1;
	return true;
}

static u32 ata_block(const struct ata_state *state)
{
	return state->remaining < state->block ? state->remaining : state->block;
}

static void ata_request(struct ata_state *state, u8 transfer, u32 bytes)
{
	state->transfer = transfer;
	state->position = 0;
	state->limit = bytes;
	state->status = STATUS_IDLE | STATUS_REQUEST;
}

static void ata_fill(struct ata *ata)
{
	struct ata_state *state = &ata->state;
	u32 sectors = ata_block(state);
	struct host_disk *disk = &ata->disk;

	if (!disk->read(disk->self, state->lba * ATA_SECTOR, state->buffer,
			(u64)sectors * ATA_SECTOR)) {
		ata_fail_at(ata, state->lba, ERROR_MEDIUM);
		return;
	}
	state->lba += sectors;
	state->remaining -= sectors;
	ata_request(state, ATA_TO_GUEST, sectors * ATA_SECTOR);
	state->interrupt = 1;
}

static void ata_store(struct ata *ata)
{
	struct ata_state *state = &ata->state;
	u32 sectors = ata_block(state);
	struct host_disk *disk = &ata->disk;

	if (!disk->write(disk->self, state->lba * ATA_SECTOR, state->buffer,
			(u64)sectors * ATA_SECTOR)) {
		ata_fail_at(ata, state->lba, ERROR_ABORTED);
		return;
	}
	state->lba += sectors;
	state->remaining -= sectors;
	if (state->remaining)
		ata_request(state, ATA_FROM_GUEST, ata_block(state) * ATA_SECTOR);
	else
		ata_finish(ata, 0);
	state->interrupt = 1;
}

static void ata_read_sectors(struct ata *ata, u32 flags)
{
	if (ata_begin(ata, flags))
		ata_fill(ata);
}

/* The first block of a write is asked for without an interrupt. */
static void ata_write_sectors(struct ata *ata, u32 flags)
{
	if (ata->disk.read_only)
		ata_finish(ata, ERROR_ABORTED);
	else if (ata_begin(ata, flags))
		ata_request(&ata->state, ATA_FROM_GUEST, ata_block(&ata->state) * ATA_SECTOR);
}

/* Every sector of the disk is readable; only the address can be wrong. */
static void ata_verify(struct ata *ata, u32 flags)
{
	if (ata_begin(ata, flags))
		ata_finish(ata, 0);
}

static void ata_set_multiple(struct ata *ata, u32 flags)
{
	u8 count = ata->state.count.now;

	(void)flags;
	if (count > ATA_MULTIPLE || (count & (count - 1))) {
		ata_finish(ata, ERROR_ABORTED);
		return;
	}
	ata->state.multiple = count;
	ata_finish(ata, 0);
}

static void ata_flush(struct ata *ata, u32 flags)
{
	(void)flags;
	ata_finish(ata, ata->disk.flush(ata->disk.self) ? 0 : ERROR_ABORTED);
}

static void ata_identify(struct ata *ata, u32 flags)
{
	struct ata_state *state = &ata->state;

	(void)flags;
	ata_identify_fill(state->buffer, ata->disk.size / ATA_SECTOR, state->multiple);
	state->remaining = 0;
	ata_request(state, ATA_TO_GUEST, ATA_SECTOR);
	state->interrupt = 1;
}

/* Accepted, without effect: transfer modes, caches and power have no meaning here. */
static void ata_accept(struct ata *ata, u32 flags)
{
	(void)flags;
	ata_finish(ata, 0);
}

static void ata_power_mode(struct ata *ata, u32 flags)
{
	(void)flags;
	ata->state.count.now = 0xff; /* active */
	ata_finish(ata, 0);
}

/* What the registers hold after power-on, reset and diagnostic: "an ATA disk, and it is well". */
void ata_signature(struct ata_state *state)
{
	state->count = (struct ata_pair){ 1, 0 };
	state->low = (struct ata_pair){ 1, 0 };
	state->mid = (struct ata_pair){ 0, 0 };
	state->high = (struct ata_pair){ 0, 0 };
	state->device = 0;
	state->transfer = ATA_IDLE;
	state->error = ERROR_PASSED;
	state->status = STATUS_IDLE;
}

static void ata_diagnose(struct ata *ata, u32 flags)
{
	(void)flags;
	ata_signature(&ata->state);
	ata->state.interrupt = 1;
}

static const struct ata_command ata_commands[] = {
	{ 0x20, 0, ata_read_sectors, "read-sectors" },
	{ 0x21, 0, ata_read_sectors, "read-sectors-no-retry" },
	{ 0x24, WIDE, ata_read_sectors, "read-sectors-ext" },
	{ 0x29, WIDE | MULTIPLE, ata_read_sectors, "read-multiple-ext" },
	{ 0x30, 0, ata_write_sectors, "write-sectors" },
	{ 0x31, 0, ata_write_sectors, "write-sectors-no-retry" },
	{ 0x34, WIDE, ata_write_sectors, "write-sectors-ext" },
	{ 0x39, WIDE | MULTIPLE, ata_write_sectors, "write-multiple-ext" },
	{ 0x40, 0, ata_verify, "read-verify" },
	{ 0x41, 0, ata_verify, "read-verify-no-retry" },
	{ 0x42, WIDE, ata_verify, "read-verify-ext" },
	{ 0x90, 0, ata_diagnose, "execute-diagnostic" },
	{ 0xc4, MULTIPLE, ata_read_sectors, "read-multiple" },
	{ 0xc5, MULTIPLE, ata_write_sectors, "write-multiple" },
	{ 0xc6, 0, ata_set_multiple, "set-multiple" },
	{ 0xe0, 0, ata_accept, "standby-immediate" },
	{ 0xe1, 0, ata_accept, "idle-immediate" },
	{ 0xe2, 0, ata_accept, "standby" },
	{ 0xe3, 0, ata_accept, "idle" },
	{ 0xe5, 0, ata_power_mode, "check-power-mode" },
	{ 0xe7, 0, ata_flush, "flush-cache" },
	{ 0xea, WIDE, ata_flush, "flush-cache-ext" },
	{ 0xec, 0, ata_identify, "identify" },
	{ 0xef, 0, ata_accept, "set-features" },
	{ 0 }
};

/* Device 1 is absent: it hears only the diagnostic, which is for both. */
void ata_run(struct ata *ata, u8 code)
{
	struct ata_state *state = &ata->state;
	const struct ata_command *row = ata_commands;

	while (row->name && row->code != code)
		row++;
	if (state->device & DEVICE_SECOND && row->run != ata_diagnose)
		return;
	state->interrupt = 0;
	state->transfer = ATA_IDLE;
	state->error = 0;
	if (row->name)
		row->run(ata, row->flags);
	else
		ata_finish(ata, ERROR_ABORTED);
}

static void ata_block_read(struct ata *ata)
{
	if (ata->state.remaining) {
		ata_fill(ata);
		return;
	}
	ata->state.transfer = ATA_IDLE;
	ata->state.status = STATUS_IDLE;
}

/* One 16-bit word of the data register; without DRQ nothing moves. */
u16 ata_data_read(struct ata *ata)
{
	struct ata_state *state = &ata->state;
	u16 word;

	if (state->transfer != ATA_TO_GUEST)
		return 0;
	word = (u16)(state->buffer[state->position] | state->buffer[state->position + 1] << 8);
	state->position += 2;
	if (state->position == state->limit)
		ata_block_read(ata);
	return word;
}

void ata_data_write(struct ata *ata, u16 word)
{
	struct ata_state *state = &ata->state;

	if (state->transfer != ATA_FROM_GUEST)
		return;
	state->buffer[state->position] = (u8)word;
	state->buffer[state->position + 1] = (u8)(word >> 8);
	state->position += 2;
	if (state->position == state->limit)
		ata_store(ata);
}

/* What is being written ends in as many sectors as were asked for. */
void ata_check(struct ata *ata)
{
	struct ata_state *state = &ata->state;
	u64 total = ata->disk.size / ATA_SECTOR;
	bool fits = state->transfer <= ATA_FROM_GUEST && state->block <= ATA_MULTIPLE &&
		(state->block || !state->remaining) &&
		state->limit <= sizeof(state->buffer) && state->limit % 2 == 0 &&
		state->position < state->limit && state->position % 2 == 0 &&
		state->lba <= total && state->remaining <= total - state->lba;

	if (state->transfer == ATA_FROM_GUEST)
		fits = fits && state->remaining && !ata->disk.read_only &&
			state->limit == ata_block(state) * ATA_SECTOR;
	if (state->multiple > ATA_MULTIPLE)
		state->multiple = 0;
	if (state->transfer != ATA_IDLE && !fits)
		ata_finish(ata, ERROR_ABORTED);
}
