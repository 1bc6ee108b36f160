/*
 * Pipes: a ring of bytes between processes, with a reading and a writing end.
 */
#ifndef TWIN_PIPE_H
#define TWIN_PIPE_H

#include "core/types.h"

struct pipe;

/* Both ends open, in a frame of its own; NULL: no memory. Closing both ends frees it. */
struct pipe *pipe_create(void);
void pipe_close(struct pipe *pipe, bool writer);

/* At user addresses. read waits for a byte, 0: empty and no writer; write waits until all bytes
 * went in, -1: nobody will read them. */
s64 pipe_read(struct pipe *pipe, u64 to, u64 length);
s64 pipe_write(struct pipe *pipe, u64 from, u64 length);

#endif
