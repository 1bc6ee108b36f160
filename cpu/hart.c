/*
 * The hart: finds blocks for the engine, takes traps and interrupts, keeps time. See hart.h; called
 * by the machine for native guests and by the monitor for all others.
 */
#include "cpu/hart.h"

#include <string.h>

#include "cpu/interp.h"

const struct count_row hart_count_rows[HART_COUNTS] = {
#define COUNT(name, unit, words) { #name, unit, words },
#include "cpu/count.def"
#undef COUNT
};

/* No run is longer than this at a stretch, so that cycles left fit a signed word. */
#define STRETCH (UINT64_C(1) << 62)

void hart_create(struct hart *hart, const struct hart_config *config)
{
	memset(hart, 0, sizeof(*hart));
	hart->number = config->number;
	hart->bus = config->bus;
	hart->ram = config->bus->ram;
	hart->clock = config->clock;
	hart->stop = config->stop;
	hart->isa = config->isa;
	hart->blocks = config->blocks;
	hart->trace = config->trace;
	hart->time_offset = config->time_offset;
	hart->window = config->window;
	hart->prices = config->prices;
	hart->leaves = config->leaves;
	hart->port = hart_port(hart);
	hart->time_of_level[LEVEL_U] = TIME_USER;
	hart->time_of_level[LEVEL_S] = TIME_KERNEL;
	hart->time_of_level[LEVEL_M] = TIME_MACHINE;
	blocks_add_tlb(hart->blocks, &hart->tlb);
	hart_reset(hart, 0);
}

void hart_reset(struct hart *hart, u64 pc)
{
	priv_reset(&hart->priv, hart->number, hart->isa->extensions);
	tlb_reset(&hart->tlb);
	memset(hart->x, 0, sizeof(hart->x));
	memset(hart->f, 0, sizeof(hart->f));
	hart->pc = pc;
	hart->waiting = false;
	hart->reserved = false;
	hart_changed(hart);
}

bool hart_fault(struct hart *hart, u64 cause, u64 tval)
{
	hart->trap_cause = cause;
	hart->trap_tval = tval;
	return false;
}

void hart_account(struct hart *hart, enum time_kind kind)
{
	hart->time[hart->time_kind] += hart->cycle - hart->time_since;
	hart->time_since = hart->cycle;
	hart->time_kind = (u8)kind;
}

void hart_trace_write(struct hart *hart, enum trace_kind kind, u64 a, u64 b, u32 insn, u64 price)
{
	struct trace_event event = {
		.cycle = hart->cycle, .pc = hart->pc, .a = a, .b = b, .insn = insn,
		.price = (u32)price, .kind = (u8)kind, .level = (u8)hart->priv.level,
		.hart = (u8)hart->number,
	};

	trace_write(hart->trace, &event);
}

void hart_contexts(struct hart *hart)
{
	struct mmu_view fetch = mmu_view(&hart->priv, ACCESS_FETCH), data;

	hart->fetch_context = hart->data_context = tlb_context(&hart->tlb, &fetch);
	hart->generation = hart->tlb.generation;
	if (!(hart->priv.status & STATUS_MPRV))
		return;
	data = mmu_view(&hart->priv, ACCESS_READ);
	/* Numbering a context may retire another; then both have to be asked for again. */
	do {
		hart->generation = hart->tlb.generation;
		hart->fetch_context = tlb_context(&hart->tlb, &fetch);
		hart->data_context = tlb_context(&hart->tlb, &data);
	} while (hart->generation != hart->tlb.generation);
}

void hart_changed(struct hart *hart)
{
	hart_contexts(hart);
	if (!hart->monitored)
		hart_account(hart, hart->time_of_level[hart->priv.level]);
	/* An interrupt may be allowed now that was not before. */
	if ((hart->priv.ip | hart->lines) & hart->priv.ie)
		hart->leave = 1;
}

/*
 * A trap at hart->pc: counted and charged here, in every mode. True: its handler is at M and M is
 * the owner's, so *exit says why to leave.
 */
static bool take_trap(struct hart *hart, u64 cause, u64 tval, struct exit *exit)
{
	enum level from = (enum level)hart->priv.level;
	enum level to = priv_target(&hart->priv, cause);
	u32 index = (u32)(cause & (CAUSES - 1)) + (cause & CAUSE_INTERRUPT ? CAUSES : 0);

	hart->traps[from][to][index]++;
	hart->steps_trapped++;
	hart_trace(hart, TRACE_TRAP, cause, tval, 0, hart->prices.trap);
	hart_charge(hart, hart->prices.trap);
	if (hart->leaves && to == LEVEL_M) {
		*exit = (struct exit){ EXIT_TRAP, cause, tval };
		return true;
	}
	hart->pc = priv_trap(&hart->priv, cause, tval, hart->pc);
	hart_changed(hart);
	return false;
}

void hart_drain(struct hart *hart)
{
	u32 page;

	while (ram_drain(hart->ram, &page)) {
		if (hart->ram->flags[page] & RAM_CODE)
			blocks_written(hart->blocks, page);
		if (hart->ram->flags[page] & RAM_WATCHED)
			hart->watched = true;
	}
}

/* An instruction in two pages: both halves are fetched, and the block serves once. */
static struct block *crossing_block(struct hart *hart, u64 first)
{
	struct tlb_fetch *entry;
	u64 second;

