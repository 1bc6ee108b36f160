/*
 * What an ATA disk says of itself: the 256 words that IDENTIFY DEVICE transfers.
 * Reference: ATA/ATAPI-7 volume 1, section 6.17.
 */
#ifndef CORE_DEV_ATA_IDENTIFY_H
#define CORE_DEV_ATA_IDENTIFY_H

#include "core/types.h"

/* Fills 512 bytes; `multiple` is the setting of SET MULTIPLE MODE, 0: none. */
void ata_identify_fill(u8 *bytes, u64 sectors, u32 multiple);

#endif
