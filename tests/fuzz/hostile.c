/*
 * Hostile guests: for each seed and mode a guest that does its worst for so many steps, with the
 * rules of isolation checked all along. Meant to be built with the address and undefined-behaviour
 * sanitizers, which watch the emulator itself.
 *
 * usage: hostile [--seeds N] [--first SEED] [--steps N] [--mode native|trap|pv] [--verbose]
 *        hostile --check    breaks each rule on purpose: the check must see it
 *
 * A seed that hangs is named when the alarm of `PATIENCE` seconds rings.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pv/hypercall.h"
#include "tests/fuzz/isolation.h"
#include "tests/fuzz/program.h"

enum { STEPS = 100000, STRETCH = 2500, PATIENCE = 120 };

static const struct virt_mode *const modes[] = { &mode_native, &mode_trap, &mode_pv };
enum { MODES = sizeof(modes) / sizeof(modes[0]) };

struct settings {
	u64 seeds, first, steps;
	const char *mode;
	bool verbose;
};

/* What happened, so that one can see whether the guests did anything worth checking. */
struct score {
	u64 runs, steps, retired, exits, lives, checks, direct, tables;
	u64 calls[HYPERCALLS];
};

static char alarm_text[64];

static void ring(int signal)
{
	static const char words[] = " hangs\n";
	ssize_t written = write(STDERR_FILENO, alarm_text, strlen(alarm_text));

	written += write(STDERR_FILENO, words, sizeof(words) - 1);
	_exit(written > 0 ? 3 : 4);
}

static void add_score(struct score *score, struct cell *cell)
{
	struct vm *vm = cell_vm(cell);

	score->lives++;
	score->steps += cell_steps(cell);
	score->retired += cell_retired(cell);
	score->exits += vm->state.tally.exits;
	for (u32 i = 0; i < vm->vcpus; i++)
		score->direct += vm->vcpu[i].state.direct;
	score->tables += vm->state.tally.count[VM_COUNT_table_entries];
	for (u32 i = 0; i < HYPERCALLS; i++)
		score->calls[i] += vm->state.tally.hypercall[i];
}

/* One life of a guest: to its end, or to the end of the steps. Returns the steps made; 0 when a
 * rule was broken. */
static u64 live(struct cell *cell, u64 seed, u64 steps, struct score *score, struct fault *fault)
{
	struct program program;
	bool alive = true, good = true;
	u64 done;

	cell_boot(cell, program_create(&program, cell, seed));
	while (good && alive && cell_steps(cell) < steps) {
		u64 before = cell_steps(cell);

		alive = cell_run(cell, 1 + program_roll(&program, STRETCH));
		if (!alive && cell_vm(cell)->board.stop.kind == STOP_NONE)
			alive = true; /* waits for ever: it will be woken */
		good = isolation_check(cell, fault);
		score->checks++;
		alive = alive && good && program_disturb(&program);
		good = good && isolation_check(cell, fault);
		/* A guest that wakes and waits makes no steps, and must not hold us up. */
		if (cell_steps(cell) == before)
			cell->hart[0].steps_trapped++;
	}
	good = good && isolation_secret(cell, fault);
	add_score(score, cell);
	done = cell_steps(cell);
	return good ? done + !done : 0;
}

static bool run_seed(const struct settings *settings, const struct isa *isa,
	const struct virt_mode *mode, u64 seed, struct score *score)
{
	struct cell *cell = malloc(sizeof(*cell));
	u64 left = settings->steps, life = 0;
	struct fault fault;

	snprintf(alarm_text, sizeof(alarm_text), "seed %llu, %s", (unsigned long long)seed,
		mode->name);
	alarm(PATIENCE);
	score->runs++;
	while (left) {
		u64 own = seed * 1000 + life++;
		struct cell_config config = { .isa = isa, .mode = mode,
			.bare = mode->guest_is_real && own % 2,
			.harts = 1 + (u32)(own / 2 % CELL_HARTS),
			.legacy = (u32)(own * 0x9e3779b9 >> 16 & 31),
			.area_pages = own % 5 ? 256 : 5 + (u32)(own % 41),
			.secret = own * UINT64_C(0x9e3779b97f4a7c15) ^ UINT64_C(0x5ec2e75ec2e75ec2) };
		u64 done;

		cell_create(cell, &config);
		done = live(cell, own, left, score, &fault);
		if (!done)
			printf("%s, life %llu, step %llu: %s\n", alarm_text,
				(unsigned long long)life, (unsigned long long)
				cell_steps(cell), fault.text);
		cell_destroy(cell);
		if (!done) {
			free(cell);
			return false;
		}
		left -= done < left ? done : left;
	}
	free(cell);
	return true;
}

