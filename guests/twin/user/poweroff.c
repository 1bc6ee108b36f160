/* poweroff: switches the machine off. */
#include "guests/twin/user/user.h"

int main(void)
{
	poweroff();
	fail("poweroff: the machine stays on");
}
