/*
 * The registers of the ATA disk: the command block, whose bytes a 48-bit command takes two deep,
 * and the control block. What a command does with them is ata_command.c.
 */
#include "core/dev/ata.h"

#include <string.h>

#include "core/dev/ata_command.h"

enum ata_register {
	ATA_DATA,
	ATA_FEATURES, /* read: error */
	ATA_COUNT,
	ATA_LOW,
	ATA_MID,
	ATA_HIGH,
	ATA_DEVICE,
	ATA_COMMAND /* read: status */
};

enum { CONTROL_NO_INTERRUPT = 0x02, CONTROL_RESET = 0x04, CONTROL_BEFORE = 0x80 };

static void ata_update(struct ata *ata)
{
	bool masked = ata->state.control & CONTROL_NO_INTERRUPT;

	irq_set(&ata->irq, ata->state.interrupt && !masked);
}

static u8 ata_pair_read(const struct ata_state *state, const struct ata_pair *pair)
{
	return state->control & CONTROL_BEFORE ? pair->before : pair->now;
}

static void ata_pair_write(struct ata_pair *pair, u64 value)
{
	pair->before = pair->now;
	pair->now = (u8)value;
}

static u64 ata_command_block_read(struct ata *ata, u64 index, unsigned width)
{
	struct ata_state *state = &ata->state;
	u64 value;

	if (state->device & DEVICE_SECOND && index != ATA_DEVICE)
		return 0;
	switch (index) {
	case ATA_DATA:
		value = ata_data_read(ata);
		if (width == 4)
			value |= (u64)ata_data_read(ata) << 16;
		return width == 1 ? value & 0xff : value;
	case ATA_FEATURES:
		return state->error;
	case ATA_COUNT:
		return ata_pair_read(state, &state->count);
	case ATA_LOW:
		return ata_pair_read(state, &state->low);
	case ATA_MID:
		return ata_pair_read(state, &state->mid);
	case ATA_HIGH:
		return ata_pair_read(state, &state->high);
	case ATA_DEVICE:
		return state->device | DEVICE_OBSOLETE;
	case ATA_COMMAND:
		state->interrupt = 0;
		return state->status;
	}
	return 0;
}

static u64 ata_read(void *self, u64 offset, unsigned width)
{
	struct ata *ata = self;
	u64 value = 0;

	if (offset == ATA_CONTROL)
		return ata->state.device & DEVICE_SECOND ? 0 : ata->state.status;
	if (offset < ATA_COMMAND_SIZE && offset % (1 << ATA_REG_SHIFT) == 0)
		value = ata_command_block_read(ata, offset >> ATA_REG_SHIFT, width);
	ata_update(ata);
	return value;
}

static void ata_command_block_write(struct ata *ata, u64 index, u64 value, unsigned width)
{
	struct ata_state *state = &ata->state;
	bool absent = state->device & DEVICE_SECOND;

	if (state->status & STATUS_BUSY)
		return;
	/* Any of these stores ends the view of the bytes written before. */
	if (index != ATA_DATA)
		state->control &= (u8)~CONTROL_BEFORE;
	switch (index) {
	case ATA_DATA:
		if (absent)
			break;
		ata_data_write(ata, (u16)value);
		if (width == 4)
			ata_data_write(ata, (u16)(value >> 16));
		break;
	case ATA_FEATURES:
		ata_pair_write(&state->features, value);
		break;
	case ATA_COUNT:
		ata_pair_write(&state->count, value);
		break;
	case ATA_LOW:
		ata_pair_write(&state->low, value);
		break;
	case ATA_MID:
		ata_pair_write(&state->mid, value);
		break;
	case ATA_HIGH:
		ata_pair_write(&state->high, value);
		break;
	case ATA_DEVICE:
		state->device = (u8)value;
		break;
	case ATA_COMMAND:
		ata_run(ata, (u8)value);
		break;
	}
}

/* SRST: busy as long as the bit is set, the signature when it is cleared. */
static void ata_write_control(struct ata *ata, u8 value)
{
	struct ata_state *state = &ata->state;
	u8 before = state->control;

	state->control = value;
	if (value & CONTROL_RESET) {
		state->transfer = ATA_IDLE;
		state->interrupt = 0;
		state->device = 0;
		state->status = STATUS_BUSY;
	} else if (before & CONTROL_RESET) {
		ata_signature(state);
	}
}

static void ata_write(void *self, u64 offset, u64 value, unsigned width)
{
	struct ata *ata = self;

	if (offset == ATA_CONTROL)
		ata_write_control(ata, (u8)value);
	else if (offset < ATA_COMMAND_SIZE && offset % (1 << ATA_REG_SHIFT) == 0)
		ata_command_block_write(ata, offset >> ATA_REG_SHIFT, value, width);
	ata_update(ata);
}

static void ata_reset(void *self)
{
	struct ata *ata = self;

	memset(&ata->state, 0, sizeof(ata->state));
	ata_signature(&ata->state);
	ata_update(ata);
}

static const struct device_register ata_registers[] = {
	{ 0x00, 4, "data", "one word of the sector in transfer" },
	{ 0x04, 4, "error-features", "error (read), features (write)" },
	{ 0x08, 4, "count", "sectors" },
	{ 0x0c, 4, "lba-low", "sector address, bits 0-7 (and 24-31)" },
	{ 0x10, 4, "lba-mid", "sector address, bits 8-15 (and 32-39)" },
	{ 0x14, 4, "lba-high", "sector address, bits 16-23 (and 40-47)" },
	{ 0x18, 4, "device", "device 0 or 1, LBA mode, bits 24-27 of a 28-bit address" },
	{ 0x1c, 4, "status-command", "status (read acknowledges the interrupt), command (write)" },
	{ ATA_CONTROL, 4, "control",
		"status without acknowledging (read), reset and nIEN (write)" },
	{ 0 }
};

const struct device ata_device = {
	.name = "ata",
	.words = "ATA disk, programmed I/O: every word of data is an access",
	.window = 0x1000,
	.widths = 1 | 2 | 4,
	.registers = ata_registers,
	.read = ata_read,
	.write = ata_write,
	.reset = ata_reset,
};

void ata_create(struct ata *ata, const struct host_disk *disk, struct irq_line irq)
{
	memset(ata, 0, sizeof(*ata));
	ata->disk = *disk;
	ata->irq = irq;
	ata_reset(ata);
}

void ata_restored(struct ata *ata)
{
	ata_check(ata);
	ata_update(ata);
}
