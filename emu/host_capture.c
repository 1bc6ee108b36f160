/*
 * The console in memory. See host_capture.h.
 */
#include "emu/host_capture.h"

#include <stdlib.h>
#include <string.h>

void capture_create(struct capture *capture, const void *input, u64 length)
{
	*capture = (struct capture){ .input = input, .left = length };
}

void capture_destroy(struct capture *capture)
{
	free(capture->output);
	capture->output = NULL;
}

static bool capture_grow(struct capture *capture, u64 length)
{
	u64 room = capture->room ? capture->room : 4096;
	u8 *output;

	while (room < length)
		room *= 2;
	if (room == capture->room)
		return true;
	output = realloc(capture->output, room);
	if (!output)
		return false;
	capture->output = output;
	capture->room = room;
	return true;
}

static void capture_write(void *self, u32 port, u64 cycle, const u8 *bytes, u64 length)
{
	struct capture *capture = self;

	if (length > CAPTURE_MOST - capture->length
			|| !capture_grow(capture, capture->length + length)) {
		capture->dropped += length;
		return;
	}
	memcpy(capture->output + capture->length, bytes, length);
	capture->length += length;
}

static int capture_read(void *self, u32 port, u64 cycle)
{
	struct capture *capture = self;

	if (!capture->left)
		return HOST_END;
	capture->left--;
	return *capture->input++;
}

struct host capture_host(struct capture *capture)
{
	return (struct host){ capture, capture_write, capture_read };
}
