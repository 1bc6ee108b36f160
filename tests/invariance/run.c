/*
 * Running a guest under a plan of disturbances. See run.h; called by invariance.c.
 */
#include "tests/invariance/run.h"

#include <stdio.h>
#include <stdlib.h>

u64 random_next(u64 *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed * UINT64_C(2685821657736338717) >> 8;
}

static int by_cycle(const void *one, const void *other)
{
	const struct disturbance *a = one, *b = other;

	if (a->cycle != b->cycle)
		return a->cycle < b->cycle ? -1 : 1;
	return (int)a->kind - (int)b->kind;
}

void plan_create(struct plan *plan, u64 seed, u32 parts, u64 cycles)
{
	u64 stream = seed * 2 + 1;

	memset(plan, 0, sizeof(*plan));
	for (u32 i = 0; i < 8; i++)
		random_next(&stream);
	plan->chaos = parts & PLAN_CHAOS;
	plan->chaos_seed = random_next(&stream);
	for (u32 i = 0; (parts & PLAN_SPLITS) && i < PLAN_STOPS; i++)
		plan->item[plan->count++] = (struct disturbance){
			random_next(&stream) % cycles,
			random_next(&stream) % 3 ? DISTURB_STEPS : DISTURB_EDGE,
			random_next(&stream) % 64 };
	for (u32 i = 0; (parts & PLAN_SAVES) && i < 1 + seed % PLAN_SNAPSHOTS; i++)
		plan->item[plan->count++] = (struct disturbance){
			random_next(&stream) % cycles,
			random_next(&stream) % 2 ? DISTURB_SNAPSHOT : DISTURB_SNAPSHOT_EDGE,
			random_next(&stream) % 50000 };
	qsort(plan->item, plan->count, sizeof(plan->item[0]), by_cycle);
}

void plan_planted(struct plan *plan, u64 cycle)
{
	memset(plan, 0, sizeof(*plan));
	plan->item[plan->count++] = (struct disturbance){ cycle, DISTURB_PLANTED, 0 };
}

static void create_machine(struct run *run)
{
	const struct guest *guest = run->guest;
	struct machine_config config = {
		.mode = run->mode, .memory = guest->memory, .harts = guest->harts, .guest = guest->path,
		.bootargs = guest->bootargs, .host = outside_host(&run->outside),
		.disks = 1, .disk = { outside_disk(&run->outside, 0) },
		.has_ata = true, .ata = outside_disk(&run->outside, 1),
		.chaos = run->plan && run->plan->chaos,
		.chaos_seed = run->plan ? run->plan->chaos_seed : 0,
	};
	struct fault fault;

	run->machine = NULL;
	if (prices_load(&config.prices, "k3", &fault))
		run->machine = machine_create(&config, &fault);
	if (!run->machine) {
		fprintf(stderr, "invariance: %s\n", fault.text);
		exit(2);
	}
}

void run_create(struct run *run, const struct guest *guest, const struct virt_mode *mode,
	const struct plan *plan)
{
	memset(run, 0, sizeof(*run));
	run->guest = guest;
	run->mode = mode;
	run->plan = plan;
	outside_create(&run->outside, guest->text);
	create_machine(run);
}

void run_destroy(struct run *run)
{
	machine_destroy(run->machine);
}

static u64 now(const struct run *run)
{
	return machine_cycle(run->machine);
}

static void cycles_to(struct run *run, u64 cycle, u64 most)
{
	if (cycle > most)
		cycle = most;
	if (run->end == MACHINE_LIMIT && now(run) < cycle)
		run->end = machine_run_cycles(run->machine, cycle);
}

static void single_steps(struct run *run, u64 count, u64 most)
{
	for (u64 i = 0; i < count; i++)
		cycles_to(run, now(run) + 1, most);
}

/*
 * What the old machine and the world outside do after the snapshot is undone by it: in a fresh
 * machine, or in the old one.
 */
static void save_and_load(struct run *run, u64 further)
{
	struct outside outside;
	struct fault fault;
	u64 length;
	u8 *bytes;

	if (!machine_save(run->machine, &bytes, &length, &fault)) {
		fprintf(stderr, "invariance: %s\n", fault.text);
		exit(1);
	}
	outside = run->outside;
	machine_run_cycles(run->machine, now(run) + further);
	run->outside = outside;
	if (further % 4) {
		machine_destroy(run->machine);
		create_machine(run);
	}
	if (!machine_load(run->machine, bytes, length, &fault)) {
		fprintf(stderr, "invariance: %s\n", fault.text);
		exit(1);
	}
	free(bytes);
}

