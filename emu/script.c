/*
 * Reading a script, and doing it line by line as bytes and time pass. See script.h.
 */
#define _GNU_SOURCE /* memmem */
#include "emu/script.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/file.h"

enum {
	SCRIPT_LARGEST = 1 << 20, /* bytes of a file */
	HEARD_MOST = 1 << 20,     /* bytes of output kept for an expectation to come */
	TIMEOUT = 60,             /* seconds, unless the script says otherwise */
	SECONDS_MOST = 1000000,
};
static const u64 cycles_per_second = 1000000000;

enum action { ACTION_EXPECT, ACTION_TYPE, ACTION_WAIT, ACTION_LEAVE };

struct script_line {
	enum action action;
	u32 number;  /* in the file, from 1 */
	u64 cycles;  /* to wait; to wait at most for an expectation */
	u8 *text;    /* owned */
	u64 length;
};

/* Reading. */

static int hex_digit(char c)
{
	return isdigit((u8)c) ? c - '0' : isxdigit((u8)c) ? tolower((u8)c) - 'a' + 10 : -1;
}

/* One character at *from, escapes included; moves *from on. -1: a broken escape. */
static int read_character(const char **from)
{
	const char *c = (*from)++;

	if (*c != '\\')
		return (u8)*c;
	(*from)++;
	switch (c[1]) {
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	case '\\':
		return '\\';
	case 'x':
		if (hex_digit(c[2]) < 0 || hex_digit(c[3]) < 0)
			return -1;
		*from += 2;
		return hex_digit(c[2]) << 4 | hex_digit(c[3]);
	default:
		return -1;
	}
}

/* `more` is room for what the caller appends. */
static bool read_text(struct script_line *line, const char *from, u64 more, const char *where,
	struct fault *fault)
{
	line->text = malloc(strlen(from) + more + 1);
	if (!line->text)
		return fault_set(fault, "%s: no memory for a line", where);
	while (*from) {
		int c = read_character(&from);

		if (c < 0)
			return fault_set(fault, "%s: after a backslash stands n, r, t, x and two "
				"hexadecimal digits, or another backslash", where);
		line->text[line->length++] = (u8)c;
	}
	return true;
}

/* Seconds with a decimal point, exactly: "0.25". */
static bool read_seconds(u64 *cycles, const char *from, const char *where, struct fault *fault)
{
	u64 unit = cycles_per_second;
	const char *c = from;

	*cycles = 0;
	for (; isdigit((u8)*c) && *cycles <= SECONDS_MOST * cycles_per_second; c++)
		*cycles = *cycles * 10 + (u64)(*c - '0') * cycles_per_second;
	if (*c == '.' && c > from)
		for (c++; isdigit((u8)*c) && unit > 1; c++)
			*cycles += (u64)(*c - '0') * (unit /= 10);
	if (c == from || *c || *cycles > SECONDS_MOST * cycles_per_second)
		return fault_set(fault, "%s: '%.40s' is no number of seconds (0 to %d)", where,
			from, SECONDS_MOST);
	return true;
}

/* One line, trimmed, into the next place of the script. */
static bool read_line(struct script *script, u64 *timeout, char *text, u32 number,
	struct fault *fault)
{
	struct script_line *line = &script->line[script->lines];
	size_t verb = strcspn(text, " \t");
	const char *rest = text + verb + strspn(text + verb, " \t");
	char where[240];

	snprintf(where, sizeof(where), "%.200s:%u", script->path, number);
	*line = (struct script_line){ .number = number };
	text[verb] = 0;
	if (!strcmp(text, "timeout"))
		return read_seconds(timeout, rest, where, fault);
	script->lines++;
	if (!strcmp(text, "leave")) {
		line->action = ACTION_LEAVE;
		return !*rest || fault_set(fault, "%s: nothing can follow 'leave'", where);
	}
	if (!strcmp(text, "wait")) {
		line->action = ACTION_WAIT;
		return read_seconds(&line->cycles, rest, where, fault);
	}
	if (!strcmp(text, "expect")) {
		line->action = ACTION_EXPECT;
		line->cycles = *timeout;
		return read_text(line, rest, 0, where, fault) && (line->length
			|| fault_set(fault, "%s: expect what?", where));
	}
	line->action = ACTION_TYPE;
	if (!strcmp(text, "type"))
		return read_text(line, rest, 0, where, fault);
	if (strcmp(text, "send"))
		return fault_set(fault, "%s: there is no '%.40s' (expect, send, type, wait, "
			"timeout, leave)", where, text);
	if (!read_text(line, rest, 1, where, fault))
		return false;
	line->text[line->length++] = '\r';
	return true;
}

static bool read_lines(struct script *script, char *text, struct fault *fault)
{
	u64 timeout = TIMEOUT * cycles_per_second;
	u32 number = 1, lines = 1;

	for (const char *c = text; *c; c++)
		lines += *c == '\n';
	script->line = calloc(lines, sizeof(*script->line));
	if (!script->line)
		return fault_set(fault, "'%.200s': no memory for a script", script->path);
	for (char *next; text; text = next, number++) {
		size_t length;

		next = strchr(text, '\n');
		if (next)
			*next++ = 0;
		text += strspn(text, " \t");
		for (length = strlen(text); length && strchr(" \t\r", text[length - 1]); length--)
			text[length - 1] = 0;
		if (*text && *text != '#' && !read_line(script, &timeout, text, number, fault))
			return false;
	}
	return true;
}

/* The lines that need neither bytes nor time. */
static void script_settle(struct script *script);

bool script_create(struct script *script, const char *path, const struct host *below, bool keyboard,
	struct fault *fault)
{
	u8 *bytes;
	u64 length;
	char *text;
	bool good;

