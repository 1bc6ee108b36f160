/*
 * The ring of timed events. Harts and monitor write it, the debugger and `follow` drain it; nobody
 * waits for anybody: a full ring forgets its oldest event and counts the loss.
 */
#include "core/trace.h"

#include <assert.h>
#include <stdlib.h>

bool trace_create(struct trace *trace, u32 size, struct fault *fault)
{
	assert(size && (size & (size - 1)) == 0);
	*trace = (struct trace){ .size = size };
	trace->ring = calloc(size, sizeof(*trace->ring));
	if (!trace->ring)
		return fault_set(fault, "no memory for a trace of %u events", size);
	return true;
}

void trace_destroy(struct trace *trace)
{
	free(trace->ring);
	*trace = (struct trace){ 0 };
}

void trace_write(struct trace *trace, const struct trace_event *event)
{
	if (!trace->ring)
		return;
	if (trace->written - trace->read == trace->size) {
		trace->read++;
		trace->lost++;
	}
	trace->ring[trace->written++ & (trace->size - 1)] = *event;
}

bool trace_drain(struct trace *trace, struct trace_event *event)
{
	if (trace->read == trace->written)
		return false;
	*event = trace->ring[trace->read++ & (trace->size - 1)];
	return true;
}
