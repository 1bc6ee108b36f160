/*
 * Wrapping and emphasis: what every view uses to write words on a terminal or into a pipe.
 */
#include "emu/view/text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct style style_of(FILE *to, bool plain)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (plain || (no_color && *no_color) || !term || !strcmp(term, "dumb")
			|| !isatty(fileno(to)))
		return (struct style){ "", "", "" };
	return (struct style){ "\033[1m", "\033[2m", "\033[0m" };
}

void text_wrap(FILE *to, const char *words, u32 column, u32 indent)
{
	bool first = true;

	for (words += strspn(words, " "); *words; words += strspn(words, " ")) {
		size_t length = strcspn(words, " ");
		u32 gap;

		if (!first && column + 1 + length > TEXT_WIDTH) {
			fputc('\n', to);
			column = 0;
			first = true;
		}
		gap = !first ? 1 : indent > column ? indent - column : 0;
		column += (u32)fprintf(to, "%*s", (int)gap, "");
		column += (u32)fwrite(words, 1, length, to);
		words += length;
		first = false;
	}
	fputc('\n', to);
}
