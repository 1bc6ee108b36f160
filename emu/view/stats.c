/*
 * Printing a tally. Each group of counters is a list of names and numbers, made once from the
 * tables and written in either form; `run --stats` calls this.
 */
#include "emu/view/stats.h"

#include <inttypes.h>
#include <string.h>

#include "pv/hypercall.h"

const char *const time_names[TIME_KINDS] = {
	[TIME_USER] = "user", [TIME_KERNEL] = "kernel", [TIME_MACHINE] = "machine",
	[TIME_MONITOR] = "monitor", [TIME_FIRMWARE] = "firmware", [TIME_IDLE] = "idle",
};

static const char *const cause_names[2 * CAUSES] = {
#define EXCEPTION(code, name, words) [code] = #name,
#define INTERRUPT(code, name, words) [CAUSES + (code)] = #name,
#include "cpu/cause.def"
#undef EXCEPTION
#undef INTERRUPT
};

static const char *const level_names[LEVELS] = { "U", "S", "", "M" };

/* Where a group's lines go: text to a file, or members of an object. */
struct sink {
	FILE *to;
	cJSON *object;   /* null: text */
	const char *heading;
	u64 whole;       /* what shares are of; 0: no shares */
	bool are_cycles; /* the numbers themselves */
};

static void put(struct sink *sink, const char *name, u64 number, u64 cycles)
{
	if (sink->object) {
		json_number(sink->object, name, number);
		return;
	}
	if (!number)
		return;
	if (sink->heading)
		fprintf(sink->to, "\n%s\n", sink->heading);
	sink->heading = NULL;
	fprintf(sink->to, "  %-28s %14" PRIu64, name, number);
	if (cycles && !sink->are_cycles)
		fprintf(sink->to, " %14" PRIu64 " cycles", cycles);
	if (cycles && sink->whole)
		fprintf(sink->to, " %5.1f%%", 100.0 * (double)cycles / (double)sink->whole);
	fprintf(sink->to, "\n");
}

typedef void group_filler(const struct tally *tally, struct sink *sink);

static void fill_totals(const struct tally *tally, struct sink *sink)
{
	put(sink, "cycles", tally->cycles, 0);
	put(sink, "instructions", tally->instructions, 0);
	put(sink, "steps", tally->steps, 0);
	put(sink, "exits", tally->exits, 0);
	put(sink, "firmware_calls", tally->firmware_calls, 0);
}

static void fill_time(const struct tally *tally, struct sink *sink)
{
	sink->are_cycles = true;
	for (u32 i = 0; i < TIME_KINDS; i++)
		put(sink, time_names[i], tally->time[i], tally->time[i]);
}

static void fill_exits(const struct tally *tally, struct sink *sink)
{
	for (u32 i = 0; i < EXIT_REASONS; i++)
		put(sink, exit_infos[i].name, tally->exit[i], tally->exit_cycles[i]);
}

static void fill_exit_cycles(const struct tally *tally, struct sink *sink)
{
	for (u32 i = 0; sink->object && i < EXIT_REASONS; i++) /* text has them beside the exits */
		put(sink, exit_infos[i].name, tally->exit_cycles[i], 0);
}

static void fill_calls(const struct tally *tally, struct sink *sink)
{
	for (u32 i = 0; i < HYPERCALLS; i++) {
		char name[64];

		snprintf(name, sizeof(name), "%s.%s", hypercall_rows[i].extension,
			hypercall_rows[i].name);
		put(sink, name, tally->hypercall[i], 0);
	}
}

static void fill_primitives(const struct tally *tally, struct sink *sink)
{
	for (u32 i = 0; i < PRICES; i++)
		put(sink, price_infos[i].name, tally->primitive[i], 0);
}

static void fill_monitor(const struct tally *tally, struct sink *sink)
{
	for (u32 i = 0; i < VM_COUNTS; i++)
		put(sink, vm_count_rows[i].name, tally->count[i], 0);
}

static void fill_hart(const struct tally *tally, struct sink *sink)
{
	for (u32 i = 0; i < HART_COUNTS; i++)
		put(sink, hart_count_rows[i].name, tally->hart[i], 0);
}

static void fill_traps(const struct tally *tally, struct sink *sink)
{
	for (u32 level = 0; level < LEVELS; level++) {
		for (u32 cause = 0; cause < 2 * CAUSES; cause++) {
			char name[64];

			if (!cause_names[cause] || !*level_names[level])
				continue;
			snprintf(name, sizeof(name), "%s.%s", level_names[level],
				cause_names[cause]);
			put(sink, name, tally->trap[level][cause], 0);
		}
	}
}

static const struct group {
	const char *key, *heading;
	bool shares;
	group_filler *fill;
} groups[] = {
	{ "totals", "Totals", false, fill_totals },
	{ "time", "Time, in cycles (of all harts)", true, fill_time },
	{ "exits", "Exits, and the time of handling them", true, fill_exits },
	{ "exit_cycles", "", false, fill_exit_cycles },
	{ "calls", "Calls to firmware or monitor", false, fill_calls },
	{ "monitor", "The monitor", false, fill_monitor },
	{ "primitives", "Primitives charged", false, fill_primitives },
	{ "hart", "The hart", false, fill_hart },
	{ "traps", "Traps of the real hart, by level it was at", false, fill_traps },
};

void stats_text(const struct tally *tally, FILE *to)
{
	u64 whole = 0;

	for (u32 kind = 0; kind < TIME_KINDS; kind++)
		whole += tally->time[kind];
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		struct sink sink = { .to = to, .heading = groups[i].heading,
			.whole = groups[i].shares ? whole : 0 };

		groups[i].fill(tally, &sink);
	}
}

cJSON *stats_json(const struct tally *tally)
{
	cJSON *top = cJSON_CreateObject();

	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		struct sink sink = { .object = cJSON_AddObjectToObject(top, groups[i].key) };

		groups[i].fill(tally, &sink);
	}
	return top;
}
