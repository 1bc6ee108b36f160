/*
 * HTIF, the host-target interface of the field's own test suites: a program with symbols `tohost` and
 * `fromhost` ends by storing to tohost, and may print through it. The page of tohost is watched
 * (core/ram.h), so that a store to it is seen at once and costs nothing elsewhere.
 */
#ifndef EMU_HTIF_H
#define EMU_HTIF_H

#include "core/image.h"
#include "pv/vm.h"

struct htif {
	bool there;
	u64 tohost, fromhost; /* guest-physical; fromhost may be 0: none */
};

/* Looks for the symbols, and watches. */
void htif_attach(struct htif *htif, const struct image *image, struct vm *vm);

/* The watched page was written to: does what tohost asks for. */
void htif_serve(const struct htif *htif, struct vm *vm);

/*
 * Writes the memory between the symbols begin_signature and end_signature, `granularity` bytes a
 * line, the highest first, as other simulators do.
 */
bool htif_signature(const struct image *image, const struct vm *vm, const char *path,
	u32 granularity, struct fault *fault);

#endif
