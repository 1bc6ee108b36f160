/* sleep TICKS: waits; a tick is a hundredth of a second. */
#include "guests/twin/user/user.h"

int main(int argc, char **argv)
{
	if (argc != 2)
		fail("usage: sleep TICKS");
	return (int)sleep(string_number(argv[1]));
}
