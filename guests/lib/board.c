/*
 * Power-off. The firmware's call first; where it is missing or bare, the test finisher's register.
 */
#include "guests/lib/board.h"
#include "guests/lib/sbi.h"

enum { FINISHER_PASS = 0x5555 };

_Noreturn void board_power_off(void)
{
	if (board_bare == 0)
		sbi_srst_system_reset(0, 0);
	*device32(BOARD_finisher) = FINISHER_PASS;
	for (;;)
		;
}
