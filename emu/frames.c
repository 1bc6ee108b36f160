/*
 * A ring of frames. See frames.h.
 */
#include "emu/frames.h"

#include <assert.h>
#include <string.h>

void frames_put(struct frames *frames, u64 when, const u8 *bytes, u32 length)
{
	struct frame *frame;

	assert(length <= HOST_FRAME);
	if (frames->count == FRAMES)
		frames_drop(frames);
	frame = &frames->frame[(frames->head + frames->count++) % FRAMES];
	frame->when = when;
	frame->length = length;
	memcpy(frame->bytes, bytes, length);
}

const struct frame *frames_first(const struct frames *frames)
{
	return frames->count ? &frames->frame[frames->head] : NULL;
}

void frames_drop(struct frames *frames)
{
	frames->head = (frames->head + 1) % FRAMES;
	frames->count--;
}

u32 frames_take(struct frames *frames, u64 cycle, u8 *to, u32 room)
{
	const struct frame *frame = frames_first(frames);

	if (!frame || frame->when > cycle || frame->length > room)
		return 0;
	memcpy(to, frame->bytes, frame->length);
	frames_drop(frames);
	return frame->length;
}
