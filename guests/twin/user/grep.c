/* grep TEXT [PATH]: the lines that contain the text. */
#include "guests/twin/user/user.h"

static bool contains(const char *line, const char *text)
{
	size_t length = strlen(text);

	for (; strlen(line) >= length; line++)
		if (strncmp(line, text, length) == 0)
			return true;
	return false;
}

int main(int argc, char **argv)
{
	char line[256];

	if (argc < 2)
		fail("usage: grep TEXT [PATH]");
	s64 file = argc > 2 ? open(argv[2], OPEN_READ) : 0;
	if (file < 0)
		fail("grep: %s cannot be opened", argv[2]);
	while (read_line(file, line, sizeof(line)))
		if (contains(line, argv[1]))
			print("%s\n", line);
	return 0;
}