static void print_score(const struct virt_mode *mode, const struct score *score, bool verbose)
{
	printf("%s: %llu seeds, %llu steps, %llu%% of them instructions, %llu exits, %llu lives, "
		"%llu with direct tables, %llu table entries, %llu checks\n", mode->name,
		(unsigned long long)score->runs, (unsigned long long)score->steps,
		(unsigned long long)(score->steps ? score->retired * 100 / score->steps : 0),
		(unsigned long long)score->exits, (unsigned long long)score->lives,
		(unsigned long long)score->direct, (unsigned long long)score->tables,
		(unsigned long long)score->checks);
	for (u32 i = 0; verbose && i < HYPERCALLS; i++)
		printf("  %s.%s: %llu\n", hypercall_rows[i].extension, hypercall_rows[i].name,
			(unsigned long long)score->calls[i]);
	fflush(stdout);
}

/* Rules broken on purpose. */

static void break_canary(struct cell *cell)
{
	ram_write(&cell->ram, cell->canary[2] + 40, 1, 1);
}

static void break_area(struct cell *cell)
{
	const struct shadow *shadow = &cell_vm(cell)->shadow;

	ram_write(&cell->ram, shadow->area + (u64)(shadow->pages - 1) * PAGE_SIZE, 1, 8);
}

static void break_level(struct cell *cell)
{
	cell->hart[0].priv.level = LEVEL_S;
}

/* The first valid entry of the frames of this type (or, type 0, of the shadow area). */
static u64 find_entry(struct cell *cell, u8 type, bool is_leaf)
{
	struct vm *vm = cell_vm(cell);
	u64 first = type ? BOARD_ram + vm->offset : vm->shadow.area;
	u64 pages = type ? vm->frames.count : vm->shadow.state.fresh;

	for (u64 at = 0; at < pages * PAGE_SIZE; at += 8) {
		u64 entry = ram_read(&cell->ram, first + at, 8);

		if (type && vm->frames.frame[at >> PAGE_SHIFT].type != type)
			continue;
		if ((entry & PTE_V) && pte_address(entry) >= BOARD_ram
		    && is_leaf == !!(entry & (PTE_R | PTE_W | PTE_X)))
			return first + at;
	}
	fprintf(stderr, "hostile: the guest made no such table\n");
	exit(1);
}

static u64 find_table(struct cell *cell)
{
	u64 number = 0;

	while (cell_vm(cell)->frames.frame[number].type != FRAME_TABLE0)
		number++;
	return BOARD_ram + number * PAGE_SIZE;
}

static void set_target(struct cell *cell, u64 place, u64 target, u64 bits)
{
	ram_write(&cell->ram, place, target >> PAGE_SHIFT << 10 | bits | PTE_V | PTE_U, 8);
}

static void break_shadow_outside(struct cell *cell)
{
	set_target(cell, find_entry(cell, 0, true), cell->canary[1], PTE_R);
}

static void break_shadow_area(struct cell *cell)
{
	set_target(cell, find_entry(cell, 0, true), cell_vm(cell)->shadow.area, PTE_R);
}

static void break_shadow_writes_table(struct cell *cell)
{
	u64 machine = BOARD_ram + cell_vm(cell)->offset + 7 * PAGE_SIZE;

	cell_vm(cell)->frames.frame[7].type = FRAME_TABLE0;
	set_target(cell, find_entry(cell, 0, true), machine, PTE_R | PTE_W);
}

static void break_direct_outside(struct cell *cell)
{
	set_target(cell, find_entry(cell, FRAME_TABLE0, true), cell->canary[2], PTE_R);
}

static void break_direct_writes_table(struct cell *cell)
{
	set_target(cell, find_entry(cell, FRAME_TABLE0, true),
		find_table(cell) + cell_vm(cell)->offset, PTE_R | PTE_W);
}

static void break_direct_pointer(struct cell *cell)
{
	ram_write(&cell->ram, find_entry(cell, FRAME_TABLE1, false),
		(BOARD_ram + cell_vm(cell)->offset + 900 * PAGE_SIZE) >> PAGE_SHIFT << 10 | PTE_V, 8);
}

static void break_count(struct cell *cell)
{
	cell_vm(cell)->frames.frame[(find_table(cell) - BOARD_ram) >> PAGE_SHIFT].uses++;
}

static void break_seal(struct cell *cell)
{
	*ram_flags(cell_slice(cell), find_table(cell)) &= (u8)~RAM_SEALED;
}

static void fill_tlb(struct cell *cell, u64 physical, enum access access)
{
	tlb_fill_data(&cell->hart[0].tlb, &cell->ram, 0x40000000, cell->hart[0].data_context, physical,
		PAGE_SHIFT, access);
}

