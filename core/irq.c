/*
 * Interrupt lines that end in a word of bits: how a hart, real or virtual, gives out its inputs.
 */
#include "core/irq.h"

static void irq_word_set(void *owner, u64 mask, bool high)
{
	u64 *word = owner;

	if (high)
		*word |= mask;
	else
		*word &= ~mask;
}

struct irq_line irq_word_line(u64 *word, u64 mask)
{
	return (struct irq_line){ .set = irq_word_set, .owner = word, .which = mask };
}
