/*
 * A hostile guest from its making to its end. See program.h; called by hostile.c.
 */
#include "tests/fuzz/program.h"

#include "tests/fuzz/material.h"

u64 program_roll(struct program *program, u64 sides)
{
	u64 *x = &program->dice;

	*x ^= *x << 13;
	*x ^= *x >> 7;
	*x ^= *x << 17;
	return (*x * UINT64_C(2685821657736338717) >> 11) % sides;
}

u64 program_create(struct program *program, struct cell *cell, u64 seed)
{
	*program = (struct program){ .cell = cell, .dice = seed * 2 + 1 };
	for (u32 i = 0; i < 16; i++)
		roll(program, 2);
	for (u64 page = 0; page < CODE_FRAMES; page++)
		code_page(program, page);
	for (u64 tree = 0; tree < TREES; tree++) {
		memory_tree(program, tree);
		memory_suicide(program, tree);
	}
	memory_batches(program);
	memory_rings(program);
	/* The first hart, and the others. */
	code_begin(program, DATA);
	code_begin(program, DATA + 1);
	return frame(DATA);
}

/* Can the code be executed at S under this root, directly? */
static bool root_reaches(struct cell *cell, u64 root)
{
	struct mmu_view view = { .satp = UINT64_C(8) << 60 | (root + cell_vm(cell)->offset) >> PAGE_SHIFT,
		.level = LEVEL_U, .adue = true };
	struct walk walk = mmu_walk(&view, &cell->ram, frame(CODE), ACCESS_FETCH);

	return walk.result == WALK_OK && walk.physical == frame(CODE) + cell_vm(cell)->offset;
}

/* Puts a hart back to its handler, as any of its own calls could have done in better times. */
static bool revive(struct program *program, struct vcpu *vcpu)
{
	struct cell *cell = program->cell;

	vcpu->hart->waiting = false;
	vcpu->state.waiting = false;
	vcpu->hart->pc = frame(CODE);
	if (!vcpu->state.direct) {
		vcpu->priv->satp = 0;
		return true;
	}
	for (u64 i = 0; i < FRAMES; i++) {
		const struct frame *table = &cell_vm(cell)->frames.frame[i];

		if (table->type != FRAME_TABLE2 || !table->pinned
		    || !root_reaches(cell, frame(i)))
			continue;
		vcpu->priv->level = LEVEL_S;
		vcpu->state.root[LEVEL_S] = frame(i);
		return true;
	}
	return false;
}

/* Few instructions for many steps: it only traps. */
static bool looks_dead(struct program *program)
{
	const struct cell *cell = program->cell;
	u64 retired = cell_retired(cell) - program->begin;
	u64 steps = cell_steps(cell) - program->steps;

	program->begin = cell_retired(cell);
	program->steps = cell_steps(cell);
	return retired * 3 < steps || steps < 2;
}

/* The same stores, made at once: by a guest whose mapping of the device is in order. */
static void drive_device(struct program *program)
{
	struct cell *cell = program->cell;
	struct register_value step[DRIVER_STEPS];
	u64 slot = BOARD_virtio + roll(program, CELL_SLOTS) * VIRTIO_WINDOW;

	memory_driver(program, step);
	cell->clock.state.now = hart_now(&cell->hart[cell->monitor.state.turn]);
	memory_rings(program);
	for (u32 i = 0; i < DRIVER_STEPS; i++)
		bus_write(&cell_vm(cell)->board.bus, slot + step[i].offset, step[i].value, 4);
}

bool program_disturb(struct program *program)
{
	struct cell *cell = program->cell;
	struct vcpu *vcpu = &cell_vm(cell)->vcpu[roll(program, cell->config.harts)];
	struct hart *hart = vcpu->hart;
	bool alive = true;

	if (vcpu->state.stopped)
		return true;
	if (looks_dead(program) || vcpu->state.waiting || hart->waiting)
		alive = revive(program, vcpu);
	switch (roll(program, 7)) {
	case 6:
		drive_device(program);
		break;
	case 0:
		for (u32 i = 1; i < 32; i++)
			hart->x[i] = random_value(program);
		break;
	case 1:
		code_page(program, 1 + roll(program, CODE_FRAMES - 1));
		break;
	case 2:
		memory_tree(program, roll(program, TREES));
		memory_suicide(program, roll(program, TREES));
		break;
	case 3:
		memory_batches(program);
		break;
	case 4:
		hart->pc = frame(CODE) + (roll(program, CODE_FRAMES * PAGE_SIZE) & ~UINT64_C(3));
		break;
	}
	cell_vm(cell)->mode->enter(vcpu);
	return alive;
}
