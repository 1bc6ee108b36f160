/* forks: makes processes until there is no room for one more, and waits for all. */
#include "guests/twin/user/user.h"

int main(void)
{
	u32 made = 0, waited = 0;

	for (s64 child; (child = fork()) >= 0; made++)
		if (child == 0)
			return 0;
	while (wait(NULL) > 0)
		waited++;
	if (made != waited || made == 0)
		fail("forks: %u made, %u waited for", made, waited);
	print("forks: %u processes made, and waited for\n", made);
	return 0;
}
