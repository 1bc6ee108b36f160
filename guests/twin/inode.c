/*
 * Inodes, their blocks, and the bitmap that says which blocks are used.
 */
#include "guests/lib/string.h"
#include "guests/twin/buffer.h"
#include "guests/twin/inode.h"
#include "guests/twin/panic.h"
#include "guests/twin/user_memory.h"

enum { INODES = 48, PER_BLOCK = FS_BLOCK / FS_INODE_SIZE, BITS = FS_BLOCK * 8 };

static struct fs_super super;
static struct inode inodes[INODES];

void inode_start(void)
{
	struct buffer *buffer = buffer_get(0);

	super = *(const struct fs_super *)(const void *)buffer->bytes;
	buffer_put(buffer);
	if (super.magic != FS_MAGIC)
		panic("there is no file system");
}

/* Blocks. */

static u32 block_in_word(u64 word)
{
	u32 bit = 0;

	while ((word >> bit & 1) != 0)
		bit++;
	return bit;
}

/* A block of zeros; 0: the volume is full. */
static u32 block_alloc(void)
{
	for (u32 first = 0; first < super.blocks; first += BITS) {
		struct buffer *buffer = buffer_get(super.bitmap + first / BITS);
		u64 *words = (u64 *)(void *)buffer->bytes;
		u32 i = 0;
		while (i < BITS / 64 && words[i] == UINT64_MAX)
			i++;
		u32 block = i < BITS / 64 ? first + i * 64 + block_in_word(words[i]) : super.blocks;
		bool found = block < super.blocks;
		if (found) {
			words[i] |= UINT64_C(1) << block % 64;
			buffer->dirty = true;
		}
		buffer_put(buffer);
		if (found) {
			buffer_put(buffer_new(block));
			return block;
		}
	}
	return 0;
}

static void block_free(u32 block)
{
	struct buffer *buffer = buffer_get(super.bitmap + block / BITS);
	u64 *words = (u64 *)(void *)buffer->bytes;

	words[block % BITS / 64] &= ~(UINT64_C(1) << block % 64);
	buffer->dirty = true;
	buffer_put(buffer);
}

/* The block in *place, allocated first if `create` and it is 0. */
static u32 block_in(u32 *place, bool create, bool *changed)
{
	if (*place == 0 && create) {
		*place = block_alloc();
		*changed |= *place != 0;
	}
	return *place;
}

/* The block that holds content block `index`; 0: none. */
static u32 block_of(struct inode *inode, u32 index, bool create)
{
	bool changed = false;

	if (index < FS_DIRECT)
		return block_in(&inode->disk.direct[index], create, &changed);
	u32 indirect = index - FS_DIRECT < FS_INDIRECT
		? block_in(&inode->disk.indirect, create, &changed) : 0;
	if (indirect == 0)
		return 0;
	struct buffer *buffer = buffer_get(indirect);
	u32 *places = (u32 *)(void *)buffer->bytes;
	u32 block = block_in(&places[index - FS_DIRECT], create, &buffer->dirty);
	buffer_put(buffer);
	return block;
}

/* Inodes. */

static struct buffer *buffer_of(u32 number, struct fs_inode **at)
{
	struct buffer *buffer = buffer_get(super.inodes + number / PER_BLOCK);

	*at = (struct fs_inode *)(void *)buffer->bytes + number % PER_BLOCK;
	return buffer;
}

struct inode *inode_get(u32 number)
{
	struct inode *unused = NULL;

	for (u32 i = 0; i < INODES; i++) {
		if (inodes[i].holders > 0 && inodes[i].number == number)
			return inode_hold(&inodes[i]);
		if (inodes[i].holders == 0 && unused == NULL)
			unused = &inodes[i];
	}
	if (unused == NULL)
		return NULL;
	struct fs_inode *at;
	struct buffer *buffer = buffer_of(number, &at);
	unused->number = number;
	unused->disk = *at;
	buffer_put(buffer);
	return inode_hold(unused);
}

struct inode *inode_root(void)
{
	return inode_get(FS_ROOT);
}

