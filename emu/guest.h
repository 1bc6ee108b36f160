/*
 * What a guest's name on the command line stands for: a file, or one of the guests that come with the
 * program, or `linux`, which is fetched when it is first asked for.
 */
#ifndef EMU_GUEST_H
#define EMU_GUEST_H

#include <limits.h>

#include "core/fault.h"

struct guest {
	char path[PATH_MAX];
	char initrd[PATH_MAX]; /* empty: none */
	const char *append;    /* its own words for the command line; null: none */
};

/* The guests' names come first; a file of such a name is meant with a slash: ./hello. */
bool guest_find(const char *name, struct guest *guest, struct fault *fault);

/* A file that comes with the program, "twin/twin.img": beside it in a build, or installed. */
bool guest_file(const char *name, char *path, struct fault *fault);

#endif
