/*
 * A pipe is a frame: a header and a ring. Positions only grow; their difference is what waits.
 */
#include "guests/twin/memory.h"
#include "guests/twin/pipe.h"
#include "guests/twin/process.h"
#include "guests/twin/user_memory.h"

enum { RING = 2048 };

struct pipe {
	u64 written, taken; /* bytes, since it began */
	bool readable, writable;
	u8 ring[RING];
};

_Static_assert(sizeof(struct pipe) <= PAGE_SIZE, "a frame");

struct pipe *pipe_create(void)
{
	struct pipe *pipe = (struct pipe *)frame_alloc_zero();

	if (pipe != NULL) {
		pipe->readable = true;
		pipe->writable = true;
	}
	return pipe;
}

void pipe_close(struct pipe *pipe, bool writer)
{
	if (writer)
		pipe->writable = false;
	else
		pipe->readable = false;
	process_wake(pipe);
	if (!pipe->readable && !pipe->writable)
		frame_drop((u64)pipe);
}

/* How many bytes, of at most `most`, lie side by side from a position on. */
static u64 side_by_side(u64 position, u64 most)
{
	u64 room = RING - position % RING;

	return most < room ? most : room;
}

s64 pipe_read(struct pipe *pipe, u64 to, u64 length)
{
	u64 done = 0;

	while (pipe->written == pipe->taken && pipe->writable)
		if (!process_sleep(pipe))
			return -1;
	while (done < length && pipe->written != pipe->taken) {
		u64 waiting = pipe->written - pipe->taken;
		u64 most = waiting < length - done ? waiting : length - done;
		u64 part = side_by_side(pipe->taken, most);
		if (!user_write(to + done, pipe->ring + pipe->taken % RING, part))
			return -1;
		pipe->taken += part;
		done += part;
	}
	process_wake(pipe);
	return (s64)done;
}

s64 pipe_write(struct pipe *pipe, u64 from, u64 length)
{
	u64 done = 0;

	while (done < length) {
		u64 room = RING - (pipe->written - pipe->taken);
		if (!pipe->readable)
			return -1;
		if (room == 0) {
			process_wake(pipe);
			if (!process_sleep(pipe))
				return -1;
			continue;
		}
		u64 part = side_by_side(pipe->written, room < length - done ? room : length - done);
		if (!user_read(pipe->ring + pipe->written % RING, from + done, part))
			return -1;
		pipe->written += part;
		done += part;
	}
	process_wake(pipe);
	return (s64)done;
}
