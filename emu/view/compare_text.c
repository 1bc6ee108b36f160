/*
 * The comparison on a terminal of 80 columns: a row an operation, then in words why. Every sentence
 * is made from counters of this run; where the order of the modes is not the expected one, it says
 * so and names who spends the difference.
 */
#include <inttypes.h>
#include <string.h>

#include "emu/compare.h"

enum { BAR = 9 /* widest bar, characters */ };

static double cycles_each(const struct report_cell *cell)
{
	return (double)cell->tally.cycles / (double)cell->operations;
}

static double exits_each(const struct report_cell *cell)
{
	return (double)cell->tally.exits / (double)cell->operations;
}

static bool is_mode(const struct comparison *comparison, u32 column, const struct virt_mode *mode)
{
	return comparison->report.mode[column] == mode;
}

/* The column of a mode, or -1. */
static s32 column_of(const struct comparison *comparison, const struct virt_mode *mode)
{
	for (u32 i = 0; i < comparison->report.modes; i++)
		if (is_mode(comparison, i, mode))
			return (s32)i;
	return -1;
}

/* A count an operation: whole numbers without a point. */
static void print_each(FILE *to, double each, const char *end)
{
	if (each >= 100 || each - (double)(u64)each < 0.05 || (double)(u64)each + 1 - each < 0.05)
		fprintf(to, "%.0f%s", each, end);
	else
		fprintf(to, "%.1f%s", each, end);
}

void compare_text_head(const struct comparison *comparison, FILE *to, const struct style *style)
{
	const struct report *report = &comparison->report;
	static const char *const ways[] = { "no way", "one way", "two ways", "three ways" };
	char title[64];

	snprintf(title, sizeof(title), "%.40s%s, one file, %s", comparison->guest,
		strcmp(comparison->guest, "twin") ? "" : " kernel", ways[report->modes]);
	fprintf(to, "%s%-44s%s prices: %s (modelled cycles)\n", style->bold, title, style->off,
		comparison->prices);
	fprintf(to, "%s%-11s", style->bold, "operation");
	for (u32 i = 0; i < report->modes; i++)
		fprintf(to, "  %-16s", report->mode[i]->name);
	fprintf(to, "exits%s\n", style->off);
	fflush(to);
}

/* What everything is measured against: native, or the first mode where that is not shown. */
static u32 base_column(const struct comparison *comparison)
{
	s32 native = column_of(comparison, &mode_native);

	return native < 0 ? 0 : (u32)native;
}

/* One character up to 1.4, then one more at each factor of the square root of 2; so that equal bars
 * are equal ratios, in every row. */
static u32 bar_length(double ratio)
{
	u32 length = 1;

	for (double limit = 1.4142; limit <= ratio && length < BAR; limit *= 1.4142)
		length++;
	return ratio < 0.70 ? 0 : length;
}

static void print_cell(const struct report_row *row, u32 column, u32 base_at, FILE *to)
{
	const struct report_cell *cell = &row->cell[column];
	const struct report_cell *base = &row->cell[base_at];
	char bar[BAR + 1] = "";
	double ratio;
	u32 length;

	if (!cell->there || !base->there || !base->tally.cycles) {
		fprintf(to, "  %-16s", "-");
		return;
	}
	ratio = cycles_each(cell) / cycles_each(base);
	length = bar_length(ratio);
	memset(bar, '#', length);
	fprintf(to, "  %5.1fx %-9s", ratio, bar);
}

void compare_text_row(const struct comparison *comparison, const struct report_row *row, FILE *to)
{
	const struct report *report = &comparison->report;
	u32 base = base_column(comparison);
	bool first = true;

	fprintf(to, "%-11s", row->name);
	for (u32 i = 0; i < report->modes; i++)
		print_cell(row, i, base, to);
	for (u32 i = 0; i < report->modes; i++) {
		if (report->mode[i]->guest_is_real || !row->cell[i].there)
			continue;
		fputs(first ? " " : " > ", to);
		print_each(to, exits_each(&row->cell[i]), "");
		first = false;
	}
	fputc('\n', to);
	fflush(to);
}

/* "7 csr-write, 4 csr-read, 1 trap-return": the reasons of one operation's exits. */
static void reasons(const struct report_cell *cell, char *text, size_t size)
{
	size_t used = 0;

	text[0] = 0;
	for (u32 place = 0; place < EXIT_REASONS && used < size; place++) {
		u32 reason = report_reason(&cell->tally, place);
		double each;
		int length;

		if (reason == EXIT_REASONS)
			break;
		each = (double)cell->tally.exit[reason] / (double)cell->operations;
		if (each < 0.05)
			continue;
		length = snprintf(text + used, size - used, "%s%.*f %s", used ? ", " : "",
			each - (double)(u64)each < 0.05 || each >= 100 ? 0 : 1, each,
			exit_infos[reason].name);
		used += length > 0 ? (size_t)length : 0;
	}
	for (char *c = text; *c; c++)
		if (*c == '_')
			*c = ' ';
}

