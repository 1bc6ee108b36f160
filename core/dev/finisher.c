/*
 * The test finisher: one register, three values, all others ignored.
 */
#include "core/dev/finisher.h"

enum {
	FINISHER_FAIL = 0x3333,
	FINISHER_PASS = 0x5555,
	FINISHER_RESET = 0x7777
};

static u64 finisher_read(void *self, u64 offset, unsigned width)
{
	(void)self;
	(void)offset;
	(void)width;
	return 0;
}

static void finisher_write(void *self, u64 offset, u64 value, unsigned width)
{
	const struct finisher *finisher = self;
	struct stop *stop = finisher->stop;

	(void)width;
	if (offset != 0 || stop->kind != STOP_NONE)
		return;
	switch (value & 0xffff) {
	case FINISHER_PASS:
		*stop = (struct stop){ .kind = STOP_POWEROFF };
		break;
	case FINISHER_FAIL:
		*stop = (struct stop){ .kind = STOP_POWEROFF, .status = value >> 16 & 0xffff };
		break;
	case FINISHER_RESET:
		*stop = (struct stop){ .kind = STOP_REBOOT };
		break;
	}
}

static void finisher_reset(void *self)
{
	(void)self;
}

static const struct device_register finisher_registers[] = {
	{ 0, 4, "finish", "0x5555: success; 0x3333 | code << 16: failure; 0x7777: reboot" },
	{ 0 }
};

const struct device finisher_device = {
	.name = "finisher",
	.words = "SiFive test finisher: power-off with an exit status, reboot",
	.window = 0x1000,
	.widths = 2 | 4,
	.registers = finisher_registers,
	.read = finisher_read,
	.write = finisher_write,
	.reset = finisher_reset,
};

void finisher_create(struct finisher *finisher, struct stop *stop)
{
	finisher->stop = stop;
}
