/*
 * Between the registers of the ATA disk (ata.c) and its commands (ata_command.c). For those two.
 */
#ifndef CORE_DEV_ATA_COMMAND_H
#define CORE_DEV_ATA_COMMAND_H

#include "core/dev/ata.h"

enum {
	STATUS_ERROR = 0x01, STATUS_REQUEST = 0x08, STATUS_SEEK = 0x10, STATUS_READY = 0x40,
	STATUS_BUSY = 0x80,
	STATUS_IDLE = STATUS_READY | STATUS_SEEK,

	DEVICE_SECOND = 0x10, DEVICE_LBA = 0x40, DEVICE_OBSOLETE = 0xa0
};

/* Sets the registers as they are after power-on, reset and diagnostic. */
void ata_signature(struct ata_state *state);

/* A store to the command register. */
void ata_run(struct ata *ata, u8 code);

/* One 16-bit word of the data register; without DRQ nothing moves. */
u16 ata_data_read(struct ata *ata);
void ata_data_write(struct ata *ata, u16 word);

/* After state was loaded: ends a transfer that does not fit the buffer or this disk. */
void ata_check(struct ata *ata);

#endif
