/*
 * The PLIC. Three words of bits tell each source's life: `level` is its wire, `pending` a request
 * that no context has claimed, `waiting` a gateway that is shut until the claim is completed.
 *
 *	level high, gateway open -> pending + waiting -> claim: waiting -> complete: open again
 */
#include "core/dev/plic.h"

#include <assert.h>
#include <string.h>

enum {
	PLIC_PRIORITY = 0x000000,
	PLIC_PENDING = 0x001000,
	PLIC_ENABLE = 0x002000,
	PLIC_ENABLE_STRIDE = 0x80,
	PLIC_CONTEXT = 0x200000,
	PLIC_CONTEXT_STRIDE = 0x1000,
	PLIC_WINDOW = 0x600000,

	PLIC_HIGHEST = 7,
	PLIC_SEIP = 1 << 9, /* bits of mip */
	PLIC_MEIP = 1 << 11
};

/* Sources 1 to PLIC_SOURCES. */
#define PLIC_ALL (((UINT64_C(2) << PLIC_SOURCES) - 1) & ~UINT64_C(1))

/* The request that a context would claim: highest priority, then lowest number; 0: none. */
static u32 plic_best(const struct plic_state *state, u32 context, u32 above)
{
	u64 requests = state->pending & state->enable[context];
	u32 best = 0;

	for (; requests; requests &= requests - 1) {
		u32 source = (u32)__builtin_ctzll(requests);

		if (state->priority[source] > above) {
			above = state->priority[source];
			best = source;
		}
	}
	return best;
}

/* Opens the gateways to what is high, then drives every context's line. */
static void plic_update(struct plic *plic)
{
	struct plic_state *state = &plic->state;
	u64 requests = state->level & ~state->waiting;

	state->pending |= requests;
	state->waiting |= requests;
	for (u32 context = 0; context < plic->contexts; context++)
		irq_set(&plic->line[context],
			plic_best(state, context, state->threshold[context]) != 0);
}

static void plic_set(void *owner, u64 source, bool high)
{
	struct plic *plic = owner;
	u64 bit = UINT64_C(1) << source;
	u64 level = high ? plic->state.level | bit : plic->state.level & ~bit;

	if (level == plic->state.level)
		return;
	plic->state.level = level;
	plic_update(plic);
}

struct irq_line plic_line(struct plic *plic, u32 source)
{
	assert(source >= 1 && source <= PLIC_SOURCES);
	return (struct irq_line){ plic_set, plic, source };
}

/* The threshold holds back the interrupt, not the claim ("Interrupt Claim Process"). */
static u32 plic_claim(struct plic *plic, u32 context)
{
	u32 source = plic_best(&plic->state, context, 0);

	if (source) {
		plic->state.pending &= ~(UINT64_C(1) << source);
		plic_update(plic);
	}
	return source;
}

/* Silently ignored for a source that is not enabled for the context ("Interrupt Completion"). */
static void plic_complete(struct plic *plic, u32 context, u64 source)
{
	if (source > PLIC_SOURCES || !(plic->state.enable[context] >> source & 1))
		return;
	plic->state.waiting &= ~(UINT64_C(1) << source);
	plic_update(plic);
}

static u64 plic_half(u64 word, u64 index)
{
	return index > 1 ? 0 : (u32)(word >> (32 * index));
}

static u64 plic_read(void *self, u64 offset, unsigned width)
{
	struct plic *plic = self;
	struct plic_state *state = &plic->state;
	u64 context;

	(void)width;
	if (offset >= PLIC_CONTEXT) {
		context = (offset - PLIC_CONTEXT) / PLIC_CONTEXT_STRIDE;
		if (context >= plic->contexts)
			return 0;
		switch (offset % PLIC_CONTEXT_STRIDE) {
		case 0:
			return state->threshold[context];
		case 4:
			return plic_claim(plic, (u32)context);
		}
		return 0;
	}
	if (offset >= PLIC_ENABLE) {
		context = (offset - PLIC_ENABLE) / PLIC_ENABLE_STRIDE;
		return context < plic->contexts ?
			plic_half(state->enable[context], offset % PLIC_ENABLE_STRIDE / 4) : 0;
	}
	if (offset >= PLIC_PENDING)
		return plic_half(state->pending, (offset - PLIC_PENDING) / 4);
	return offset / 4 <= PLIC_SOURCES ? state->priority[offset / 4] : 0;
}