struct inode *inode_hold(struct inode *inode)
{
	inode->holders++;
	return inode;
}

struct inode *inode_alloc(enum inode_type type)
{
	for (u32 number = FS_ROOT + 1; number < super.inode_count; number++) {
		struct fs_inode *at;
		struct buffer *buffer = buffer_of(number, &at);
		bool found = at->type == INODE_FREE;
		if (found) {
			*at = (struct fs_inode){.type = type, .links = 1};
			buffer->dirty = true;
		}
		buffer_put(buffer);
		if (found)
			return inode_get(number);
	}
	return NULL;
}

void inode_update(const struct inode *inode)
{
	struct fs_inode *at;
	struct buffer *buffer = buffer_of(inode->number, &at);

	*at = inode->disk;
	buffer->dirty = true;
	buffer_put(buffer);
}

void inode_empty(struct inode *inode)
{
	struct fs_inode *disk = &inode->disk;

	for (u32 i = 0; i < FS_DIRECT; i++)
		if (disk->direct[i] != 0)
			block_free(disk->direct[i]);
	if (disk->indirect != 0) {
		struct buffer *buffer = buffer_get(disk->indirect);
		const u32 *places = (const u32 *)(const void *)buffer->bytes;
		for (u32 i = 0; i < FS_INDIRECT; i++)
			if (places[i] != 0)
				block_free(places[i]);
		buffer_put(buffer);
		block_free(disk->indirect);
	}
	*disk = (struct fs_inode){.type = disk->type, .links = disk->links};
	inode_update(inode);
}

void inode_put(struct inode *inode)
{
	if (inode->holders == 1 && inode->disk.links == 0) {
		inode_empty(inode);
		inode->disk.type = INODE_FREE;
		inode_update(inode);
	}
	inode->holders--;
}

/* Content. */

static bool move(bool user, u64 outside, void *inside, u64 length, bool in)
{
	if (user && in)
		return user_read(inside, outside, length);
	if (user)
		return user_write(outside, inside, length);
	memcpy(in ? inside : (void *)outside, in ? (const void *)outside : inside, length);
	return true;
}

/* How much of `length` lies in the block of `offset`. */
static u64 within_block(u64 offset, u64 length)
{
	u64 room = FS_BLOCK - offset % FS_BLOCK;

	return length < room ? length : room;
}

s64 inode_read(struct inode *inode, u64 offset, u64 to, u64 length, bool user)
{
	static u8 zeros[FS_BLOCK];
	u64 size = inode->disk.size, done = 0;

	if (offset >= size)
		return 0;
	length = length < size - offset ? length : size - offset;
	while (done < length) {
		u64 part = within_block(offset + done, length - done);
		u64 in_block = (offset + done) % FS_BLOCK;
		u32 block = block_of(inode, (u32)((offset + done) / FS_BLOCK), false);
		struct buffer *buffer = block != 0 ? buffer_get(block) : NULL;
		u8 *bytes = buffer != NULL ? buffer->bytes + in_block : zeros;
		bool moved = move(user, to + done, bytes, part, false);
		if (buffer != NULL)
			buffer_put(buffer);
		if (!moved)
			return -1;
		done += part;
	}
	return (s64)done;
}

s64 inode_write(struct inode *inode, u64 offset, u64 from, u64 length, bool user)
{
	u64 done = 0;
	bool moved = true;

	while (done < length && moved) {
		u64 part = within_block(offset + done, length - done);
		u32 block = block_of(inode, (u32)((offset + done) / FS_BLOCK), true);
		if (block == 0)
			break;
		struct buffer *buffer = buffer_get(block);
		moved = move(user, from + done, buffer->bytes + (offset + done) % FS_BLOCK, part,
			true);
		buffer->dirty = true;
		buffer_put(buffer);
		if (moved)
			done += part;
	}
	if (offset + done > inode->disk.size)
		inode->disk.size = (u32)(offset + done);
	inode_update(inode);
	return done > 0 || moved ? (s64)done : -1;
}
