/*
 * Setting up a guest for a test: see guest.h.
 */
#include "tests/guests/guest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MEMORY = 64 << 20 };

const struct virt_mode *const guest_modes[3] = { &mode_native, &mode_trap, &mode_pv };

static const char *folder;

void guest_folder(int count, char **arguments)
{
	if (count != 2) {
		fprintf(stderr, "usage: %s FOLDER-OF-GUESTS\n", arguments[0]);
		exit(2);
	}
	folder = arguments[1];
}

void guest_path(char *path, size_t size, const char *name)
{
	assert_true(snprintf(path, size, "%s/%s", folder, name) < (int)size);
}

static void console_write(void *self, u32 port, u64 cycle, const u8 *bytes, u64 length)
{
	struct guest *guest = self;

	assert_true(guest->length + length < GUEST_CONSOLE);
	memcpy(guest->console + guest->length, bytes, length);
	guest->length += length;
	guest->console[guest->length] = '\0';
}

static int console_read(void *self, u32 port, u64 cycle)
{
	return HOST_END;
}

static void create(struct guest *guest, const struct virt_mode *mode, const char *path, u32 harts,
	const char *prices, enum firmware firmware)
{
	struct machine_config config = {
		.mode = mode, .memory = MEMORY, .harts = harts, .firmware = firmware, .guest = path,
		.host = { guest, console_write, console_read },
	};
	struct fault fault;

	memset(guest, 0, sizeof(*guest));
	if (!prices_load(&config.prices, prices, &fault))
		fail_msg("%s", fault.text);
	guest->machine = machine_create(&config, &fault);
	if (!guest->machine)
		fail_msg("%s", fault.text);
}

void guest_create(struct guest *guest, const struct virt_mode *mode, const char *path,
	const char *prices, enum firmware firmware)
{
	create(guest, mode, path, 1, prices, firmware);
}

void guest_create_words(struct guest *guest, const struct virt_mode *mode, const u32 *words,
	u32 count, u32 harts, const char *prices, enum firmware firmware)
{
	char path[] = "/tmp/guest-words-XXXXXX";
	int file = mkstemp(path);

	assert_true(file >= 0);
	assert_int_equal(write(file, words, count * sizeof(*words)), count * sizeof(*words));
	close(file);
	create(guest, mode, path, harts, prices, firmware);
	unlink(path);
}

void guest_destroy(struct guest *guest)
{
	machine_destroy(guest->machine);
}