	*script = (struct script){ .path = path, .below = *below, .keyboard = keyboard };
	if (!file_read_all(path, SCRIPT_LARGEST, &bytes, &length, fault))
		return false;
	text = strndup((const char *)bytes, length);
	script->heard = malloc(HEARD_MOST);
	if (!text || !script->heard)
		good = fault_set(fault, "'%.200s': no memory for a script", path);
	else if (strlen(text) != length)
		good = fault_set(fault, "'%.200s' is no script: it holds a zero byte", path);
	else
		good = read_lines(script, text, fault);
	free(bytes);
	free(text);
	if (good)
		script_settle(script);
	else
		script_destroy(script);
	return good;
}

void script_destroy(struct script *script)
{
	for (u32 i = 0; i < script->lines; i++)
		free(script->line[i].text);
	free(script->line);
	free(script->heard);
	*script = (struct script){ 0 };
}

/* Doing. */

static void script_next(struct script *script)
{
	script->at++;
	script->since = script->now;
	script->typed = 0;
}

/* Has the text expected come? If so it and what stands before it are used up. */
static bool script_heard(struct script *script, const struct script_line *line)
{
	u64 from = script->searched >= line->length ? script->searched - line->length + 1 : 0;
	const u8 *found = script->length > from ? memmem(script->heard + from,
		script->length - from, line->text, line->length) : NULL;
	u64 used;

	script->searched = script->length;
	if (!found)
		return false;
	used = (u64)(found - script->heard) + line->length;
	script->length -= used;
	script->searched = 0;
	memmove(script->heard, script->heard + used, script->length);
	return true;
}

static void script_settle(struct script *script)
{
	while (!script_done(script) && !script->failed && !script->left) {
		const struct script_line *line = &script->line[script->at];
		bool late = script->now - script->since >= line->cycles;

		if (line->action == ACTION_LEAVE)
			script->left = true;
		else if (line->action == ACTION_EXPECT && !script_heard(script, line)) {
			script->failed = late;
			return;
		} else if (line->action == ACTION_TYPE && script->typed < line->length)
			return;
		else if (line->action == ACTION_WAIT && !late)
			return;
		else
			script_next(script);
	}
}

/* A wait ends, and an expectation fails, at its own time and not when we happen to hear of it. */
static void script_time(struct script *script, u64 cycle)
{
	u64 deadline = script_deadline(script), now = script->offset + cycle;

	while (deadline != NEVER && script->offset + deadline <= now && !script->failed) {
		script->now = script->offset + deadline;
		script_settle(script);
		deadline = script_deadline(script);
	}
	if (now > script->now)
		script->now = now;
}

void script_advance(struct script *script, u64 cycle)
{
	script_time(script, cycle);
	script_settle(script);
}

void script_rebooted(struct script *script)
{
	script->offset = script->now;
}

u64 script_deadline(const struct script *script)
{
	const struct script_line *line = &script->line[script->at];

	if (script_done(script) || script->failed || script->left
			|| (line->action != ACTION_EXPECT && line->action != ACTION_WAIT))
		return NEVER;
	return script->since + line->cycles - script->offset;
}

/* Keeps the newest HEARD_MOST bytes. */
static void script_hear(struct script *script, const u8 *bytes, u64 length)
{
	u64 over;

	if (length > HEARD_MOST) {
		bytes += length - HEARD_MOST;
		length = HEARD_MOST;
	}
	over = script->length + length > HEARD_MOST ? script->length + length - HEARD_MOST : 0;
	memmove(script->heard, script->heard + over, script->length - over);
	script->length -= over;
	script->searched = script->searched > over ? script->searched - over : 0;
	memcpy(script->heard + script->length, bytes, length);
	script->length += length;
}

static void script_write(void *self, u32 port, u64 cycle, const u8 *bytes, u64 length)
{
	struct script *script = self;

	script->below.console_write(script->below.self, port, cycle, bytes, length);
	script_time(script, cycle);
	if (!script_done(script))
		script_hear(script, bytes, length);
	script_settle(script);
}

static int script_read(void *self, u32 port, u64 cycle)
{
	struct script *script = self;
	const struct script_line *line;
	u8 byte;

	script_advance(script, cycle);
	if (script_done(script))
		return script->keyboard
			? script->below.console_read(script->below.self, port, cycle) : HOST_END;
	line = &script->line[script->at];
	if (line->action != ACTION_TYPE || script->failed)
		return HOST_NONE;
	byte = line->text[script->typed++];
	script_settle(script);
	return byte;
}

struct host script_host(struct script *script)
{
	return (struct host){ script, script_write, script_read };
}

/* The text that did not come, printable. */
static void quote(const struct script_line *line, char *text, size_t size)
{
	size_t used = 0;

	for (u64 i = 0; i < line->length && used + 5 < size; i++) {
		bool plain = line->text[i] >= ' ' && line->text[i] < 0x7f;

		used += (size_t)snprintf(text + used, size - used, plain ? "%c" : "\\x%02x",
			line->text[i]);
	}
	text[used] = 0;
}

bool script_result(const struct script *script, struct fault *fault)
{
	const struct script_line *line = &script->line[script->at];
	char text[80];

	if (script_done(script) || script->left)
		return true;
	if (line->action != ACTION_EXPECT)
		return fault_set(fault, "%.160s:%u: the guest ended before this line was done",
			script->path, line->number);
	quote(line, text, sizeof(text));
	if (script->failed)
		return fault_set(fault, "%.160s:%u: '%s' did not come within %llu ms of the "
			"guest's time", script->path, line->number, text,
			(unsigned long long)(line->cycles / (cycles_per_second / 1000)));
	return fault_set(fault, "%.160s:%u: the guest ended before it wrote '%s'", script->path,
		line->number, text);
}
