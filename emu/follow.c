/*
 * `ringside follow OPERATION`: one operation of the twin kernel, step by step, mode beside mode.
 * Each guest runs the operation once with the trace on; what lies between the workload's markers,
 * less the markers' own system calls, becomes a column of lines: what the guest did, where it went,
 * what that was charged.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cpu/decode.h"
#include "emu/guest.h"
#include "emu/stage.h"
#include "emu/verb.h"
#include "emu/view/text.h"
#include "pv/hypercall.h"

enum {
	FOLLOW_MEMORY = 64 << 20,
	FOLLOW_EVENTS = 1 << 18,
	SCREEN = 20, /* lines before Enter is asked for */
	COLUMN = 26
};

/* One line of a column. */
struct line {
	char what[64];
	char where[16];
	u64 price;
	bool detail; /* a part of the line before: its price is in that one */
};

struct column {
	const struct virt_mode *mode;
	struct stage stage;
	struct trace_event *event;
	u32 events;
	struct line *line;
	u32 lines;
	u64 csr_accesses; /* executed directly: not worth a line each */
};

static const struct virt_mode *const modes[] = { &mode_native, &mode_trap, &mode_pv };

static const char *cause_name(u64 cause)
{
	static const char *const exceptions[CAUSES] = {
#define EXCEPTION(code, name, words) [code] = #name,
#define INTERRUPT(code, name, words)
#include "cpu/cause.def"
#undef EXCEPTION
#undef INTERRUPT
	};
	static const char *const interrupts[IRQS] = {
#define EXCEPTION(code, name, words)
#define INTERRUPT(code, name, words) [code] = #name,
#include "cpu/cause.def"
#undef EXCEPTION
#undef INTERRUPT
	};
	const char *name = cause & CAUSE_INTERRUPT ? interrupts[cause & (IRQS - 1)]
		: exceptions[cause & (CAUSES - 1)];

	return name ? name : "?";
}

/* What is told of a virtualized guest: its exits and their parts. What the real hart did on the way
 * there is in the exits' prices. */
static bool is_told(const struct column *column, const struct trace_event *event)
{
	if (column->mode->guest_is_real)
		return true;
	return event->kind == TRACE_EXIT || event->kind == TRACE_HYPERCALL
		|| event->kind == TRACE_INJECT;
}

/* Keeps the events between the markers of the operation. */
static void collect(struct column *column, const char *operation)
{
	const struct vm_state *state = &column->stage.machine->monitor.vm.state;
	struct trace_event event;
	bool inside = false;

	while (trace_drain(&column->stage.machine->trace, &event)) {
		if (event.kind == TRACE_MARK)
			inside = event.b && event.a < WORKLOADS
				&& !strcmp(state->workload[event.a].name, operation);
		else if (inside && is_told(column, &event))
			column->event[column->events++] = event;
	}
}

/* Traced before the exit that it belongs to. */
static bool is_part(const struct trace_event *event)
{
	return event->kind == TRACE_HYPERCALL || event->kind == TRACE_INJECT;
}

static bool enters_kernel(const struct trace_event *event)
{
	return event->level == LEVEL_U && ((event->kind == TRACE_TRAP && event->a == CAUSE_ecall_u)
		|| (event->kind == TRACE_EXIT && event->a == EXIT_system_call));
}

/* Takes off the end of the first marker's system call and the beginning of the last one's. */
static void trim(struct column *column)
{
	const struct trace_event *event = column->event;
	u32 first = 0, last = column->events;

	while (first < last && (is_part(&event[first]) || event[first].level != LEVEL_U))
		first++;
	/* A return is traced at the level it went to: it is the marker's own. */
	if (first < last && event[first].kind == TRACE_RETURN)
		first++;
	while (first > 0 && is_part(&event[first - 1]))
		first--;
	while (last > first && !enters_kernel(&event[last - 1]))
		last--;
	if (last > first)
		last--;
	while (last > first && is_part(&event[last - 1]))
		last--;
	memmove(column->event, event + first, (last - first) * sizeof(*event));
	column->events = last - first;
}

static struct line *add_line(struct column *column, u64 price, const char *where)
{
	struct line *line = &column->line[column->lines++];

	memset(line, 0, sizeof(*line));
	line->price = price;
	snprintf(line->where, sizeof(line->where), "%s", where);
	return line;
}

/* "csrw sepc", "csrr t0 = sepc": as people write them, short enough for a column. */
static void privileged_text(const struct insn *insn, u64 pc, char *text, size_t size)
{
	static const char *const plain[] = { "csrw", "csrs", "csrc" };
	char csr[32];

	if (insn->id < INSN_csrrw || insn->id > INSN_csrrci) {
		disasm(insn, pc, text, size);
		return;
	}
	csr_name((u32)insn->imm & 0xfff, csr, sizeof(csr));
	if (insn->rs1 == 0 && insn->id != INSN_csrrw && insn->id != INSN_csrrwi)
		snprintf(text, size, "csrr %s", csr);
	else if (insn->rd == 0)
		snprintf(text, size, "%s %s", plain[(insn->id - INSN_csrrw) % 3], csr);
	else
		snprintf(text, size, "%s %s", insn_rows[insn->id].name, csr);
}