static void plic_write_context(struct plic *plic, u32 context, u64 offset, u64 value)
{
	switch (offset) {
	case 0:
		plic->state.threshold[context] = value & PLIC_HIGHEST;
		plic_update(plic);
		break;
	case 4:
		plic_complete(plic, context, value);
		break;
	}
}

static void plic_write_enable(struct plic *plic, u32 context, u64 index, u64 value)
{
	u64 *enable = &plic->state.enable[context];

	if (index > 1)
		return;
	*enable &= ~((u64)UINT32_MAX << (32 * index));
	*enable |= (u64)(u32)value << (32 * index);
	*enable &= PLIC_ALL;
	plic_update(plic);
}

static void plic_write(void *self, u64 offset, u64 value, unsigned width)
{
	struct plic *plic = self;
	u64 context;

	(void)width;
	if (offset >= PLIC_CONTEXT) {
		context = (offset - PLIC_CONTEXT) / PLIC_CONTEXT_STRIDE;
		if (context < plic->contexts)
			plic_write_context(plic, (u32)context, offset % PLIC_CONTEXT_STRIDE,
				(u32)value);
	} else if (offset >= PLIC_ENABLE) {
		context = (offset - PLIC_ENABLE) / PLIC_ENABLE_STRIDE;
		if (context < plic->contexts)
			plic_write_enable(plic, (u32)context, offset % PLIC_ENABLE_STRIDE / 4,
				value);
	} else if (offset >= 4 && offset / 4 <= PLIC_SOURCES) {
		plic->state.priority[offset / 4] = value & PLIC_HIGHEST;
		plic_update(plic);
	}
}

/* The wires keep their levels: they are the devices'. */
static void plic_reset(void *self)
{
	struct plic *plic = self;
	u64 level = plic->state.level;

	memset(&plic->state, 0, sizeof(plic->state));
	plic->state.level = level;
	plic_update(plic);
}

static const struct device_register plic_registers[] = {
	{ PLIC_PRIORITY, 4 * (PLIC_SOURCES + 1), "priority", "of each source, 0 (never) to 7" },
	{ PLIC_PENDING, 8, "pending", "requests not claimed yet, one bit per source" },
	{ PLIC_ENABLE, PLIC_CONTEXTS * PLIC_ENABLE_STRIDE, "enable",
		"sources that each context takes, one bit per source" },
	{ PLIC_CONTEXT, PLIC_CONTEXTS * PLIC_CONTEXT_STRIDE, "context",
		"threshold, and claim (read) or complete (write), per context" },
	{ 0 }
};

const struct device plic_device = {
	.name = "plic",
	.words = "platform-level interrupt controller: which device's interrupt, to which hart",
	.window = PLIC_WINDOW,
	.widths = 4,
	.registers = plic_registers,
	.read = plic_read,
	.write = plic_write,
	.reset = plic_reset,
};

void plic_create(struct plic *plic, u32 harts, u64 *const *lines)
{
	assert(harts >= 1 && harts <= PLIC_HARTS);
	memset(plic, 0, sizeof(*plic));
	plic->contexts = 2 * harts;
	for (u32 hart = 0; hart < harts; hart++) {
		plic->line[2 * hart] = irq_word_line(lines[hart], PLIC_MEIP);
		plic->line[2 * hart + 1] = irq_word_line(lines[hart], PLIC_SEIP);
	}
	plic_update(plic);
}

void plic_restored(struct plic *plic)
{
	struct plic_state *state = &plic->state;

	state->level &= PLIC_ALL;
	state->pending &= PLIC_ALL;
	state->waiting &= PLIC_ALL;
	for (u32 context = 0; context < PLIC_CONTEXTS; context++) {
		state->enable[context] &= PLIC_ALL;
		state->threshold[context] &= PLIC_HIGHEST;
	}
	for (u32 source = 0; source <= PLIC_SOURCES; source++)
		state->priority[source] &= source ? PLIC_HIGHEST : 0;
	plic_update(plic);
}
