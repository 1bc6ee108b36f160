/*
 * The flattened device tree that tells a guest what the board has, made through libfdt from the
 * board itself (so it cannot disagree with it) and the processor's description.
 */
#ifndef CORE_FDT_H
#define CORE_FDT_H

#include "core/board.h"

struct fdt_config {
	const char *isa;        /* "rv64imac_zicsr_..." for riscv,isa */
	const char *isa_base;   /* "rv64i" */
	const char *extensions; /* names separated by spaces, for riscv,isa-extensions */
	const char *mmu;        /* "riscv,sv39" */
	u32 cache_block;        /* bytes that a cache-block instruction works on; 0: there are none */
	const char *bootargs;   /* null: none */
	u64 initrd_start, initrd_end; /* equal: none */
};

/* Writes the tree to the top of RAM, 2 MiB aligned where there is room, never on [avoid_low,
 * avoid_high); *address is where. */
bool fdt_place(struct board *board, const struct fdt_config *config, u64 avoid_low,
	u64 avoid_high, u64 *address, struct fault *fault);

#endif
