/*
 * The IDENTIFY data: constant words are rows of a table, sizes and names are filled in.
 */
#include "core/dev/ata_identify.h"

#include <string.h>

#include "core/dev/ata.h"

struct ata_word {
	u32 index;
	u16 value;
};

enum { ATA_HEADS = 16, ATA_TRACK = 63, ATA_CYLINDERS = 16383 };

static const struct ata_word ata_words[] = {
	{ 0, 0x0040 },                   /* fixed disk */
	{ 3, ATA_HEADS },
	{ 6, ATA_TRACK },
	{ 47, 0x8000 | ATA_MULTIPLE },   /* most sectors per block */
	{ 49, 0x0200 },                  /* LBA; no DMA */
	{ 50, 0x4000 },
	{ 51, 0x0200 },                  /* PIO mode 2 without flow control */
	{ 53, 0x0003 },                  /* words 54-58 and 64-70 are valid */
	{ 55, ATA_HEADS },
	{ 56, ATA_TRACK },
	{ 64, 0x0003 },                  /* PIO modes 3 and 4 */
	{ 67, 120 },                     /* ns per PIO cycle, without flow control */
	{ 68, 120 },                     /* and with it */
	{ 80, 0x00f0 },                  /* ATA/ATAPI-4 to -7 */
	{ 82, 0x0028 },                  /* power management, write cache */
	{ 83, 0x7400 },                  /* LBA48, FLUSH CACHE and its EXT form */
	{ 84, 0x4000 },
	{ 85, 0x0028 },                  /* the same three, enabled */
	{ 86, 0x3400 },
	{ 87, 0x4000 },
};

static void ata_put_word(u8 *bytes, u32 index, u64 value)
{
	bytes[2 * index] = (u8)value;
	bytes[2 * index + 1] = (u8)(value >> 8);
}

/* Text goes high byte first, filled up with blanks. */
static void ata_put_text(u8 *bytes, u32 index, u32 words, const char *text)
{
	u64 length = strlen(text);

	for (u32 i = 0; i < 2 * words; i++)
		bytes[(2 * index + i) ^ 1] = i < length ? (u8)text[i] : ' ';
}

void ata_identify_fill(u8 *bytes, u64 sectors, u32 multiple)
{
	u64 cylinders = sectors / (ATA_HEADS * ATA_TRACK);
	u64 short_sectors = sectors < 0x0fffffff ? sectors : 0x0fffffff;

	if (cylinders > ATA_CYLINDERS)
		cylinders = ATA_CYLINDERS;
	memset(bytes, 0, ATA_SECTOR);
	for (u32 i = 0; i < sizeof(ata_words) / sizeof(ata_words[0]); i++)
		ata_put_word(bytes, ata_words[i].index, ata_words[i].value);
	ata_put_word(bytes, 1, cylinders);
	ata_put_word(bytes, 54, cylinders);
	ata_put_text(bytes, 10, 10, "RS0001");
	ata_put_text(bytes, 23, 4, "1.0");
	ata_put_text(bytes, 27, 20, "Ringside ATA disk");
	if (multiple)
		ata_put_word(bytes, 59, 0x0100 | multiple);
	for (u32 i = 0; i < 2; i++) {
		ata_put_word(bytes, 57 + i, cylinders * ATA_HEADS * ATA_TRACK >> (16 * i));
		ata_put_word(bytes, 60 + i, short_sectors >> (16 * i));
	}
	for (u32 i = 0; i < 4; i++)
		ata_put_word(bytes, 100 + i, sectors >> (16 * i));
}
