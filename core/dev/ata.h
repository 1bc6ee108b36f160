/*
 * One ATA disk on a programmed-I/O channel: every word of data passes through a register, which is
 * what makes it the dearest disk to virtualize. Device 0 only; LBA28 and LBA48, no CHS, no DMA.
 * A command is done by the time its register write returns; only a reset shows BSY.
 * Reference: ATA/ATAPI-7 volume 1, sections 5 and 6.
 *
 *	0x000 + 4*n  command block: data, error/features, count, LBA low, mid, high,
 *	             device, status/command
 *	0x800        control block: alternate status/device control
 *
 * The data register is 16 bits wide; a 32-bit access moves two words. Device tree, at base B:
 *
 *	compatible = "ata-generic"; reg-shift = <2>;
 *	reg = <0 B 0 0x20>, <0 (B + 0x800) 0 4>;
 */
#ifndef CORE_DEV_ATA_H
#define CORE_DEV_ATA_H

#include "core/device.h"
#include "core/host.h"
#include "core/irq.h"

enum {
	ATA_SECTOR = 512,
	ATA_MULTIPLE = 16,       /* most sectors per DRQ block of READ/WRITE MULTIPLE */
	ATA_COMMAND_SIZE = 0x20, /* bytes: the first reg pair */
	ATA_CONTROL = 0x800,     /* offset: the second */
	ATA_CONTROL_SIZE = 4,
	ATA_REG_SHIFT = 2
};

enum ata_transfer { ATA_IDLE, ATA_TO_GUEST, ATA_FROM_GUEST };

/* A register written twice: 48-bit commands use both bytes, `before` being the upper. */
struct ata_pair {
	u8 now, before;
};

struct ata_state {
	u8 buffer[ATA_MULTIPLE * ATA_SECTOR];
	u64 lba;       /* next sector of the transfer */
	u32 remaining; /* sectors not yet in the buffer (reading) or on the disk (writing) */
	u32 position, limit; /* bytes of the buffer moved, to move */
	u32 block;     /* sectors per DRQ block of the command that runs */
	u32 multiple;  /* set by SET MULTIPLE MODE; 0: READ/WRITE MULTIPLE abort */
	struct ata_pair features, count, low, mid, high;
	u8 device, control, status, error;
	u8 transfer;   /* enum ata_transfer */
	u8 interrupt;  /* INTRQ, before nIEN */
	u8 unused[4];  /* no padding: all bytes of a snapshot are defined */
};

struct ata {
	struct ata_state state;
	struct host_disk disk;
	struct irq_line irq;
};

extern const struct device ata_device;

/* Copies `disk`. */
void ata_create(struct ata *ata, const struct host_disk *disk, struct irq_line irq);
void ata_restored(struct ata *ata);

#endif
