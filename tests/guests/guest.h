/*
 * A guest under test: a machine whose console is kept in memory. What cannot be set up fails the
 * test at once, so that a test says only what it wants to see.
 */
#ifndef TESTS_GUESTS_GUEST_H
#define TESTS_GUESTS_GUEST_H

#include "emu/machine.h"
#include "tests/unit/unit.h"

enum { GUEST_CONSOLE = 1 << 16 };

struct guest {
	struct machine *machine;
	u64 length; /* of the console's text, which always ends with a zero */
	char console[GUEST_CONSOLE];
};

extern const struct virt_mode *const guest_modes[3]; /* native, trap, pv */

/* The guest of that file on `mode` with one hart, a list of prices and a kind of firmware. */
void guest_create(struct guest *guest, const struct virt_mode *mode, const char *path,
	const char *prices, enum firmware firmware);
void guest_destroy(struct guest *guest);

/* The same with several harts for words of machine code, put where a guest begins. */
void guest_create_words(struct guest *guest, const struct virt_mode *mode, const u32 *words,
	u32 count, u32 harts, const char *prices, enum firmware firmware);

/* "FOLDER/NAME", where the tests are told by their first argument that the built guests are. */
void guest_path(char *path, size_t size, const char *name);

/* For main: takes the folder from the arguments. */
void guest_folder(int count, char **arguments);

#endif