static void explain_row(const struct comparison *comparison, const struct report_row *row, FILE *to)
{
	char text[400], list[300];
	const char *lead = "Why: ";

	for (u32 i = 0; i < comparison->report.modes; i++) {
		const struct report_cell *cell = &row->cell[i];

		if (comparison->report.mode[i]->guest_is_real || !cell->there)
			continue;
		reasons(cell, list, sizeof(list));
		fprintf(to, "%s", lead);
		snprintf(text, sizeof(text), "%s in %s: %s.", row->name,
			comparison->report.mode[i]->name, list[0] ? list : "no exits at all");
		text_wrap(to, text, 5, 5);
		lead = "     ";
	}
}

/* Says in words where `later` is dearer than `earlier` although it should not be. */
static void surprise(const struct comparison *comparison, const struct report_row *row, u32 earlier,
	u32 later, FILE *to)
{
	const struct report_cell *a = &row->cell[earlier], *b = &row->cell[later];
	struct report_difference difference;
	char text[400];

	/* Less than a hundredth is the width of a cell. */
	if (!a->there || !b->there || cycles_each(a) <= cycles_each(b) * 1.01)
		return;
	difference = report_explain(b, a);
	fprintf(to, "Note: ");
	snprintf(text, sizeof(text), "%s costs more in %s than in %s, %.0f cycles against %.0f: its"
		" instructions make %+.0f of it, what the hardware charges for them (devices, CSRs,"
		" traps) %+.0f, monitor and firmware %+.0f%s.", row->name,
		comparison->report.mode[earlier]->name, comparison->report.mode[later]->name,
		cycles_each(a), cycles_each(b),
		(double)difference.instructions / (double)a->operations,
		(double)difference.hardware / (double)a->operations,
		(double)difference.monitor / (double)a->operations,
		difference.idle ? ", waiting the rest" : "");
	text_wrap(to, text, 6, 6);
}

static void no_gain(const struct comparison *comparison, const struct report_row *row, u32 trap,
	u32 pv, FILE *to)
{
	const struct report_cell *a = &row->cell[trap], *b = &row->cell[pv];
	char text[200];

	if (!a->there || !b->there || exits_each(a) >= 0.5 || exits_each(b) >= 0.5)
		return;
	snprintf(text, sizeof(text), "%s gains nothing from pv: it does not leave the guest, so there"
		" is nothing to save.", row->name);
	text_wrap(to, text, 0, 0);
}

void compare_text_tail(const struct comparison *comparison, FILE *to, bool all)
{
	const struct report *report = &comparison->report;
	s32 native = column_of(comparison, &mode_native);
	s32 trap = column_of(comparison, &mode_trap), pv = column_of(comparison, &mode_pv);
	const char *separator = "";

	if (native >= 0)
		fprintf(to, "1.0x is what the operation costs native; bars grow with its logarithm.\n");
	fprintf(to, "An exit is a jump from guest to monitor; native has none.\n");
	for (u32 i = 0; i < report->rows && (all || i == 0); i++)
		explain_row(comparison, &report->row[i], to);
	if (pv >= 0)
		fprintf(to, "     A hypercall is still a trap: there are fewer, and nothing to decode.\n");
	for (u32 i = 0; i < report->rows; i++) {
		const struct report_row *row = &report->row[i];

		if (trap >= 0 && pv >= 0) {
			no_gain(comparison, row, (u32)trap, (u32)pv, to);
			surprise(comparison, row, (u32)pv, (u32)trap, to);
		}
		if (native >= 0 && trap >= 0)
			surprise(comparison, row, (u32)native, (u32)trap, to);
		if (native >= 0 && pv >= 0)
			surprise(comparison, row, (u32)native, (u32)pv, to);
	}
	if (!comparison->same_output)
		fprintf(to, "The guest printed different things in different modes: that is a defect.\n");
	if (!comparison->same_files)
		fprintf(to, "The disks differ at the end: that is a defect.\n");
	if (pv >= 0 && comparison->lines_known)
		fprintf(to, "What pv asked for: %" PRIu64 " lines that the guest has for it alone.\n",
			comparison->lines_changed);
	fprintf(to, "Memory for the monitor's tables:");
	for (u32 i = 0; i < report->modes; i++) {
		if (report->mode[i]->guest_is_real)
			continue;
		fprintf(to, "%s %s %" PRIu64 " KiB", separator, report->mode[i]->name,
			report->table_bytes[i] >> 10);
		separator = ",";
	}
	fprintf(to, "\nNext: ringside follow fork | ringside %s | ringside explain exit\n",
		all ? "compare --json" : "compare --all");
}
