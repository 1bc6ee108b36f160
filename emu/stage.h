/*
 * A machine on stage: a guest run not for its user but to be looked at. Console captured, disks in
 * memory, every run the same. Used by compare and follow.
 */
#ifndef EMU_STAGE_H
#define EMU_STAGE_H

#include "emu/machine.h"

struct stage_text {
	char *bytes;
	size_t length, room;
	bool broken; /* the host ran out of memory */
};

struct stage_disk {
	u8 *bytes;
	u64 size;
	bool written;
};

struct stage {
	struct machine *machine;
	struct stage_text console;  /* all of it */
	struct stage_text measured; /* what was printed between workload markers */
	struct stage_disk disk[2];  /* ATA, virtio: the same content at first */
	u32 seen;                   /* workloads that stage_next has reported */
	bool ended;
	enum machine_end end;
};

struct stage_config {
	const struct virt_mode *mode;
	const char *guest;
	const char *image;    /* content of the disks; null: no disks */
	const char *bootargs;
	u64 memory;
	struct prices prices;
	bool chaos;
	u64 chaos_seed;
	u32 trace;
};

bool stage_create(struct stage *stage, const struct stage_config *config, struct fault *fault);
void stage_destroy(struct stage *stage);

/* The disk that the guest has chosen to write to; the first when it has written to none. */
const struct stage_disk *stage_disk_used(const struct stage *stage);

/* Runs until one more workload has ended; null when the guest has stopped instead. */
const struct workload *stage_next(struct stage *stage);

#endif
