/*
 * The CLINT. A hart's timer line is a function of time and compare, set again after every store and
 * whenever the earliest compare in the future comes due; one clock event serves all harts.
 */
#include "core/dev/clint.h"

#include <assert.h>
#include <string.h>

enum {
	CLINT_SOFTWARE = 0x0000,
	CLINT_COMPARE = 0x4000,
	CLINT_TIME = 0xbff8,

	CLINT_MSIP = 1 << 3, /* bits of mip */
	CLINT_MTIP = 1 << 7
};

/* The cycle that begins the tick `ticks` after this one; NEVER when past counting. */
static u64 clint_cycle(const struct clint *clint, u64 ticks)
{
	u64 now = clock_ticks(clint->clock);

	return ticks > NEVER / CYCLES_PER_TICK - now ? NEVER : (now + ticks) * CYCLES_PER_TICK;
}

static void clint_update(struct clint *clint)
{
	u64 time = clint_time(clint);
	u64 next = NEVER;

	for (u32 hart = 0; hart < clint->harts; hart++) {
		u64 compare = clint->state.compare[hart];
		bool due = time >= compare;

		irq_set(&clint->timer_line[hart], due);
		if (!due && clint_cycle(clint, compare - time) < next)
			next = clint_cycle(clint, compare - time);
	}
	clock_set(clint->clock, clint->timer, next);
}

static void clint_fire(void *self, u64 when)
{
	(void)when;
	clint_update(self);
}

void clint_set_compare(struct clint *clint, u32 hart, u64 time)
{
	assert(hart < clint->harts);
	clint->state.compare[hart] = time;
	clint_update(clint);
}

void clint_set_software(struct clint *clint, u32 hart, bool pending)
{
	assert(hart < clint->harts);
	clint->state.software[hart] = pending;
	irq_set(&clint->software_line[hart], pending);
}

/* `value` stored over `width` bytes of `old` at `offset` within it; 4 or 8 bytes. */
static u64 clint_merge(u64 old, u64 offset, u64 value, unsigned width)
{
	if (width == 8)
		return value;
	if (offset & 4)
		return (old & UINT32_MAX) | value << 32;
	return (old & ~(u64)UINT32_MAX) | (value & UINT32_MAX);
}

/* The part of `word` that an access of `width` at `offset` sees. */
static u64 clint_part(u64 word, u64 offset, unsigned width)
{
	return width == 8 ? word : (u32)(offset & 4 ? word >> 32 : word);
}

static u64 clint_read(void *self, u64 offset, unsigned width)
{
	const struct clint *clint = self;
	const struct clint_state *state = &clint->state;
	u64 hart;

	if ((offset & ~UINT64_C(7)) == CLINT_TIME)
		return clint_part(clint_time(clint), offset, width);
	if (offset >= CLINT_COMPARE) {
		hart = (offset - CLINT_COMPARE) / 8;
		return hart < clint->harts ? clint_part(state->compare[hart], offset, width) : 0;
	}
	hart = (offset - CLINT_SOFTWARE) / 4;
	return width == 4 && hart < clint->harts ? state->software[hart] : 0;
}

static void clint_write(void *self, u64 offset, u64 value, unsigned width)
{
	struct clint *clint = self;
	struct clint_state *state = &clint->state;
	u64 hart;

	if ((offset & ~UINT64_C(7)) == CLINT_TIME) {
		u64 time = clint_merge(clint_time(clint), offset, value, width);

		state->offset = time - clock_ticks(clint->clock);
		clint_update(clint);
	} else if (offset >= CLINT_COMPARE) {
		hart = (offset - CLINT_COMPARE) / 8;
		if (hart < clint->harts)
			clint_set_compare(clint, (u32)hart,
				clint_merge(state->compare[hart], offset, value, width));
	} else {
		hart = (offset - CLINT_SOFTWARE) / 4;
		if (width == 4 && hart < clint->harts)
			clint_set_software(clint, (u32)hart, value & 1);
	}
}

static void clint_reset(void *self)
{
	struct clint *clint = self;

	memset(&clint->state, 0, sizeof(clint->state));
	for (u32 hart = 0; hart < CLINT_HARTS; hart++)
		clint->state.compare[hart] = NEVER;
	clint_restored(clint);
	clint_update(clint);
}

static const struct device_register clint_registers[] = {
	{ CLINT_SOFTWARE, 4 * CLINT_HARTS, "msip", "software interrupt, one word per hart" },
	{ CLINT_COMPARE, 8 * CLINT_HARTS, "mtimecmp", "time of each hart's next interrupt" },
	{ CLINT_TIME, 8, "mtime", "the time, 10 MHz" },
	{ 0 }
};

const struct device clint_device = {
	.name = "clint",
	.words = "core-local interruptor: the time, and each hart's timer and software interrupt",
	.window = 0x10000,
	.widths = 4 | 8,
	.registers = clint_registers,
	.read = clint_read,
	.write = clint_write,
	.reset = clint_reset,
};

void clint_create(struct clint *clint, struct clock *clock, u32 harts, u64 *const *lines)
{
	assert(harts >= 1 && harts <= CLINT_HARTS);
	memset(clint, 0, sizeof(*clint));
	clint->clock = clock;
	clint->harts = harts;
	for (u32 hart = 0; hart < harts; hart++) {
		clint->timer_line[hart] = irq_word_line(lines[hart], CLINT_MTIP);
		clint->software_line[hart] = irq_word_line(lines[hart], CLINT_MSIP);
	}
	clint->timer = clock_register(clock, "timer", clint_fire, clint);
	clint_reset(clint);
}

/* An event that is due and has not fired yet will raise its line when it does. */
void clint_restored(struct clint *clint)
{
	u64 now = clint->clock->state.now;
	u64 when = clint->clock->state.when[clint->timer];
	u64 time = (when > now ? now : when - 1) / CYCLES_PER_TICK + clint->state.offset;

	for (u32 hart = 0; hart < clint->harts; hart++) {
		irq_set(&clint->software_line[hart], clint->state.software[hart] & 1);
		irq_set(&clint->timer_line[hart], time >= clint->state.compare[hart]);
	}
}
