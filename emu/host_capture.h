/*
 * A console in memory: what the guest writes is kept, what it reads was given beforehand. compare
 * and the tests run their machines on it.
 */
#ifndef EMU_HOST_CAPTURE_H
#define EMU_HOST_CAPTURE_H

#include "core/host.h"

enum { CAPTURE_MOST = 16 << 20 }; /* bytes kept; more is counted and dropped */

struct capture {
	u8 *output;       /* owned; not terminated */
	u64 length, room; /* bytes */
	u64 dropped;
	const u8 *input;  /* borrowed */
	u64 left;
};

void capture_create(struct capture *capture, const void *input, u64 length);
void capture_destroy(struct capture *capture);

/* Reads give the input's bytes, then HOST_END. */
struct host capture_host(struct capture *capture);

#endif
