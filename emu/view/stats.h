/*
 * A tally for people and for programs: everything counted about a guest's run, in names.
 */
#ifndef EMU_VIEW_STATS_H
#define EMU_VIEW_STATS_H

#include "emu/view/json.h"
#include "pv/vm.h"

/* Only what is not zero, under headings, with shares of the whole time. */
void stats_text(const struct tally *tally, FILE *to);

/* Everything, zeros too: one object that the caller prints or frees. */
cJSON *stats_json(const struct tally *tally);

extern const char *const time_names[TIME_KINDS];

#endif
