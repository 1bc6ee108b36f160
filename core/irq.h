/*
 * An interrupt line: where a device pulls, not knowing what hangs on the other end. The PLIC gives
 * out lines that are its sources; a hart or virtual hart gives out lines that are bits of a word.
 */
#ifndef CORE_IRQ_H
#define CORE_IRQ_H

#include "core/types.h"

struct irq_line {
	void (*set)(void *owner, u64 which, bool high); /* null: not connected */
	void *owner;
	u64 which; /* source number, or mask of bits */
};

static inline void irq_set(const struct irq_line *line, bool high)
{
	if (line->set)
		line->set(line->owner, line->which, high);
}

/* The line that raises and lowers the bits `mask` of `*word`. */
struct irq_line irq_word_line(u64 *word, u64 mask);

#endif
