/*
 * Where the board's devices are (core/board.def), and how a guest ends.
 */
#ifndef GUESTS_LIB_BOARD_H
#define GUESTS_LIB_BOARD_H

#include "core/types.h"

enum board_address {
#define BOARD(name, base, irq, words) BOARD_##name = base,
#include "core/board.def"
#undef BOARD
};

/* The device register at a physical address. */
static inline volatile u8 *device8(u64 address)
{
	return (volatile u8 *)address;
}

static inline volatile u32 *device32(u64 address)
{
	return (volatile u32 *)address;
}

/* True in a guest linked with start_bare.S: it runs in M-mode, and there is no firmware to call. */
extern const u32 board_bare;

/* Powers the machine off: through the firmware, or bare through the test finisher. */
_Noreturn void board_power_off(void);

#endif
