/*
 * Physical memory protection: rules as ranges, first match decides. See pmp.h.
 */
#include "cpu/pmp.h"

enum { RULE_R = 1, RULE_W = 2, RULE_X = 4, RULE_A = 0x18, RULE_L = 0x80 };
enum { MATCH_OFF = 0x00, MATCH_TOR = 0x08, MATCH_NA4 = 0x10, MATCH_NAPOT = 0x18 };

static u8 rule_config(const struct priv *priv, u32 rule)
{
	return (u8)(priv->pmpcfg[rule / 8] >> rule % 8 * 8);
}

/* The bytes [*low, *high) of a rule that is on. */
static void rule_range(const struct priv *priv, u32 rule, u64 *low, u64 *high)
{
	u64 address = priv->pmpaddr[rule];

	switch (rule_config(priv, rule) & RULE_A) {
	case MATCH_TOR:
		*low = rule ? priv->pmpaddr[rule - 1] << 2 : 0;
		*high = address << 2;
		break;
	case MATCH_NA4:
		*low = address << 2;
		*high = *low + 4;
		break;
	default: { /* NAPOT: the trailing ones give the size; all ones is everything */
		u64 ones = address ^ (address + 1);

		*low = (address & ~ones) << 2;
		*high = *low + ((ones + 1) << 2);
		break;
	}
	}
}

bool pmp_search(const struct priv *priv, u64 address, u64 size, enum access access,
	enum level level)
{
	static const u8 needed[] = { RULE_R, RULE_W, RULE_X };

	for (u32 rule = 0; rule < PMP_RULES; rule++) {
		u8 config = rule_config(priv, rule);
		u64 low, high;

		if ((config & RULE_A) == MATCH_OFF)
			continue;
		rule_range(priv, rule, &low, &high);
		if (address + size <= low || address >= high)
			continue;
		/* A rule that matches only a part fails the access at any level, locked or not. */
		if (address < low || address + size > high)
			return false;
		if (level == LEVEL_M && !(config & RULE_L))
			return true;
		return config & needed[access];
	}
	return level == LEVEL_M;
}

bool pmp_search_page(const struct priv *priv, u64 address)
{
	u64 page = address & PAGE_MASK;

	for (u32 rule = 0; rule < PMP_RULES; rule++) {
		u64 low, high;

		if ((rule_config(priv, rule) & RULE_A) == MATCH_OFF)
			continue;
		rule_range(priv, rule, &low, &high);
		if (page + PAGE_SIZE <= low || page >= high)
			continue;
		return low <= page && page + PAGE_SIZE <= high;
	}
	return true;
}
