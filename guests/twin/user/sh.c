/*
 * The shell: commands with arguments, < > >> | ; & and, of its own, cd and exit. A script's path
 * may be its argument.
 */
#include "guests/twin/user/user.h"

enum { WORDS = 64, LINE = 256 };

/* A line as words; the operators are words of their own. Single quotes keep blanks. */
struct words {
	char text[2 * LINE];
	const char *word[WORDS + 1];
	bool is_operator[WORDS + 1];
	u32 count;
};

static bool is_operator(char byte)
{
	return byte != 0 && strchr("<>|;&", byte) != NULL;
}

static void split(struct words *words, const char *line)
{
	char *out = words->text;

	words->count = 0;
	while (*line != 0 && words->count < WORDS) {
		if (*line == ' ' || *line == '\t') {
			line++;
			continue;
		}
		if (*line == '#')
			break;
		words->is_operator[words->count] = is_operator(*line);
		words->word[words->count++] = out;
		if (is_operator(*line)) {
			*out++ = *line++;
			if (out[-1] == '>' && *line == '>')
				*out++ = *line++;
		} else {
			bool quoted = false;
			for (; *line != 0 && (quoted || (*line != ' ' && *line != '\t'
				&& !is_operator(*line))); line++) {
				if (*line == '\'')
					quoted = !quoted;
				else
					*out++ = *line;
			}
		}
		*out++ = 0;
	}
	words->word[words->count] = NULL;
	words->is_operator[words->count] = true;
}

static void redirect(s64 descriptor, const char *path, u64 flags)
{
	close(descriptor);
	if (open(path, flags) != descriptor)
		fail("sh: %s cannot be opened", path);
}

/* Becomes the simple command in words [first, end), redirections done. */
static _Noreturn void become(const struct words *words, u32 first, u32 end)
{
	const char *arguments[WORDS + 1];
	char path[PATH_LENGTH];
	u32 count = 0;

	for (u32 i = first; i < end; i++) {
		const char *word = words->word[i];
		if (!words->is_operator[i]) {
			arguments[count++] = word;
			continue;
		}
		if (i + 1 == end || words->is_operator[i + 1])
			fail("sh: %s needs a file", word);
		if (word[0] == '<')
			redirect(0, words->word[++i], OPEN_READ);
		else
			redirect(1, words->word[++i], OPEN_WRITE | OPEN_CREATE
				| (word[1] == '>' ? OPEN_APPEND : OPEN_EMPTY));
	}
	arguments[count] = NULL;
	if (count == 0)
		exit(0);
	exec(arguments[0], arguments);
	format_string(path, sizeof(path), "/bin/%s", arguments[0]);
	exec(path, arguments);
	fail("sh: %s: no such program", arguments[0]);
}

/* The first operator `name` in [first, end), or end. */
static u32 find(const struct words *words, u32 first, u32 end, const char *name)
{
	while (first < end && !(words->is_operator[first] && strcmp(words->word[first], name) == 0))
		first++;
	return first;
}

/* Starts the commands of a pipeline, each reading what the one before it writes. How many. */
static u32 start_pipeline(const struct words *words, u32 first, u32 end)
{
	s64 input = -1;
	u32 started = 0;

	while (first < end) {
		u32 stop = find(words, first, end, "|");
		s32 ends[2] = {-1, -1};
		if (stop < end && pipe(ends) < 0)
			break;
		s64 child = fork();
		if (child < 0)
			print("sh: no process is left\n");
		if (child == 0) {
			if (input >= 0) {
				close(0);
				dup(input);
				close(input);
			}
			if (stop < end) {
				close(1);
				dup(ends[1]);
				close(ends[0]);
				close(ends[1]);
			}
			become(words, first, stop);
		}
		started += child > 0;
		if (input >= 0)
			close(input);
		if (stop < end)
			close(ends[1]);
		input = ends[0];
		first = stop + 1;
	}
	return started;
}

/* cd and exit must happen in the shell itself. */
static bool built_in(const struct words *words, u32 first, u32 end)
{
	const char *name = words->word[first];
	const char *argument = first + 1 < end ? words->word[first + 1] : "/";

	if (strcmp(name, "exit") == 0)
		exit(0);
	if (strcmp(name, "cd") != 0)
		return false;
	if (chdir(argument) < 0)
		print("sh: cd %s: no such directory\n", argument);
	return true;
}

static void run_line(const char *line)
{
	static struct words words;

	split(&words, line);
	for (u32 first = 0; first < words.count;) {
		u32 semicolon = find(&words, first, words.count, ";");
		u32 ampersand = find(&words, first, words.count, "&");
		u32 stop = semicolon < ampersand ? semicolon : ampersand;
		if (stop > first && !built_in(&words, first, stop)) {
			u32 started = start_pipeline(&words, first, stop);
			for (; started > 0 && ampersand >= semicolon; started--)
				wait(NULL);
		}
		first = stop + 1;
	}
}

int main(int argc, char **argv)
{
	char line[LINE];
	s64 input = 0;

	if (argc > 1) {
		input = open(argv[1], OPEN_READ);
		if (input < 0)
			fail("sh: %s cannot be opened", argv[1]);
	}
	for (;;) {
		if (argc == 1)
			print("$ ");
		if (!read_line(input, line, sizeof(line)))
			return 0;
		run_line(line);
	}
}
