/*
 * Price lists: what each primitive of hardware and monitor costs in modelled cycles. Three come
 * with the program (profiles.def); a file can give others.
 */
#ifndef PV_PRICE_H
#define PV_PRICE_H

#include "core/fault.h"
#include "cpu/hart.h"

enum price {
#define PRICE(name, words) PRICE_##name,
#include "pv/prices.def"
#undef PRICE
	PRICES
};

struct price_info {
	const char *name, *words;
};
extern const struct price_info price_infos[PRICES];

struct prices {
	char name[64];
	struct hart_prices hart;
	u32 monitor[PRICES];
};

/* One line of the lists, for `ringside list prices`. */
struct price_figure {
	const char *list, *name;
	u32 k3, u54, none;
	const char *source;
};
extern const struct price_figure price_figures[];
extern const u32 price_figure_count;
const char *price_words(const struct price_figure *figure);

/*
 * A profile by name, or a file of lines "hart.trap 31" and "monitor.save 130", where # begins a
 * comment and "from k3" takes another profile's figures first. Every figure is 0 to 1000000, and
 * hart.trap at least 1, so that no loop is free.
 */
bool prices_load(struct prices *prices, const char *name, struct fault *fault);

#endif
