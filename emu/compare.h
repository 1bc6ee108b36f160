/*
 * What the views of a comparison print.
 */
#ifndef EMU_COMPARE_H
#define EMU_COMPARE_H

#include <stdio.h>

#include "emu/view/text.h"
#include "pv/monitor.h"
#include "pv/report.h"

struct comparison {
	struct report report;
	const char *guest;     /* the file's name, or "twin" */
	const char *prices;
	bool lines_known;
	u64 lines_changed;     /* lines of the guest that only its paravirtual side needs */
	bool same_output;      /* what was printed between markers agrees in all modes */
	bool same_files;       /* so do the disks at the end */
};

/* compare_text.c: head, one row as it comes, and the explanation. */
void compare_text_head(const struct comparison *comparison, FILE *to, const struct style *style);
void compare_text_row(const struct comparison *comparison, const struct report_row *row, FILE *to);
void compare_text_tail(const struct comparison *comparison, FILE *to, bool all);

/* compare_data.c */
bool compare_json(const struct comparison *comparison, FILE *to);
void compare_csv(const struct comparison *comparison, FILE *to);

#endif
