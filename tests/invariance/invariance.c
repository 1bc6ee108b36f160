/*
 * What must be invisible: where a run is stopped and goes on, when caches are dropped, and whether
 * the machine was saved and loaded on the way. A guest is run once undisturbed and then under many
 * plans; at the same absolute cycles the digest of all state and of the world outside must be the
 * same, and at the end the counters too. On a difference the plan is run again and again to find
 * the first cycle at which the two runs differ.
 *
 * usage: invariance [--count N] [--first SEED] [--mode MODE] NAME=FILE ...
 *
 * NAME is a row of `guests`. A guest whose file is not there is skipped, and said so.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/invariance/run.h"

enum { CHECKPOINTS = 5, SKIPPED = 77 };

static const struct guest guests[] = {
	{ "stress", NULL, "The quick brown fox jumps over the lazy dog, again and again.\n", NULL,
		1, 8 << 20, NEVER - 1 },
	{ "stress-harts", NULL, "The quick brown fox\n", NULL, 3, 8 << 20, NEVER - 1 },
	{ "twin", "bench=null-call,fault,fork,pipe,tick,disk ops=2 poweroff", "help\n", NULL,
		1, 8 << 20, NEVER - 1 },
	{ "u-boot", NULL, "\rversion\rbdinfo\r", NULL, 1, 32 << 20, 12000000 },
};
enum { GUESTS = sizeof(guests) / sizeof(guests[0]) };

static const struct virt_mode *const modes[] = { &mode_native, &mode_trap, &mode_pv };
enum { MODES = sizeof(modes) / sizeof(modes[0]) };

/* A kind of plan; every fourth seed mixes in the other parts. */
struct kind {
	const char *name;
	u32 parts;
};
static const struct kind kinds[] = {
	{ "splits", PLAN_SPLITS }, { "chaos", PLAN_CHAOS }, { "snapshots", PLAN_SAVES },
};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

struct settings {
	u64 count, first;
	const char *mode;
};

/* The undisturbed run. */
struct reference {
	const struct guest *guest;
	const struct virt_mode *mode;
	u64 cycles, steps;
	u64 at[CHECKPOINTS], digest[CHECKPOINTS]; /* the last is the end */
	enum machine_end end;
	struct tally tally;
};

static void reference_create(struct reference *reference, const struct guest *guest,
	const struct virt_mode *mode)
{
	struct run run;

	memset(reference, 0, sizeof(*reference));
	reference->guest = guest;
	reference->mode = mode;
	run_create(&run, guest, mode, NULL);
	run_to(&run, guest->limit);
	reference->end = run.end;
	reference->cycles = machine_cycle(run.machine);
	reference->steps = machine_steps(run.machine);
	machine_tally(run.machine, &reference->tally);
	reference->digest[CHECKPOINTS - 1] = run_digest(&run);
	run_destroy(&run);

	run_create(&run, guest, mode, NULL);
	for (u32 i = 0; i + 1 < CHECKPOINTS; i++) {
		reference->at[i] = reference->cycles * (i + 1) / CHECKPOINTS;
		run_to(&run, reference->at[i]);
		reference->digest[i] = run_digest(&run);
	}
	reference->at[CHECKPOINTS - 1] = guest->limit;
	run_destroy(&run);
}

/* Index of the first checkpoint at which the run differs, or CHECKPOINTS. */
static u32 first_bad(const struct reference *reference, struct run *run)
{
	for (u32 i = 0; i < CHECKPOINTS; i++) {
		run_to(run, reference->at[i]);
		if (run_digest(run) != reference->digest[i])
			return i;
	}
	return CHECKPOINTS;
}

static void tell_where(const char *which, const struct machine *machine)
{
	printf("  %s: cycle %llu, step %llu", which, (unsigned long long)machine_cycle(machine),
		(unsigned long long)machine_steps(machine));
	for (u32 i = 0; i < machine->harts; i++)
		printf(", hart %u at pc 0x%llx", i, (unsigned long long)machine->hart[i].pc);
	printf("\n");
}

/* Do the two differ when both are run to this cycle? Then, if `tell`, says in what. */
static bool differs_at(const struct reference *reference, const struct plan *plan, u64 cycle,
	bool tell)
{
	struct run plain, disturbed;
	bool differs;

	run_create(&plain, reference->guest, reference->mode, NULL);
	run_create(&disturbed, reference->guest, reference->mode, plan);
	run_to(&plain, cycle);
	run_to(&disturbed, cycle);
	differs = run_digest(&plain) != run_digest(&disturbed);
	if (tell) {
		tell_where("undisturbed", plain.machine);
		tell_where("disturbed", disturbed.machine);
		run_difference(&plain, &disturbed);
	}
	run_destroy(&plain);
	run_destroy(&disturbed);
	return differs;
}

