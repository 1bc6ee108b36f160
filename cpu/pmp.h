/*
 * Physical memory protection (privileged specification, 3.7). Asked when a translation is filled
 * into a TLB, for each page-table entry read on the way, and for pages that a rule splits at every
 * access.
 */
#ifndef CPU_PMP_H
#define CPU_PMP_H

#include "cpu/mmu.h"

/* The answers of the rules, one by one. */
bool pmp_search(const struct priv *priv, u64 address, u64 size, enum access access,
	enum level level);
bool pmp_search_page(const struct priv *priv, u64 address);

/* Does rule 0 allow everything everywhere? It nearly always does, and then nobody need search.
 * (Physical addresses have 56 bits, as in the entries of tables.) */
static inline bool pmp_open(const struct priv *priv)
{
	return priv->pmpaddr[0] == (UINT64_C(1) << 54) - 1 && (priv->pmpcfg[0] & 0x9f) == 0x1f;
}

/* May code at `level` make this access to [address, address + size)? The first rule that matches
 * any byte decides; it must match all of them. */
static inline bool pmp_allows(const struct priv *priv, u64 address, u64 size, enum access access,
	enum level level)
{
	return pmp_open(priv) || pmp_search(priv, address, size, access, level);
}

/* Does one rule (or none) decide for the whole page that holds `address`? If so the answer for one
 * byte of it is the answer for all. */
static inline bool pmp_uniform(const struct priv *priv, u64 address)
{
	return pmp_open(priv) || pmp_search_page(priv, address);
}

#endif
