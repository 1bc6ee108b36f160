/* mkdir PATH...: makes directories. */
#include "guests/twin/user/user.h"

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (mkdir(argv[i]) < 0)
			fail("mkdir: %s cannot be made", argv[i]);
	return 0;
}
