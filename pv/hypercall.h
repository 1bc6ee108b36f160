/*
 * Hypercalls: the rows of hypercall.def as data, what a handler gets and gives back. The handlers
 * stand in sbi_*.c (the standard), para_*.c (ours) and measure.c.
 */
#ifndef PV_HYPERCALL_H
#define PV_HYPERCALL_H

#include "pv/monitor.h"

/* SBI specification, chapter 3. */
enum sbi_error {
	SBI_SUCCESS = 0, SBI_FAILED = -1, SBI_NOT_SUPPORTED = -2, SBI_INVALID_PARAM = -3,
	SBI_DENIED = -4, SBI_INVALID_ADDRESS = -5, SBI_ALREADY_AVAILABLE = -6,
	SBI_ALREADY_STARTED = -7, SBI_INVALID_STATE = -10
};

struct sbi_result {
	s64 error;
	u64 value;
};

/* `argument` points to a0 to a5. A handler that sets vcpu->resumed has set pc and registers. */
typedef struct sbi_result hypercall_handler(struct vcpu *vcpu, const u64 *argument);

struct hypercall_row {
	u64 eid, fid;
	const char *extension, *name, *arguments, *words;
	hypercall_handler *handler;
	u8 extension_id;
};
extern const struct hypercall_row hypercall_rows[HYPERCALLS];

enum hypercall_extension {
#define EXTENSION(name, eid, words) HYPERCALL_EXTENSION_##name,
#define HYPERCALL(extension, fid, name, arguments, words)
#include "pv/hypercall.def"
#undef EXTENSION
#undef HYPERCALL
	HYPERCALL_EXTENSIONS
};

struct hypercall_extension_info {
	u64 eid;
	const char *name, *words;
};
extern const struct hypercall_extension_info hypercall_extensions[HYPERCALL_EXTENSIONS];

/* The row for a call that this guest is offered, or HYPERCALLS. */
u32 hypercall_find(const struct vcpu *vcpu, u64 eid, u64 fid);

/* Counts the call and makes it. */
struct sbi_result hypercall_make(struct vcpu *vcpu, u32 row, const u64 *argument);

/* A virtual hart stops: it is as if it had never enabled anything. */
void para_disable(struct vcpu *vcpu);

static inline struct sbi_result sbi_ok(u64 value)
{
	return (struct sbi_result){ SBI_SUCCESS, value };
}

static inline struct sbi_result sbi_error(s64 error)
{
	return (struct sbi_result){ error, 0 };
}

#define EXTENSION(name, eid, words)
#define HYPERCALL(extension, fid, name, arguments, words) \
	hypercall_handler extension##_##name;
#include "pv/hypercall.def"
#undef EXTENSION
#undef HYPERCALL

#endif
