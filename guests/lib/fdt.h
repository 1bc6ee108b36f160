/*
 * Reading the flattened device tree that the firmware passes in a1: just enough to find RAM, the
 * command line and the timer's frequency. (Devicetree Specification, chapter 5.)
 */
#ifndef GUESTS_LIB_FDT_H
#define GUESTS_LIB_FDT_H

#include "core/types.h"

/* The property `name` of the node `path` ("/chosen", "/memory"), its bytes still big-endian; null
 * when there is none. A name in the path without @address matches the first node with any. */
const void *fdt_property(const void *tree, const char *path, const char *name, u32 *length);

/* A big-endian number of `cells` 32-bit cells, 1 or 2. */
u64 fdt_number(const void *bytes, u32 cells);

#endif
