/*
 * Edit distance (letters inserted, removed, replaced, or two neighbours exchanged), case ignored.
 * Called for unknown verbs, options, lists and glossary words.
 */
#include "emu/nearest.h"

#include <ctype.h>
#include <string.h>

enum { LONGEST = 40 };

static u32 least(u32 a, u32 b)
{
	return a < b ? a : b;
}

static u32 edits(const char *a, const char *b)
{
	size_t width = strlen(b), height = strlen(a);
	u32 row[3][LONGEST + 1]; /* the last three rows of the matrix, in turn */

	if (width > LONGEST || height > LONGEST)
		return LONGEST;
	for (u32 x = 0; x <= width; x++)
		row[0][x] = x;
	for (u32 y = 1; y <= height; y++) {
		u32 *now = row[y % 3], *above = row[(y + 2) % 3], *before = row[(y + 1) % 3];

		now[0] = y;
		for (u32 x = 1; x <= width; x++) {
			int from = tolower((u8)a[y - 1]), to = tolower((u8)b[x - 1]);

			now[x] = least(above[x - 1] + (from != to),
				least(above[x], now[x - 1]) + 1);
			if (x > 1 && y > 1 && from == tolower((u8)b[x - 2])
					&& tolower((u8)a[y - 2]) == to)
				now[x] = least(now[x], before[x - 2] + 1);
		}
	}
	return row[height % 3][width];
}

void nearest_begin(struct nearest *nearest, const char *typed)
{
	size_t length = strlen(typed);

	/* A third of the letters may be wrong, and one in any case (of two or more). */
	*nearest = (struct nearest){ typed, NULL, length < 2 ? 0 : length < 6 ? 2
		: (u32)length / 3 + 1 };
}

void nearest_try(struct nearest *nearest, const char *word)
{
	u32 distance = edits(nearest->typed, word);

	if (distance < nearest->distance) {
		nearest->distance = distance;
		nearest->best = word;
	}
}
