/*
 * The trace: a ring of timed events that the lower layers write and whoever asked for it drains.
 * Nothing is ever decided by it. When the ring is full the oldest event goes, and is counted.
 */
#ifndef CORE_TRACE_H
#define CORE_TRACE_H

#include "core/fault.h"
#include "core/types.h"

enum trace_kind {
	TRACE_TRAP,      /* a hart entered a trap handler: a = cause, b = tval */
	TRACE_RETURN,    /* a hart executed xRET: a = level returned to */
	TRACE_CSR,       /* a hart accessed a CSR directly: a = number */
	TRACE_EXIT,      /* a guest left for its monitor or firmware: a = exit row, b = value */
	TRACE_INJECT,    /* the monitor delivered a virtual trap: a = cause */
	TRACE_HYPERCALL, /* a = row of hypercall.def, b = first argument */
	TRACE_FENCE,     /* sfence.vma or fence.i */
	TRACE_DEVICE,    /* a hart accessed a device directly: a = address, b = 1 for a store */
	TRACE_MARK,      /* a workload began (a = its index, b = 1) or ended (b = 0) */
	TRACE_KINDS
};

struct trace_event {
	u64 cycle; /* when it happened */
	u64 pc;
	u64 a, b;
	u32 insn;  /* the instruction's encoding; 0 when it was none */
	u32 price; /* cycles charged for it */
	u8 kind;   /* enum trace_kind */
	u8 level;  /* guest's (virtual) privilege level when it happened */
	u8 hart;
	u8 vm;
};

struct trace {
	struct trace_event *ring; /* null: tracing is off */
	u32 size;                 /* a power of two */
	u64 written, read;        /* totals; the ring holds the last size of them */
	u64 lost;
};

bool trace_create(struct trace *trace, u32 size, struct fault *fault);
void trace_destroy(struct trace *trace);
void trace_write(struct trace *trace, const struct trace_event *event);
bool trace_drain(struct trace *trace, struct trace_event *event);

static inline bool trace_on(const struct trace *trace)
{
	return trace->ring != NULL;
}

#endif
