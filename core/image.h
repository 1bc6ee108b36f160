/*
 * Guest images: ELF through libelf, or raw bytes. Loading checks every segment against RAM before
 * it writes one byte, and keeps the symbols for the debugger, the reports and HTIF.
 */
#ifndef CORE_IMAGE_H
#define CORE_IMAGE_H

#include "core/fault.h"
#include "core/ram.h"

struct image_symbol {
	u64 address, size;
	const char *name; /* owned by the image */
	bool function;
};

struct image {
	char *path;
	bool elf;       /* false: raw */
	u64 entry;      /* for raw: where it was loaded */
	u64 low, high;  /* physical addresses [low, high) that it occupies */
	u32 symbols;
	struct image_symbol *symbol; /* sorted by address */
	char *names;
};

/* Is the file an ELF? False with a fault when it cannot be read (missing, directory, empty). */
bool image_is_elf(const char *path, bool *elf, struct fault *fault);

/* Loads `path` into `ram`: an ELF (64-bit little-endian RISC-V, static) by its physical addresses,
 * anything else as raw bytes at `raw_at`. On a fault RAM is unchanged and *image is empty. */
bool image_load(struct image *image, const char *path, struct ram *ram, u64 raw_at,
	struct fault *fault);
void image_destroy(struct image *image);

/* By name, or null. By address: the symbol that covers it (or the last one before it), or null. */
const struct image_symbol *image_symbol_named(const struct image *image, const char *name);
const struct image_symbol *image_symbol_at(const struct image *image, u64 address);

#endif
