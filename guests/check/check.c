/*
 * The count of checks and the exit status. Status 1 reaches the host as the reason of the
 * firmware's system reset, or bare through the test finisher.
 */
#include "guests/check/check.h"

#include "guests/lib/board.h"
#include "guests/lib/print.h"
#include "guests/lib/sbi.h"

enum { RESET_POWEROFF = 0, REASON_FAILURE = 1, FINISHER_FAIL = 0x3333, MOST_LINES = 20 };

static u64 checks, wrong;

void check_equal(const char *what, u64 got, u64 wanted)
{
	checks++;
	if (got == wanted)
		return;
	if (wrong++ < MOST_LINES)
		print("WRONG %s: 0x%lx instead of 0x%lx\n", what, got, wanted);
}

static _Noreturn void power_off_failed(void)
{
	if (board_bare == 0)
		sbi_srst_system_reset(RESET_POWEROFF, REASON_FAILURE);
	*device32(BOARD_finisher) = FINISHER_FAIL | 1 << 16;
	for (;;)
		;
}

_Noreturn void check_end(const char *guest)
{
	if (wrong == 0 && checks > 0) {
		print("%s: %lu checks, all right\n", guest, checks);
		board_power_off();
	}
	print("%s: %lu of %lu checks wrong\n", guest, wrong, checks);
	power_off_failed();
}
