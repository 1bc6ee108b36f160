/*
 * Physical memory protection (privileged specification, 3.7). Asked when a translation is filled
 * into a TLB, for each page-table entry read on the way, and for pages that a rule splits at every
 * access.
 */
#ifndef CPU_PMP_H
#define CPU_PMP_H

#include "cpu/mmu.h"

/* May code at `level` make this access to [address, address + size)? The first rule that matches
 * any byte decides; it must match all of them. */
bool pmp_allows(const struct priv *priv, u64 address, u64 size, enum access access,
	enum level level);

/* Does one rule (or none) decide for the whole page that holds `address`? If so the answer for one
 * byte of it is the answer for all. */
bool pmp_uniform(const struct priv *priv, u64 address);

#endif
