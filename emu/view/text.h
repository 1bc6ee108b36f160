/*
 * Text for people: lines of at most 80 columns, and emphasis where a terminal can show it. Nothing
 * is ever meant by emphasis alone.
 */
#ifndef EMU_VIEW_TEXT_H
#define EMU_VIEW_TEXT_H

#include "core/types.h"

#include <stdio.h>

enum { TEXT_WIDTH = 80 };

/* What to print around a piece of text; empty strings where there is no emphasis. */
struct style {
	const char *bold, *dim, *off;
};

/* None when `plain`, when NO_COLOR is set and not empty, when TERM is "dumb", or when `to` is no
 * terminal. */
struct style style_of(FILE *to, bool plain);

/* Prints words and a newline; the cursor stands in `column`, lines begin in column `indent`. A word
 * that is too long for a line stands alone. */
void text_wrap(FILE *to, const char *words, u32 column, u32 indent);

#endif
