/* kill PROCESS...: ends processes. */
#include "guests/twin/user/user.h"

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (kill(string_number(argv[i])) < 0)
			fail("kill: %s: no such process", argv[i]);
	return 0;
}