static const char *exit_where(const struct trace_event *event)
{
	switch (event->a) {
	case EXIT_system_call:
	case EXIT_fault_true:
	case EXIT_exception:
	case EXIT_interrupt:
		return "kernel";
	case EXIT_device_read:
	case EXIT_device_write:
		return "device";
	default:
		return "monitor";
	}
}

static void exit_line(struct column *column, const struct trace_event *event, u32 parts)
{
	const struct bus_window *window;
	struct line *line = add_line(column, event->price,
		column->mode->guest_is_real ? "firmware" : exit_where(event));
	struct insn insn = decode(&column->stage.machine->isa, event->insn);
	const struct trace_event *part = event - parts;
	char text[64];

	privileged_text(&insn, event->pc, text, sizeof(text));
	switch (event->a) {
	case EXIT_hypercall:
		snprintf(line->what, sizeof(line->what), "%s", event->b < HYPERCALLS
			? hypercall_rows[event->b].name : "unknown call");
		for (u32 i = 0; i < parts; i++)
			if (part[i].kind == TRACE_HYPERCALL && part[i].a != event->b) {
				struct line *detail = add_line(column, 0, "");

				detail->detail = true;
				snprintf(detail->what, sizeof(detail->what), " + %s",
					hypercall_rows[part[i].a].name);
			}
		break;
	case EXIT_device_read:
	case EXIT_device_write:
		window = bus_find(&column->stage.machine->monitor.vm.board.bus, event->b, 1);
		snprintf(line->what, sizeof(line->what), "%s %s", insn_rows[insn.id].name,
			window ? window->device->name : "nothing");
		break;
	case EXIT_fault_hidden:
	case EXIT_fault_true:
	case EXIT_fault_dirty:
	case EXIT_interrupt:
	case EXIT_system_call:
		snprintf(line->what, sizeof(line->what), "%s", event->a == EXIT_system_call
			? "ecall" : exit_infos[event->a].name);
		break;
	default:
		snprintf(line->what, sizeof(line->what), "%s", event->insn ? text
			: exit_infos[event->a].name);
		break;
	}
	for (char *c = line->what; *c; c++)
		if (*c == '\t' || *c == '_')
			*c = ' ';
}

static void direct_line(struct column *column, const struct trace_event *event)
{
	const struct bus_window *window;
	struct line *line;

	switch (event->kind) {
	case TRACE_TRAP:
		line = add_line(column, event->price, "kernel");
		snprintf(line->what, sizeof(line->what), "%s", event->a == CAUSE_ecall_u ? "ecall"
			: cause_name(event->a));
		break;
	case TRACE_RETURN:
		line = add_line(column, event->price, event->a == LEVEL_U ? "user" : "kernel");
		snprintf(line->what, sizeof(line->what), "sret");
		break;
	case TRACE_FENCE:
		line = add_line(column, event->price, "hardware");
		snprintf(line->what, sizeof(line->what), "fence");
		break;
	case TRACE_DEVICE:
		window = bus_find(&column->stage.machine->monitor.vm.board.bus, event->a, 1);
		line = add_line(column, event->price, "device");
		snprintf(line->what, sizeof(line->what), "%s %s", event->b ? "store" : "load",
			window ? window->device->name : "nothing");
		break;
	case TRACE_CSR:
		column->csr_accesses++;
		break;
	default:
		break;
	}
}

/* A native guest's traps to its firmware are told by their exits. */
static bool told_by_exit(const struct column *column, const struct trace_event *event)
{
	u64 delegated = column->stage.machine->hart[0].priv.edeleg;

	if (!column->mode->guest_is_real || event->kind != TRACE_TRAP)
		return !column->mode->guest_is_real;
	if (event->a & CAUSE_INTERRUPT)
		return !(column->stage.machine->hart[0].priv.ideleg >> (event->a & 63) & 1);
	return !(delegated >> event->a & 1);
}

static void make_lines(struct column *column)
{
	u32 parts = 0;

	for (u32 i = 0; i < column->events; i++) {
		const struct trace_event *event = &column->event[i];

		if (event->kind == TRACE_EXIT) {
			exit_line(column, event, parts);
			parts = 0;
		} else if (event->kind == TRACE_HYPERCALL || event->kind == TRACE_INJECT) {
			parts++;
		} else {
			parts = 0;
			if (!told_by_exit(column, event))
				direct_line(column, event);
		}
	}
}

static bool run_column(struct column *column, const struct stage_config *config,
	const char *operation, struct fault *fault)
{
	bool found = false;

	column->event = calloc(FOLLOW_EVENTS, sizeof(*column->event));
	column->line = calloc(2 * FOLLOW_EVENTS, sizeof(*column->line));
	if (!column->event || !column->line)
		return fault_set(fault, "out of memory for the trace");
	if (!stage_create(&column->stage, config, fault))
		return false;
	for (const struct workload *workload; (workload = stage_next(&column->stage));)
		found |= !strcmp(workload->name, operation);
	if (!found)
		return fault_set(fault, "'%s' is not an operation of the twin kernel: null-call,"
			" fault, map64, fork, exec, pipe, switch, switch8, switch16, tick, write, line,"
			" file, block, mask, compute, memory", operation);
	collect(column, operation);
	trim(column);
	make_lines(column);
	return true;
}

