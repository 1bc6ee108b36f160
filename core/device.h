/*
 * A device is a literal: one `const struct device` that says what it is called, how large its
 * window is, what its registers are named, and how to read, write and reset it. It sees the
 * interrupt line and the host services it was created with, and nothing of the board around it.
 * Its state is a plain struct apart from that wiring, so that a snapshot can copy it.
 */
#ifndef CORE_DEVICE_H
#define CORE_DEVICE_H

#include "core/types.h"

/* One register of a device's window, for listings and for counting accesses by name. */
struct device_register {
	u64 offset;
	u64 size; /* bytes it covers (a block of like registers is one row) */
	const char *name;
	const char *words;
};

struct device {
	const char *name;  /* "uart": the node's name and what listings show */
	const char *words; /* one sentence for a student */
	u64 window;        /* bytes of address space */
	u32 widths;        /* allowed access widths, or-ed: 1|2|4|8; others read 0, are ignored */
	const struct device_register *registers; /* ends with a null name */
	u64 (*read)(void *self, u64 offset, unsigned width);
	void (*write)(void *self, u64 offset, u64 value, unsigned width);
	void (*reset)(void *self);
};

/* The machine's stop word: a device that ends the run (power-off, reboot) sets it. */
enum stop_kind { STOP_NONE, STOP_POWEROFF, STOP_REBOOT };

struct stop {
	u32 kind;   /* enum stop_kind */
	u32 status; /* exit status the guest asked for, 0 = success */
};

#endif
