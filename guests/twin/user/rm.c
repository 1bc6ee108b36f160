/* rm PATH...: removes files and empty directories. */
#include "guests/twin/user/user.h"

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (unlink(argv[i]) < 0)
			fail("rm: %s cannot be removed", argv[i]);
	return 0;
}
