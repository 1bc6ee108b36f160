/* echo WORD...: prints its arguments. */
#include "guests/twin/user/user.h"

int main(int argc, char **argv)
{
	char line[1024];
	size_t length = 0;

	for (int i = 1; i < argc; i++) {
		format_string(line + length, sizeof(line) - 1 - length, "%s%s", argv[i],
			i + 1 < argc ? " " : "");
		length += strlen(line + length);
	}
	line[length++] = '\n';
	write(1, line, length);
	return 0;
}