static u64 bisect(const struct reference *reference, const struct plan *plan, u32 bad)
{
	u64 good = bad ? reference->at[bad - 1] : 0;
	u64 wrong = reference->at[bad] < reference->cycles ? reference->at[bad]
		: reference->cycles;

	while (good + 1 < wrong) {
		u64 middle = good + (wrong - good) / 2;

		if (differs_at(reference, plan, middle, false))
			wrong = middle;
		else
			good = middle;
	}
	return wrong;
}

static bool same_tally(const struct reference *reference, struct run *run)
{
	struct tally tally;
	const u64 *one = (const u64 *)&reference->tally, *other = (const u64 *)&tally;

	machine_tally(run->machine, &tally);
	for (u32 i = 0; i < TALLY_WORDS; i++) {
		if (one[i] == other[i])
			continue;
		printf("  word %u of the tally: %llu undisturbed, %llu disturbed\n", i,
			(unsigned long long)one[i], (unsigned long long)other[i]);
		return false;
	}
	return true;
}

static bool check(const struct reference *reference, const char *kind, u64 seed,
	const struct plan *plan)
{
	struct run run;
	u32 bad;
	bool same;

	run_create(&run, reference->guest, reference->mode, plan);
	bad = first_bad(reference, &run);
	if (bad < CHECKPOINTS) {
		printf("%s %s: %s, seed %llu: differs at checkpoint %u\n", reference->guest->name,
			reference->mode->name, kind, (unsigned long long)seed, bad);
		differs_at(reference, plan, bisect(reference, plan, bad), true);
	}
	same = bad == CHECKPOINTS && run.end == reference->end && same_tally(reference, &run);
	run_destroy(&run);
	return same;
}

/* A change of one register in mid-run must be seen, and located to the cycle. */
static bool check_the_check(const struct reference *reference)
{
	struct plan plan;
	struct run run;
	u64 found = 0, cycle = reference->cycles / 2;
	u32 bad;

	plan_planted(&plan, cycle);
	run_create(&run, reference->guest, reference->mode, &plan);
	bad = first_bad(reference, &run);
	run_destroy(&run);
	if (bad < CHECKPOINTS)
		found = bisect(reference, &plan, bad);
	if (found > cycle && found < cycle + 1000)
		return true;
	printf("%s %s: a change planted at cycle %llu was found at %llu\n",
		reference->guest->name, reference->mode->name, (unsigned long long)cycle,
		(unsigned long long)found);
	return false;
}

static bool check_guest(const struct settings *settings, const struct guest *guest,
	const struct virt_mode *mode)
{
	struct reference reference;
	struct plan plan;
	u64 bad = 0;
	bool good;

	reference_create(&reference, guest, mode);
	good = check_the_check(&reference);
	for (u32 i = 0; i < KINDS && bad < 3; i++) {
		for (u64 n = 0; n < settings->count && bad < 3; n++) {
			u64 seed = settings->first + n;
			u32 parts = seed % 4 == 3 ? PLAN_SPLITS | PLAN_CHAOS | PLAN_SAVES
				: kinds[i].parts;

			plan_create(&plan, seed * KINDS + i, parts, reference.cycles);
			bad += !check(&reference, kinds[i].name, seed, &plan);
		}
	}
	printf("%s %s: %llu steps, %llu cycles; %llu each of splits, chaos, snapshots: %s\n",
		guest->name, mode->name, (unsigned long long)reference.steps,
		(unsigned long long)reference.cycles, (unsigned long long)settings->count,
		bad ? "DIFFERENT" : "same");
	fflush(stdout);
	return good && !bad;
}

static bool check_named(const struct settings *settings, const char *argument, u32 *run)
{
	bool good = true;

	for (u32 i = 0; i < GUESTS; i++) {
		struct guest guest = guests[i];
		size_t length = strlen(guest.name);

		if (strncmp(argument, guest.name, length) || argument[length] != '=')
			continue;
		guest.path = argument + length + 1;
		if (access(guest.path, R_OK)) {
			printf("%s: skipped, there is no %s\n", guest.name, guest.path);
			return true;
		}
		for (u32 m = 0; m < MODES; m++) {
			if (settings->mode && strcmp(settings->mode, modes[m]->name))
				continue;
			good &= check_guest(settings, &guest, modes[m]);
			++*run;
		}
		return good;
	}
	printf("invariance: '%s' is not NAME=FILE with a guest's name\n", argument);
	return false;
}

int main(int count, char **arguments)
{
	struct settings settings = { .count = 200, .first = 1 };
	bool good = true;
	u32 run = 0;

	for (int i = 1; i < count; i++) {
		if (!strcmp(arguments[i], "--count") && i + 1 < count)
			settings.count = strtoull(arguments[++i], NULL, 0);
		else if (!strcmp(arguments[i], "--first") && i + 1 < count)
			settings.first = strtoull(arguments[++i], NULL, 0);
		else if (!strcmp(arguments[i], "--mode") && i + 1 < count)
			settings.mode = arguments[++i];
		else
			good &= check_named(&settings, arguments[i], &run);
	}
	if (good && !run)
		return SKIPPED;
	return !good;
}