/* The clock's next event is due, or nearly, and at most a few instructions have run since. */
static void to_edge(struct run *run, u64 count, u64 most)
{
	u64 next = clock_next(&run->machine->clock);

	if (next != NEVER && next > now(run) + 3)
		cycles_to(run, next - 3, most);
	single_steps(run, count, most);
}

static void disturb(struct run *run, const struct disturbance *item, u64 most)
{
	switch (item->kind) {
	case DISTURB_STEPS:
		single_steps(run, item->count, most);
		break;
	case DISTURB_EDGE:
		to_edge(run, 8, most);
		break;
	case DISTURB_SNAPSHOT_EDGE:
		to_edge(run, item->count % 8, most);
		if (run->end == MACHINE_LIMIT)
			save_and_load(run, item->count);
		break;
	case DISTURB_SNAPSHOT:
		save_and_load(run, item->count);
		break;
	case DISTURB_PLANTED:
		run->machine->hart[0].priv.bank[LEVEL_M].scratch ^= 1; /* no guest here uses it */
		break;
	}
}

void run_to(struct run *run, u64 cycle)
{
	const struct plan *plan = run->plan;

	while (plan && run->next < plan->count && run->end == MACHINE_LIMIT
	    && plan->item[run->next].cycle < cycle) {
		const struct disturbance *item = &plan->item[run->next++];

		cycles_to(run, item->cycle, cycle);
		if (run->end == MACHINE_LIMIT)
			disturb(run, item, cycle);
	}
	cycles_to(run, cycle, cycle);
}

u64 run_digest(struct run *run)
{
	return hash_word(machine_digest(run->machine), outside_digest(&run->outside));
}

static void print_bytes(const char *where, u64 offset, const u8 *one, const u8 *other, u64 length)
{
	u64 at = 0;
	u64 here = 0, there = 0;

	while (at < length && one[at] == other[at])
		at++;
	at &= ~UINT64_C(7);
	memcpy(&here, one + at, length - at < 8 ? length - at : 8);
	memcpy(&there, other + at, length - at < 8 ? length - at : 8);
	printf("  first difference: %s, byte 0x%llx: 0x%llx undisturbed, 0x%llx disturbed\n", where,
		(unsigned long long)(offset + at), (unsigned long long)here,
		(unsigned long long)there);
}

static bool difference_in(const struct snapshot_section *one, const struct snapshot_section *other)
{
	if (!one->ram) {
		if (!memcmp(one->state, other->state, one->size))
			return false;
		print_bytes(one->name, 0, one->state, other->state, one->size);
		return true;
	}
	for (u64 at = 0; at < one->ram->size; at += PAGE_SIZE) {
		if (!memcmp(one->ram->bytes + at, other->ram->bytes + at, PAGE_SIZE))
			continue;
		print_bytes(one->name, at, one->ram->bytes + at, other->ram->bytes + at, PAGE_SIZE);
		return true;
	}
	return false;
}

void run_difference(struct run *one, struct run *other)
{
	const struct snapshot *a = one->machine->snapshot, *b = other->machine->snapshot;

	/* Brings both into the form that snapshots have. */
	printf("  digests %llx, %llx\n", (unsigned long long)run_digest(one),
		(unsigned long long)run_digest(other));
	for (u32 i = 0; i < a->count; i++)
		if (difference_in(&a->section[i], &b->section[i]))
			return;
	if (memcmp(one->outside.disk, other->outside.disk, sizeof(one->outside.disk)))
		print_bytes("a disk", 0, one->outside.disk[0], other->outside.disk[0],
			sizeof(one->outside.disk));
	else
		printf("  first difference: console %llx after %llu bytes, %llu typed; "
			"%llx after %llu bytes, %llu typed\n",
			(unsigned long long)one->outside.console,
			(unsigned long long)one->outside.written,
			(unsigned long long)one->outside.typed,
			(unsigned long long)other->outside.console,
			(unsigned long long)other->outside.written,
			(unsigned long long)other->outside.typed);
}
