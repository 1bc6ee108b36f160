/*
 * Loading price lists. See price.h; called when a machine is assembled and by `list prices`.
 */
#include "pv/price.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct price_info price_infos[PRICES] = {
#define PRICE(name, words) { #name, words },
#include "pv/prices.def"
#undef PRICE
};

static const struct price_info hart_price_infos[] = {
#define PRICE(name, words) { #name, words },
#include "cpu/prices.def"
#undef PRICE
};

enum { HART_PRICES = sizeof(hart_price_infos) / sizeof(hart_price_infos[0]) };

const struct price_figure price_figures[] = {
#define FIGURE(list, name, k3, u54, none, source) { #list, #name, k3, u54, none, source },
#include "pv/profiles.def"
#undef FIGURE
};
const u32 price_figure_count = sizeof(price_figures) / sizeof(price_figures[0]);

enum { FIGURE_LIMIT = 1000000 };

/* The place of "hart.trap" or "monitor.save" in a list, or null. */
static u32 *figure_place(struct prices *prices, const char *list, const char *name)
{
	u32 *hart = (u32 *)(void *)&prices->hart;

	for (u32 i = 0; !strcmp(list, "hart") && i < HART_PRICES; i++)
		if (!strcmp(hart_price_infos[i].name, name))
			return &hart[i];
	for (u32 i = 0; !strcmp(list, "monitor") && i < PRICES; i++)
		if (!strcmp(price_infos[i].name, name))
			return &prices->monitor[i];
	return NULL;
}

const char *price_words(const struct price_figure *figure)
{
	for (u32 i = 0; i < HART_PRICES; i++)
		if (!strcmp(figure->list, "hart") && !strcmp(hart_price_infos[i].name, figure->name))
			return hart_price_infos[i].words;
	for (u32 i = 0; i < PRICES; i++)
		if (!strcmp(figure->list, "monitor") && !strcmp(price_infos[i].name, figure->name))
			return price_infos[i].words;
	return "";
}

static bool load_profile(struct prices *prices, const char *name)
{
	static const char *const names[] = { "k3", "u54", "none" };

	for (u32 which = 0; which < 3; which++) {
		if (strcmp(name, names[which]))
			continue;
		for (u32 i = 0; i < price_figure_count; i++) {
			const struct price_figure *figure = &price_figures[i];
			const u32 value[] = { figure->k3, figure->u54, figure->none };

			*figure_place(prices, figure->list, figure->name) = value[which];
		}
		return true;
	}
	return false;
}

static bool parse_line(struct prices *prices, const char *path, u32 number, char *line,
	struct fault *fault)
{
	char *key, *value, *end, *name, *state = NULL;
	unsigned long figure;
	u32 *place;

	line[strcspn(line, "#\n")] = 0;
	key = strtok_r(line, " \t", &state);
	if (!key)
		return true;
	value = strtok_r(NULL, " \t", &state);
	if (!value || strtok_r(NULL, " \t", &state))
		return fault_set(fault, "price list '%s', line %u: expected a name and a figure", path,
			number);
	if (!strcmp(key, "from")) {
		if (load_profile(prices, value))
			return true;
		return fault_set(fault, "price list '%s', line %u: there is no profile '%s'", path,
			number, value);
	}
	name = strchr(key, '.');
	if (name)
		*name++ = 0;
	place = name ? figure_place(prices, key, name) : NULL;
	if (!place)
		return fault_set(fault, "price list '%s', line %u: there is no price '%s%s%s'", path,
			number, key, name ? "." : "", name ? name : "");
	errno = 0;
	figure = strtoul(value, &end, 10);
	if (*end || value[0] == '-' || errno || figure > FIGURE_LIMIT)
		return fault_set(fault, "price list '%s', line %u: '%s' is not a figure from 0 to %d",
			path, number, value, FIGURE_LIMIT);
	*place = (u32)figure;
	return true;
}

bool prices_load(struct prices *prices, const char *name, struct fault *fault)
{
	char line[256];
	u32 number = 0;
	bool good = true;
	FILE *file;

	memset(prices, 0, sizeof(*prices));
	snprintf(prices->name, sizeof(prices->name), "%s", name);
	if (load_profile(prices, name))
		return true;
	file = fopen(name, "r");
	if (!file)
		return fault_set(fault, "price list '%s': neither a profile (k3, u54, none) nor a"
			" readable file", name);
	load_profile(prices, "none");
	while (good && fgets(line, sizeof(line), file))
		good = parse_line(prices, name, ++number, line, fault);
	if (good && ferror(file))
		good = fault_set(fault, "price list '%s': %s", name, strerror(errno));
	fclose(file);
	if (good && prices->hart.trap == 0)
		good = fault_set(fault, "price list '%s': hart.trap must be at least 1", name);
	return good;
}
