/* cat [PATH...]: copies files, or its input, to its output. */
#include "guests/twin/user/user.h"

static void copy(s64 file)
{
	static char bytes[1024];
	s64 count;

	while ((count = read(file, bytes, sizeof(bytes))) > 0)
		if (write(1, bytes, (u64)count) != count)
			fail("cat: cannot write");
	if (count < 0)
		fail("cat: cannot read");
}

int main(int argc, char **argv)
{
	if (argc == 1)
		copy(0);
	for (int i = 1; i < argc; i++) {
		s64 file = open(argv[i], OPEN_READ);
		if (file < 0)
			fail("cat: %s cannot be opened", argv[i]);
		copy(file);
		close(file);
	}
	return 0;
}
