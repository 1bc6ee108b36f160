/*
 * An ATA disk by programmed I/O, as an unmodified kernel drives it: each 16-bit word of data is an
 * access to a register, 256 a sector. (ATA/ATAPI-7 volume 1.) Compare disk_para.c.
 */
#include "guests/lib/board.h"
#include "guests/twin/device_tree.h"
#include "guests/twin/disk_native.h"

/* Offsets of the registers, four bytes apart. */
enum ata_register {
	ATA_DATA = 0x00,
	ATA_COUNT = 0x08,
	ATA_LOW = 0x0c,
	ATA_MID = 0x10,
	ATA_HIGH = 0x14,
	ATA_DEVICE = 0x18,
	ATA_STATUS = 0x1c,
	ATA_COMMAND = 0x1c
};

enum { STATUS_ERROR = 0x01, STATUS_REQUEST = 0x08, STATUS_FAULT = 0x20, STATUS_BUSY = 0x80 };
enum { COMMAND_READ = 0x20, COMMAND_WRITE = 0x30, COMMAND_IDENTIFY = 0xec };
enum { DEVICE_LBA = 0xe0, SECTOR_WORDS = 256, PATIENCE = 1000000 };
enum { IDENTIFY_SECTORS = 60 }; /* words 60 and 61 */

static u64 base;

static volatile u8 *reg(enum ata_register offset)
{
	return device8(base + offset);
}

static volatile u16 *data(void)
{
	return (volatile u16 *)(base + ATA_DATA);
}

/* Waits until the disk wants to move a sector, or with `done` until it has done its work. */
static bool wait(bool done)
{
	for (u32 i = 0; i < PATIENCE; i++) {
		u8 status = *reg(ATA_STATUS);
		if ((status & STATUS_BUSY) != 0)
			continue;
		if ((status & (STATUS_ERROR | STATUS_FAULT)) != 0)
			return false;
		if (done || (status & STATUS_REQUEST) != 0)
			return true;
	}
	return false;
}

static void command(u8 code, u64 sector, u32 count)
{
	*reg(ATA_DEVICE) = (u8)(DEVICE_LBA | sector >> 24);
	*reg(ATA_COUNT) = (u8)count;
	*reg(ATA_LOW) = (u8)sector;
	*reg(ATA_MID) = (u8)(sector >> 8);
	*reg(ATA_HIGH) = (u8)(sector >> 16);
	*reg(ATA_COMMAND) = code;
}

u64 disk_native_start(void)
{
	u32 sectors = 0;

	base = device_tree.ata;
	if (base == 0)
		return 0;
	command(COMMAND_IDENTIFY, 0, 0);
	if (!wait(false))
		return 0;
	for (u32 i = 0; i < SECTOR_WORDS; i++) {
		u16 word = *data();
		if (i == IDENTIFY_SECTORS)
			sectors = word;
		if (i == IDENTIFY_SECTORS + 1)
			sectors |= (u32)word << 16;
	}
	return sectors;
}

bool disk_native_read(u64 sector, u32 count, void *to)
{
	u16 *words = to;

	command(COMMAND_READ, sector, count);
	for (; count > 0; count--) {
		if (!wait(false))
			return false;
		for (u32 i = 0; i < SECTOR_WORDS; i++)
			*words++ = *data();
	}
	return true;
}

bool disk_native_write(u64 sector, u32 count, const void *from)
{
	const u16 *words = from;

	command(COMMAND_WRITE, sector, count);
	for (; count > 0; count--) {
		if (!wait(false))
			return false;
		for (u32 i = 0; i < SECTOR_WORDS; i++)
			*data() = *words++;
	}
	return wait(true);
}
