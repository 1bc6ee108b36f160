/* wc [PATH]: counts lines, words and bytes. */
#include "guests/twin/user/user.h"

int main(int argc, char **argv)
{
	static char bytes[1024];
	s64 file = argc > 1 ? open(argv[1], OPEN_READ) : 0;
	u64 lines = 0, words = 0, total = 0;
	bool in_word = false;

	if (file < 0)
		fail("wc: %s cannot be opened", argv[1]);
	for (s64 count; (count = read(file, bytes, sizeof(bytes))) > 0; total += (u64)count)
		for (s64 i = 0; i < count; i++) {
			bool blank = bytes[i] == ' ' || bytes[i] == '\n' || bytes[i] == '\t';
			lines += bytes[i] == '\n';
			words += !blank && !in_word;
			in_word = !blank;
		}
	print("%lu %lu %lu%s%s\n", lines, words, total, argc > 1 ? " " : "",
		argc > 1 ? argv[1] : "");
	return 0;
}