static void print_line(const struct column *column, u32 index)
{
	const struct line *line = &column->line[index];

	if (index >= column->lines)
		printf("%-*s", COLUMN, "");
	else if (line->detail)
		printf("%-*.*s", COLUMN, COLUMN - 1, line->what);
	else
		printf("%-13.13s %-8.8s%4llu", line->what, line->where, (unsigned long long)line->price);
	if (index < column->lines && !line->detail)
		printf("%-*s", line->price > 9999 ? 0 : COLUMN - 26, "");
}

/* Waits for Enter between screens; false when the reader has had enough. */
static bool turn_page(void)
{
	int c;

	printf("-- Enter: go on, q: enough -- ");
	fflush(stdout);
	c = getchar();
	if (c == 'q' || c == EOF)
		return false;
	while (c != '\n' && c != EOF)
		c = getchar();
	return true;
}

static void print_columns(const struct column *column, u32 count, bool pages,
	const struct style *style)
{
	u32 lines = 0;

	printf("%s", style->bold);
	for (u32 i = 0; i < count; i++) {
		printf("%-*s ", COLUMN, column[i].mode->name);
		if (column[i].lines > lines)
			lines = column[i].lines;
	}
	printf("%s\n", style->off);
	for (u32 line = 0; line < lines; line++) {
		if (pages && line && line % SCREEN == 0 && !turn_page())
			return;
		for (u32 i = 0; i < count; i++) {
			print_line(&column[i], line);
			putchar(i + 1 < count ? ' ' : '\n');
		}
	}
	for (u32 i = 0; i < count; i++) {
		u64 sum = 0, number = 0;
		char text[64];

		for (u32 line = 0; line < column[i].lines; line++) {
			sum += column[i].line[line].price;
			number += !column[i].line[line].detail;
		}
		snprintf(text, sizeof(text), "= %llu events", (unsigned long long)number);
		printf("%s%-13s %-8s%4llu%s%c", style->bold, text, "cycles:",
			(unsigned long long)sum, style->off, i + 1 < count ? ' ' : '\n');
	}
}

static void print_tail(const struct column *column, u32 count, const struct prices *prices)
{
	char text[300];

	for (u32 i = 0; i < count; i++) {
		if (!column[i].csr_accesses)
			continue;
		snprintf(text, sizeof(text), "In %s, %llu CSR accesses ran directly, %u cycles a read and"
			" %u a write: in mode trap such an access is an exit.", column[i].mode->name,
			(unsigned long long)column[i].csr_accesses, prices->hart.csr_read,
			prices->hart.csr_write);
		text_wrap(stdout, text, 0, 0);
	}
	printf("What the guest did, where it went, and the modelled cycles charged (prices: %s).\n"
		"One operation, the first: with the system call that asks for it, and the pages it\n"
		"touches for the first time. ringside compare shows the average of many.\n",
		prices->name);
}

static int perform(struct column *column, const struct options *options)
{
	const char *operation = options->argument[0];
	struct stage_config config = { .memory = FOLLOW_MEMORY, .trace = FOLLOW_EVENTS };
	char image[PATH_MAX], bootargs[128];
	struct guest guest;
	struct style style = style_of(stdout, options->plain);
	bool pages = !options->all && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	struct fault fault;

	if (strlen(operation) >= WORKLOAD_NAME)
		return refuse(&(struct fault){ "follow: no operation has so long a name" });
	if (!prices_load(&config.prices, options->prices, &fault)
	    || !guest_find("twin", &guest, &fault) || !guest_file("twin/twin.img", image, &fault))
		return refuse(&fault);
	snprintf(bootargs, sizeof(bootargs), "bench=%s ops=1 poweroff", operation);
	config.guest = guest.path;
	config.image = image;
	config.bootargs = bootargs;
	for (u32 i = 0; i < options->modes.count; i++) {
		for (u32 mode = 0; mode < sizeof(modes) / sizeof(modes[0]); mode++)
			if (!strcmp(modes[mode]->name, options->modes.name[i]))
				column[i].mode = config.mode = modes[mode];
		if (!run_column(&column[i], &config, operation, &fault))
			return refuse(&fault);
	}
	print_columns(column, options->modes.count, pages, &style);
	print_tail(column, options->modes.count, &config.prices);
	return STATUS_GOOD;
}

int verb_follow(const struct options *options)
{
	struct column *column = calloc(OPTION_MODES, sizeof(*column));
	int status;

	if (!column)
		return refuse(&(struct fault){ "out of memory" });
	status = perform(column, options);
	for (u32 i = 0; i < OPTION_MODES; i++) {
		stage_destroy(&column[i].stage);
		free(column[i].event);
		free(column[i].line);
	}
	free(column);
	return status;
}
