/*
 * The virtio disk. A request is a chain: a header of 16 bytes to read (type, sector), the data, and
 * a status byte to write, the last of all. Types are rows of a table.
 */
#include "core/dev/virtio_blk.h"

#include <string.h>

enum {
	BLK_ID = 2,          /* device ID */
	BLK_HEADER = 16,     /* bytes: le32 type, le32 reserved, le64 sector */
	BLK_NAME = 20,       /* bytes of GET_ID's answer */
	BLK_COPY = 16384,    /* bytes per step, a multiple of the sector */

	BLK_OK = 0, BLK_IOERR = 1, BLK_UNSUPPORTED = 2,

	/* Bits of the features, places in the configuration space. */
	BLK_F_SIZE_MAX = 1 << 1, BLK_F_SEG_MAX = 1 << 2, BLK_F_READ_ONLY = 1 << 5,
	BLK_F_BLOCK_SIZE = 1 << 6, BLK_F_FLUSH = 1 << 9,
	BLK_CAPACITY = 0, BLK_SIZE_MAX = 8, BLK_SEG_MAX = 12, BLK_BLOCK_SIZE = 20,
	BLK_CONFIG = 24
};

struct blk_request {
	const struct virtio_chain *chain;
	u64 sector;
	u64 written; /* bytes of data put into the chain */
};

struct blk_type {
	u32 type;
	u8 (*run)(struct virtio_blk *blk, struct blk_request *request);
	const char *name;
};

/* Are these whole sectors of the disk, and not too many at once? */
static bool blk_inside(const struct virtio_blk *blk, u64 sector, u64 length)
{
	u64 total = blk->disk.size / VIRTIO_BLK_SECTOR;

	return length % VIRTIO_BLK_SECTOR == 0 && length <= VIRTIO_BLK_REQUEST_MAX &&
		sector <= total && length / VIRTIO_BLK_SECTOR <= total - sector;
}

static u8 blk_read(struct virtio_blk *blk, struct blk_request *request)
{
	const struct host_disk *disk = &blk->disk;
	u64 length = request->chain->write_length - 1;
	u8 bytes[BLK_COPY];

	if (!blk_inside(blk, request->sector, length))
		return BLK_IOERR;
	for (u64 done = 0; done < length;) {
		u64 part = length - done < BLK_COPY ? length - done : BLK_COPY;

		if (!disk->read(disk->self, request->sector * VIRTIO_BLK_SECTOR + done, bytes,
				part))
			return BLK_IOERR;
		if (virtio_chain_write(&blk->virtio, request->chain, done, bytes, part) != part)
			return BLK_IOERR;
		done += part;
		request->written = done;
	}
	return BLK_OK;
}

static u8 blk_write(struct virtio_blk *blk, struct blk_request *request)
{
	const struct host_disk *disk = &blk->disk;
	u64 length = request->chain->read_length - BLK_HEADER;
	u8 bytes[BLK_COPY];

	if (disk->read_only || !blk_inside(blk, request->sector, length))
		return BLK_IOERR;
	for (u64 done = 0; done < length;) {
		u64 part = length - done < BLK_COPY ? length - done : BLK_COPY;

		virtio_chain_read(&blk->virtio, request->chain, BLK_HEADER + done, bytes, part);
		if (!disk->write(disk->self, request->sector * VIRTIO_BLK_SECTOR + done, bytes,
				part))
			return BLK_IOERR;
		done += part;
	}
	return BLK_OK;
}

static u8 blk_flush(struct virtio_blk *blk, struct blk_request *request)
{
	(void)request;
	return blk->disk.flush(blk->disk.self) ? BLK_OK : BLK_IOERR;
}

static u8 blk_identify(struct virtio_blk *blk, struct blk_request *request)
{
	static const char name[BLK_NAME] = "ringside-disk";
	u64 room = request->chain->write_length - 1;

	request->written = virtio_chain_write(&blk->virtio, request->chain, 0, name,
		room < BLK_NAME ? room : BLK_NAME);
	return BLK_OK;
}

static const struct blk_type blk_types[] = {
	{ 0, blk_read, "read" },
	{ 1, blk_write, "write" },
	{ 4, blk_flush, "flush" },
	{ 8, blk_identify, "get-id" },
	{ 0 }
};

/* False: the chain has no room for a header and a status, and nothing can be answered. */
static bool blk_serve(struct virtio_blk *blk, const struct virtio_chain *chain)
{
	struct virtio *virtio = &blk->virtio;
	struct blk_request request = { .chain = chain };
	const struct blk_type *row = blk_types;
	u8 header[BLK_HEADER];
	u32 type;
	u8 status;

	if (virtio_chain_read(virtio, chain, 0, header, BLK_HEADER) != BLK_HEADER ||
			chain->write_length == 0)
		return false;
	memcpy(&type, header, sizeof(type));
	memcpy(&request.sector, header + 8, sizeof(request.sector));
	while (row->name && row->type != type)
		row++;
	status = row->name ? row->run(blk, &request) : BLK_UNSUPPORTED;
	virtio_chain_write(virtio, chain, chain->write_length - 1, &status, 1);
	/* The status counts only where no gap lies before it (section 2.7.8.2). */
	if (request.written == chain->write_length - 1)
		request.written++;
	virtio_push(virtio, chain, (u32)request.written);
	return true;
}

/* A guest may read the disk into the ring that is being served and so never run out of requests:
 * hence the bound. */
static void blk_notify(struct virtio *virtio, u32 queue)
{
	struct virtio_blk *blk = (struct virtio_blk *)virtio;
	struct virtio_chain chain;
	u32 most = virtio->state.queue[queue].size;

	for (u32 i = 0; i <= most && virtio_pop(virtio, queue, &chain); i++) {
		if (!blk_serve(blk, &chain)) {
			virtio_fail(virtio);
			return;
		}
	}
	virtio_signal(virtio, queue);
}

static void blk_config(struct virtio *virtio, u8 *bytes)
{
	const struct virtio_blk *blk = (const struct virtio_blk *)virtio;

	virtio_put(bytes + BLK_CAPACITY, blk->disk.size / VIRTIO_BLK_SECTOR, 8);
	virtio_put(bytes + BLK_SIZE_MAX, VIRTIO_BLK_SIZE_MAX, 4);
	virtio_put(bytes + BLK_SEG_MAX, VIRTIO_BLK_SEG_MAX, 4);
	virtio_put(bytes + BLK_BLOCK_SIZE, VIRTIO_BLK_SECTOR, 4);
}

static const struct virtio_kind virtio_blk_kind = {
	.id = BLK_ID,
	.queues = 1,
	.config_size = BLK_CONFIG,
	.notify = blk_notify,
	.config = blk_config,
};

const struct device virtio_blk_device = {
	.name = "virtio-blk",
	.words = "virtio disk: requests in shared rings, one access per batch of them",
	.window = VIRTIO_WINDOW,
	.widths = 1 | 2 | 4 | 8,
	.registers = virtio_registers,
	.read = virtio_read,
	.write = virtio_write,
	.reset = virtio_reset,
};

void virtio_blk_create(struct virtio_blk *blk, const struct host_disk *disk,
	const struct virtio_wiring *wiring)
{
	u64 features = BLK_F_SIZE_MAX | BLK_F_SEG_MAX | BLK_F_BLOCK_SIZE | BLK_F_FLUSH;

	blk->disk = *disk;
	virtio_create(&blk->virtio, &virtio_blk_kind,
		features | (disk->read_only ? BLK_F_READ_ONLY : 0), wiring);
}
