/*
 * The meaning of the memory verbs (LOAD, STORE, FLOAD, FSTORE, LR, SC, AMO, CBO) on a port: the place where one
 * instruction makes its accesses. A hart's port is its own memory; the monitor's is a guest's
 * memory and devices. So an access that the monitor performs for a guest is the very function that
 * the hart would have run.
 */
#ifndef CPU_EXEC_H
#define CPU_EXEC_H

#include "cpu/decode.h"

/* Why a port is read or written: decides permission, alignment and cause of a fault. */
enum port_purpose { PORT_PLAIN, PORT_ATOMIC };

/* Each returns false when the access trapped; the port then knows the trap. */
struct port {
	void *self;
	bool (*load)(void *self, u64 address, unsigned width, enum port_purpose purpose, u64 *value);
	bool (*store)(void *self, u64 address, unsigned width, enum port_purpose purpose, u64 value);
	/* load-reserved and store-conditional; *success tells whether it was stored */
	bool (*reserve)(void *self, u64 address, unsigned width, u64 *value);
	bool (*conditional)(void *self, u64 address, unsigned width, u64 value, bool *success);
	/* cache-block operations; the block that holds `address` is zeroed, or else stays as it is */
	bool (*block)(void *self, u64 address, bool zero);
};

enum { CACHE_BLOCK = 64 }; /* bytes; aligned */

/* Is it a row whose verb accesses memory? */
bool exec_is_memory(enum insn_id id);

/* Performs it on registers `x`, where x[0] reads 0 and rd = 0 is not written, and `f`. That floating
 * point is on, and dirty after a load into f, is the caller's business. */
bool exec_memory(const struct port *port, const struct insn *insn, u64 *x, u64 *f);

#endif
