/*
 * Compares what the two sides have left in RAM: the logs record by record, then all memory that the
 * program may have touched.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tests/differential/runner.h"

/* Words of a record behind the registers: the CSRs in the order of harness.S. */
static const char *const record_names[RECORD_F - RECORD_CSRS] = {
	"mcause", "mepc", "mtval", "mstatus", "scause", "sepc", "stval", "sscratch", "stvec", "satp",
	"mip", "mie", "medeleg", "mideleg", "mtvec", "group"
};

static u64 records_end(const struct runner *runner, unsigned side)
{
	u64 end = runner_word(runner, side, runner->state + STATE_RECORD);

	/* A side that has gone astray may have written anything. */
	if (end < LAYOUT_LOG || end > LAYOUT_LOG_END)
		return LAYOUT_LOG;
	return end - (end - LAYOUT_LOG) % RECORD_SIZE;
}

u64 compare_records(const struct runner *runner)
{
	return (records_end(runner, 0) - LAYOUT_LOG) / RECORD_SIZE;
}

static u32 record_group(const struct runner *runner, unsigned side, u64 record)
{
	return (u32)runner_word(runner, side, record + 8 * RECORD_GROUP);
}

struct difference compare(const struct runner *runner, const struct program *program)
{
	struct difference found = { .kind = DIFFERENCE_RECORD };
	const struct { u64 from, to; } parts[] = {
		{ LAYOUT_TABLES, LAYOUT_SCRATCH + SCRATCH_PAGES * PAGE_SIZE },
		{ LAYOUT_CODE, code_end(program) },
	};
	u64 end[2] = { records_end(runner, 0), records_end(runner, 1) };
	u64 at = LAYOUT_LOG;

	for (; at < end[0] && at < end[1]; at += RECORD_SIZE) {
		if (memcmp(runner_bytes(runner, 0, at), runner_bytes(runner, 1, at), RECORD_SIZE)) {
			u32 other = record_group(runner, 1, at);

			found.address[0] = found.address[1] = at;
			found.group = record_group(runner, 0, at);
			/* One side took a trap more: where it is not yet in the next group. */
			if (other < found.group)
				found.group = other;
			return found;
		}
	}
	if (runner->ended[0][0] || runner->ended[1][0]) {
		unsigned side = runner->ended[0][0] ? 0 : 1;
		u64 header = runner_word(runner, side, runner->state + STATE_GROUP);

		found.kind = DIFFERENCE_END;
		found.group = (u32)((header - LAYOUT_HEADERS) / HEADER_SIZE);
		return found;
	}
	if (end[0] != end[1]) {
		unsigned side = end[0] < end[1];

		found.address[side] = at;
		found.group = record_group(runner, side, at);
		return found;
	}
	found.kind = DIFFERENCE_MEMORY;
	for (u32 i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		for (at = parts[i].from; at < parts[i].to; at += 8) {
			if (runner_word(runner, 0, at) != runner_word(runner, 1, at)) {
				found.address[0] = found.address[1] = at;
				found.group = UINT32_MAX;
				return found;
			}
		}
	}
	return (struct difference){ .kind = DIFFERENCE_NONE };
}

static void print_word(const char *name, u64 ours, u64 theirs)
{
	printf("  %-10s ours 0x%016" PRIx64 "   QEMU 0x%016" PRIx64 "%s\n", name, ours, theirs,
		ours == theirs ? "" : "   <--");
}

static const char *record_name(u32 word)
{
	if (word == RECORD_MPRV)
		return "mprv";
	if (word == RECORD_FCSR)
		return "fcsr";
	if (word >= RECORD_F)
		return float_register_names[word - RECORD_F];
	return word < RECORD_CSRS ? register_names[word] : record_names[word - RECORD_CSRS];
}

static void print_records(const struct runner *runner, const struct difference *difference)
{
	static const u32 always[] = { RECORD_CSRS, RECORD_CSRS + 1, RECORD_CSRS + 2 };
	u64 at = difference->address[0];

	printf("the first record that differs (trap %" PRIu64 " of the run):\n",
		(at - LAYOUT_LOG) / RECORD_SIZE + 1);
	for (u32 word = 0; word < RECORD_WORDS; word++) {
		u64 ours = runner_word(runner, 0, at + word * 8);
		u64 theirs = runner_word(runner, 1, at + word * 8);
		const char *name = record_name(word);
		bool shown = ours != theirs;

		for (u32 i = 0; i < sizeof(always) / sizeof(always[0]); i++)
			shown |= always[i] == word;
		if (shown)
			print_word(name, ours, theirs);
	}
}

void compare_print(const struct runner *runner, const struct difference *difference)
{
	unsigned side = difference->address[0] ? 0 : 1;
	u64 at = difference->address[side];
	char name[32];

	switch (difference->kind) {
	case DIFFERENCE_NONE:
		printf("no difference\n");
		break;
	case DIFFERENCE_END:
		printf("ours %s; QEMU %s\n", runner->ended[0][0] ? runner->ended[0] : "ended",
			runner->ended[1][0] ? runner->ended[1] : "ended");
		break;
	case DIFFERENCE_RECORD:
		if (difference->address[0] && difference->address[1])
			print_records(runner, difference);
		else
			printf("%s took a trap more: mcause 0x%" PRIx64 ", mepc 0x%" PRIx64 "\n",
				side ? "QEMU" : "ours",
				runner_word(runner, side, at + 8 * RECORD_CSRS),
				runner_word(runner, side, at + 8 * (RECORD_CSRS + 1)));
		break;
	case DIFFERENCE_MEMORY:
		snprintf(name, sizeof(name), "0x%" PRIx64, at);
		printf("the logs agree, memory does not:\n");
		print_word(name, runner_word(runner, 0, at), runner_word(runner, 1, at));
		break;
	}
}
