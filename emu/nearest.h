/*
 * "Did you mean ...?": of many words the one nearest to what was typed, by edits. The first of
 * equally near words wins; words that share too little with what was typed are not offered.
 */
#ifndef EMU_NEAREST_H
#define EMU_NEAREST_H

#include "core/types.h"

struct nearest {
	const char *typed;
	const char *best; /* null: nothing near */
	u32 distance;
};

void nearest_begin(struct nearest *nearest, const char *typed);
void nearest_try(struct nearest *nearest, const char *word);

#endif
