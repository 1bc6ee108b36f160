/*
 * Setting a guest up to be looked at. See stage.h.
 */
#include "emu/stage.h"

#include <stdlib.h>
#include <string.h>

#include "core/file.h"

enum { STRETCH = 1000000 /* steps between looks at the workloads */ };
#define STAGE_LIMIT UINT64_C(20000000000) /* steps: a guest that gets there hangs */

static void text_add(struct stage_text *text, const u8 *bytes, u64 length)
{
	if (text->length + length + 1 > text->room) {
		size_t room = (text->length + length + 1) * 2;
		char *more = realloc(text->bytes, room);

		if (!more) {
			text->broken = true;
			return;
		}
		text->bytes = more;
		text->room = room;
	}
	memcpy(text->bytes + text->length, bytes, length);
	text->length += length;
	text->bytes[text->length] = 0;
}

static void console_write(void *self, u32 port, u64 cycle, const u8 *bytes, u64 length)
{
	struct stage *stage = self;

	text_add(&stage->console, bytes, length);
	if (stage->machine && stage->machine->monitor.vm.state.running)
		text_add(&stage->measured, bytes, length);
}

static int console_read(void *self, u32 port, u64 cycle)
{
	return HOST_END;
}

static bool disk_read(void *self, u64 offset, void *to, u64 length)
{
	struct stage_disk *disk = self;

	memcpy(to, disk->bytes + offset, length);
	return true;
}

static bool disk_write(void *self, u64 offset, const void *from, u64 length)
{
	struct stage_disk *disk = self;

	disk->written = true;
	memcpy(disk->bytes + offset, from, length);
	return true;
}

static bool disk_flush(void *self)
{
	return true;
}

static bool disk_open(struct stage_disk *disk, const char *path, struct host_disk *host,
	struct fault *fault)
{
	if (!file_read_all(path, 1 << 30, &disk->bytes, &disk->size, fault))
		return false;
	*host = (struct host_disk){ disk, disk->size, false, disk_read, disk_write, disk_flush };
	return disk->size % 512 == 0
		|| fault_set(fault, "'%s': a disk image is a multiple of 512 bytes", path);
}

bool stage_create(struct stage *stage, const struct stage_config *config, struct fault *fault)
{
	struct machine_config machine = {
		.mode = config->mode,
		.memory = config->memory,
		.guest = config->guest,
		.bootargs = config->bootargs,
		.prices = config->prices,
		.host = { stage, console_write, console_read },
		.chaos = config->chaos,
		.chaos_seed = config->chaos_seed,
		.trace = config->trace,
	};

	memset(stage, 0, sizeof(*stage));
	if (config->image) {
		if (!disk_open(&stage->disk[0], config->image, &machine.ata, fault)
		    || !disk_open(&stage->disk[1], config->image, &machine.disk[0], fault)) {
			stage_destroy(stage);
			return false;
		}
		machine.has_ata = true;
		machine.disks = 1;
	}
	stage->machine = machine_create(&machine, fault);
	if (!stage->machine)
		stage_destroy(stage);
	return stage->machine != NULL;
}

void stage_destroy(struct stage *stage)
{
	machine_destroy(stage->machine);
	free(stage->console.bytes);
	free(stage->measured.bytes);
	free(stage->disk[0].bytes);
	free(stage->disk[1].bytes);
	memset(stage, 0, sizeof(*stage));
}

const struct stage_disk *stage_disk_used(const struct stage *stage)
{
	return &stage->disk[stage->disk[1].written];
}

const struct workload *stage_next(struct stage *stage)
{
	const struct vm_state *state = &stage->machine->monitor.vm.state;

	while (state->workloads - state->running == stage->seen && !stage->ended) {
		u64 steps = machine_steps(stage->machine) + STRETCH;

		stage->end = machine_run(stage->machine, steps);
		stage->ended = stage->end != MACHINE_LIMIT || steps > STAGE_LIMIT;
	}
	if (state->workloads - state->running == stage->seen)
		return NULL;
	return &state->workload[stage->seen++];
}