	if (!hart_fetch(hart, hart->pc + 2, &entry, &second))
		return NULL;
	return block_build_word(hart->blocks, (u32)ram_read(hart->ram, first, 2)
		| (u32)ram_read(hart->ram, second, 2) << 16);
}

/* The block at pc, of at most `limit` instructions; null when the fetch trapped. */
static struct block *find_block(struct hart *hart, u64 limit)
{
	struct tlb_fetch *entry = tlb_fetch_at(&hart->tlb, hart->pc);
	struct code_page *code;
	struct block *block;
	u64 physical;

	if (entry->tag == ((hart->pc & PAGE_MASK) | hart->fetch_context) && entry->code) {
		block = entry->code->block[(hart->pc & ~PAGE_MASK) / 2];
		if (block && block->count <= limit)
			return block;
	}
	if (!hart_fetch(hart, hart->pc, &entry, &physical))
		return NULL;
	if (!entry) {
		/* Protection splits the page: one instruction at a time, never kept, and of a long one
		 * each half is asked for. */
		if ((ram_read(hart->ram, physical, 2) & 3) == 3)
			return crossing_block(hart, physical);
		return block_build(hart->blocks, physical, 1, false);
	}
	code = blocks_page(hart->blocks, physical);
	entry->code = code;
	block = code->block[(physical & ~PAGE_MASK) / 2];
	if (!block) {
		block = block_build(hart->blocks, physical, BLOCK_OPS, true);
		/* Building may have dropped everything to make room, this page's record too. */
		entry->code = blocks_page(hart->blocks, physical);
	}
	if (!block)
		return crossing_block(hart, physical);
	if (block->count > limit)
		block = block_build(hart->blocks, physical, (u32)limit, false);
	return block;
}

struct exit hart_run(struct hart *hart, u64 until)
{
	struct exit exit = { EXIT_DEADLINE, 0, 0 };

	for (;;) {
		struct priv_in in = { .lines = hart->lines };
		/* Events are fired by whoever runs us; a store to a device may have set an earlier one. */
		u64 next = clock_next(hart->clock);
		u64 end = next < until ? next : until;
		struct block *block;
		u64 cause;

		hart->leave = 0;
		if (hart->ram->touched->count)
			hart_drain(hart);
		if (hart->stop->kind != STOP_NONE)
			return (struct exit){ EXIT_STOP, 0, 0 };
		if (hart->watched) {
			hart->watched = false;
			return (struct exit){ EXIT_WATCH, 0, 0 };
		}
		if (hart->yield) {
			hart->yield = 0;
			return (struct exit){ EXIT_YIELD, 0, 0 };
		}
		if (hart->cycle >= end)
			return (struct exit){ EXIT_DEADLINE, 0, 0 };
		if (hart->waiting) {
			if (!priv_wakes(&hart->priv, &in))
				return (struct exit){ EXIT_WAIT, 0, 0 };
			hart->waiting = false;
		}
		if (priv_interrupt(&hart->priv, &in, &cause)) {
			if (take_trap(hart, cause, 0, &exit))
				return exit;
			continue;
		}
		/* Not before it runs: how often contexts are numbered must not depend on who looks in. */
		if (hart->generation != hart->tlb.generation)
			hart_contexts(hart);
		hart->deadline = end - hart->cycle < STRETCH ? end : hart->cycle + STRETCH;
		block = find_block(hart, hart->deadline - hart->cycle);
		if ((!block || interp_run(hart, block) == INTERP_TRAPPED)
		    && take_trap(hart, hart->trap_cause, hart->trap_tval, &exit))
			return exit;
	}
}

void hart_save(const struct hart *hart, struct hart_state *state)
{
	memset(state, 0, sizeof(*state));
	state->pc = hart->pc;
	memcpy(state->x, hart->x, sizeof(state->x));
	memcpy(state->f, hart->f, sizeof(state->f));
	state->cycle = hart->cycle;
	state->charged = hart->charged;
	state->steps_trapped = hart->steps_trapped;
	state->lines = hart->lines;
	state->priv = hart->priv;
	state->waiting = hart->waiting;
	state->reserved = hart->reserved;
	state->reservation = hart->reservation;
	memcpy(state->time, hart->time, sizeof(state->time));
	state->time_since = hart->time_since;
	state->time_kind = hart->time_kind;
	memcpy(state->traps, hart->traps, sizeof(state->traps));
	memcpy(state->count, hart->count, sizeof(state->count));
	tlb_save(&hart->tlb, &state->tlb);
}

void hart_restore(struct hart *hart, const struct hart_state *state)
{
	hart->pc = state->pc;
	memcpy(hart->x, state->x, sizeof(state->x));
	memcpy(hart->f, state->f, sizeof(state->f));
	hart->x[0] = 0;
	hart->cycle = state->cycle;
	hart->charged = state->charged;
	hart->steps_trapped = state->steps_trapped;
	hart->lines = state->lines;
	hart->priv = state->priv;
	hart->waiting = state->waiting;
	hart->reserved = state->reserved;
	hart->reservation = state->reservation;
	memcpy(hart->time, state->time, sizeof(hart->time));
	hart->time_since = state->time_since;
	hart->time_kind = (u8)(state->time_kind % TIME_KINDS);
	memcpy(hart->traps, state->traps, sizeof(hart->traps));
	memcpy(hart->count, state->count, sizeof(hart->count));
	hart->yield = 0;
	hart->watched = false;
	tlb_restore(&hart->tlb, &state->tlb, hart->ram);
	hart->generation = hart->tlb.generation - 1;
}