static void break_tlb_outside(struct cell *cell)
{
	fill_tlb(cell, cell->canary[1], ACCESS_READ);
}

static void break_tlb_table(struct cell *cell)
{
	fill_tlb(cell, find_table(cell) + cell_vm(cell)->offset, ACCESS_WRITE);
}

static void break_secret(struct cell *cell)
{
	cell_slice(cell)->bytes[0x1001] = 0;
	memcpy(cell_slice(cell)->bytes + 0x1003, &cell->config.secret, 8);
}

static const struct breach {
	const char *name;
	bool direct; /* in a guest with direct tables, else with shadow tables */
	void (*commit)(struct cell *cell);
} breaches[] = {
	{ "canary", false, break_canary }, { "area", false, break_area },
	{ "level", false, break_level }, { "shadow leaf outside", false, break_shadow_outside },
	{ "shadow leaf to the area", false, break_shadow_area },
	{ "shadow leaf to a table", false, break_shadow_writes_table },
	{ "direct leaf outside", true, break_direct_outside },
	{ "direct leaf to a table", true, break_direct_writes_table },
	{ "direct pointer to no table", true, break_direct_pointer },
	{ "count", true, break_count }, { "seal", true, break_seal },
	{ "TLB outside", false, break_tlb_outside }, { "TLB to a table", true, break_tlb_table },
	{ "secret", false, break_secret },
};

/* A life, ended soon, of the first seed that comes to the kind of tables wanted. */
static void find_life(struct cell *cell, const struct isa *isa, bool direct)
{
	struct cell_config config = { .isa = isa, .mode = &mode_pv, .harts = 1, .area_pages = 256,
		.secret = UINT64_C(0x5ec2e75ec2e75ec2) };
	struct program program;

	for (u64 seed = 1;; seed++) {
		cell_create(cell, &config);
		cell_boot(cell, program_create(&program, cell, seed));
		cell_run(cell, 400);
		if (cell_vm(cell)->vcpu[0].state.direct == direct
		    && (direct || cell_vm(cell)->shadow.state.pages_used > 2))
			return;
		cell_destroy(cell);
	}
}

static bool check_the_check(const struct isa *isa)
{
	struct cell *cell = malloc(sizeof(*cell));
	bool good = true;

	for (u32 i = 0; i < sizeof(breaches) / sizeof(breaches[0]); i++) {
		struct fault fault;
		bool before, after;

		find_life(cell, isa, breaches[i].direct);
		before = isolation_check(cell, &fault) && isolation_secret(cell, &fault);
		if (before) {
			breaches[i].commit(cell);
			after = isolation_check(cell, &fault) && isolation_secret(cell, &fault);
		} else {
			after = true;
		}
		printf("%s: %s\n", breaches[i].name, after ? before ? "NOT SEEN" : "broken before"
			: fault.text);
		good &= before && !after;
		cell_destroy(cell);
	}
	free(cell);
	return good;
}

static bool run_all(const struct settings *settings, const struct isa *isa)
{
	bool good = true;

	for (u32 m = 0; m < MODES; m++) {
		struct score score = { 0 };

		if (settings->mode && strcmp(settings->mode, modes[m]->name))
			continue;
		for (u64 seed = settings->first; seed < settings->first + settings->seeds; seed++)
			good &= run_seed(settings, isa, modes[m], seed, &score);
		print_score(modes[m], &score, settings->verbose);
	}
	return good;
}

int main(int count, char **arguments)
{
	struct settings settings = { .seeds = 30, .first = 1, .steps = STEPS };
	struct fault fault;
	struct isa isa;
	bool check = false, good;

	for (int i = 1; i < count; i++) {
		const char *value = i + 1 < count ? arguments[i + 1] : "0";

		if (!strcmp(arguments[i], "--seeds"))
			settings.seeds = strtoull(value, NULL, 0), i++;
		else if (!strcmp(arguments[i], "--first"))
			settings.first = strtoull(value, NULL, 0), i++;
		else if (!strcmp(arguments[i], "--steps"))
			settings.steps = strtoull(value, NULL, 0), i++;
		else if (!strcmp(arguments[i], "--mode"))
			settings.mode = value, i++;
		else if (!strcmp(arguments[i], "--verbose"))
			settings.verbose = true;
		else if (!strcmp(arguments[i], "--check"))
			check = true;
	}
	if (!isa_create(&isa, NULL, &fault)) {
		fprintf(stderr, "hostile: %s\n", fault.text);
		return 2;
	}
	signal(SIGALRM, ring);
	good = check ? check_the_check(&isa) : run_all(&settings, &isa);
	isa_destroy(&isa);
	return !good;
}
