/*
 * Sixty-four blocks in memory; the one not used for longest makes room. The kernel is not preempted
 * and waits for its disk on the spot, so a buffer needs a count of holders but no lock.
 */
#include "guests/lib/string.h"
#include "guests/twin/buffer.h"
#include "guests/twin/panic.h"
#include "guests/twin/volume.h"

enum { BUFFERS = 64 };

static struct buffer buffers[BUFFERS];
static u64 uses;

static void write_back(struct buffer *buffer)
{
	if (buffer->dirty)
		volume_write(buffer->block, buffer->bytes);
	buffer->dirty = false;
}

static struct buffer *find(u32 block)
{
	for (u32 i = 0; i < BUFFERS; i++)
		if (buffers[i].valid && buffers[i].block == block)
			return &buffers[i];
	return NULL;
}

static struct buffer *make_room(u32 block)
{
	struct buffer *oldest = NULL;

	for (u32 i = 0; i < BUFFERS; i++)
		if (buffers[i].holders == 0
			&& (oldest == NULL || buffers[i].last_used < oldest->last_used))
			oldest = &buffers[i];
	if (oldest == NULL)
		panic("all buffers are in use");
	write_back(oldest);
	oldest->block = block;
	oldest->valid = true;
	return oldest;
}

static struct buffer *hold(struct buffer *buffer)
{
	buffer->holders++;
	buffer->last_used = ++uses;
	return buffer;
}

struct buffer *buffer_get(u32 block)
{
	struct buffer *buffer = find(block);

	if (buffer == NULL) {
		buffer = make_room(block);
		volume_read(block, buffer->bytes);
	}
	return hold(buffer);
}

struct buffer *buffer_new(u32 block)
{
	struct buffer *buffer = find(block);

	if (buffer == NULL)
		buffer = make_room(block);
	memset(buffer->bytes, 0, FS_BLOCK);
	buffer->dirty = true;
	return hold(buffer);
}

void buffer_put(struct buffer *buffer)
{
	buffer->holders--;
}

void buffer_sync(void)
{
	for (u32 i = 0; i < BUFFERS; i++)
		write_back(&buffers[i]);
}
