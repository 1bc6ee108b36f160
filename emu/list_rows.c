/*
 * From the tables of core, cpu and pv to rows of text: one function for each list of list.def.
 */
#include "emu/list.h"

#include <inttypes.h>
#include <string.h>

#include "core/board.h"
#include "cpu/format.h"
#include "cpu/hart.h"
#include "cpu/rvc.h"
#include "pv/hypercall.h"
#include "pv/price.h"

static const struct table_column insns_columns[] = {
	{ "name", 0 }, { "extension", 0 }, { "operands", 0 }, { "picture", 0 },
	{ "format", TABLE_HIDDEN }, { "meaning", TABLE_HIDDEN },
};

static void fill_insns(struct table *table)
{
	for (u32 i = 0; i < INSN_COUNT; i++) {
		const struct insn_row *row = &insn_rows[i];

		table_text(table, "%s", row->name);
		table_text(table, "%s", extension_names[row->extension]);
		table_text(table, "%s", format_rows[row->format].operands);
		table_text(table, "%s", row->picture);
		table_text(table, "%s", format_rows[row->format].name);
		table_text(table, "%s", row->meaning);
	}
}

static const struct table_column compressed_columns[] = {
	{ "name", 0 }, { "operands", 0 }, { "stands-for", 0 }, { "picture", 0 }, { "where", 0 },
};

static void fill_compressed(struct table *table)
{
	for (u32 i = 0; i < RVC_COUNT; i++) {
		const struct rvc_row *row = &rvc_rows[i];

		table_text(table, "%s", row->name);
		table_text(table, "%s", rvc_written_words[row->written]);
		table_text(table, "%s", row->id < INSN_COUNT ? insn_rows[row->id].name : "");
		table_text(table, "%s", row->picture);
		table_text(table, "%s", strcmp(row->condition, "true") ? row->condition : "");
	}
}

static const struct table_column extensions_columns[] = { { "name", 0 }, { "words", 0 } };

static void fill_extensions(struct table *table)
{
	for (u32 i = 0; i < EXTENSION_COUNT; i++) {
		table_text(table, "%s", extension_names[i]);
		table_text(table, "%s", extension_words[i]);
	}
}

static const struct table_column csrs_columns[] = {
	{ "number", 0 }, { "name", 0 }, { "count", TABLE_HIDDEN }, { "level", 0 }, { "access", 0 },
	{ "words", 0 },
};

/* Bits 9:8 of a CSR's number are the least level, 11:10 both set mean read-only. */
static void fill_csrs(struct table *table)
{
	static const char *const levels[] = { "U", "S", "H", "M" };

	for (u32 i = 0; i < CSR_ROWS; i++) {
		const struct csr_info *row = &csr_infos[i];

		table_text(table, "0x%03x", row->number);
		table_text(table, "%s", row->name);
		table_number(table, row->count);
		table_text(table, "%s", levels[row->number >> 8 & 3]);
		table_text(table, "%s", row->number >> 10 == 3 ? "r" : "rw");
		table_text(table, "%s", row->words);
	}
}

static const struct table_column causes_columns[] = {
	{ "kind", 0 }, { "code", TABLE_RIGHT }, { "name", 0 }, { "words", 0 },
};

static void cause(struct table *table, const char *kind, u64 code, const char *name,
	const char *words)
{
	table_text(table, "%s", kind);
	table_number(table, code);
	table_text(table, "%s", name);
	table_text(table, "%s", words);
}

static void fill_causes(struct table *table)
{
#define EXCEPTION(code, name, words) cause(table, "exception", code, #name, words);
#define INTERRUPT(code, name, words) cause(table, "interrupt", code, #name, words);
#include "cpu/cause.def"
#undef EXCEPTION
#undef INTERRUPT
}

static const struct table_column exits_columns[] = { { "name", 0 }, { "words", 0 } };

static void fill_exits(struct table *table)
{
	for (u32 i = 0; i < EXIT_REASONS; i++) {
		table_text(table, "%s", exit_infos[i].name);
		table_text(table, "%s", exit_infos[i].words);
	}
}

static const struct table_column hypercalls_columns[] = {
	{ "extension", 0 }, { "eid", TABLE_RIGHT }, { "fid", TABLE_RIGHT }, { "name", 0 },
	{ "words", 0 }, { "arguments", TABLE_UNDER },
};

/* Legacy calls are numbered by their EID alone. */
static void fill_hypercalls(struct table *table)
{
	for (u32 i = 0; i < HYPERCALLS; i++) {
		const struct hypercall_row *row = &hypercall_rows[i];

		table_text(table, "%s", row->extension);
		table_text(table, "0x%" PRIx64, row->eid);
		table_number(table, row->fid);
		table_text(table, "%s", row->name);
		table_text(table, "%s", row->words);
		table_text(table, "%s", row->arguments);
	}
}

static const struct table_column counters_columns[] = {
	{ "of", 0 }, { "name", 0 }, { "unit", 0 }, { "words", 0 },
};

static void counters(struct table *table, const char *of, const struct count_row *rows, u32 count)
{
	for (u32 i = 0; i < count; i++) {
		table_text(table, "%s", of);
		table_text(table, "%s", rows[i].name);
		table_text(table, "%s", rows[i].unit);
		table_text(table, "%s", rows[i].words);
	}
}

static void fill_counters(struct table *table)
{
	counters(table, "hart", hart_count_rows, HART_COUNTS);
	counters(table, "vm", vm_count_rows, VM_COUNTS);
}

static const struct table_column prices_columns[] = {
	{ "name", 0 }, { "k3", TABLE_RIGHT }, { "u54", TABLE_RIGHT }, { "none", TABLE_RIGHT },
	{ "words", 0 }, { "source", TABLE_UNDER },
};

static void fill_prices(struct table *table)
{
	for (u32 i = 0; i < price_figure_count; i++) {
		const struct price_figure *figure = &price_figures[i];

		table_text(table, "%s.%s", figure->list, figure->name);
		table_number(table, figure->k3);
		table_number(table, figure->u54);
		table_number(table, figure->none);
		table_text(table, "%s", price_words(figure));
		table_text(table, "%s", figure->source);
	}
}

/* The devices: where they are stands in board.def, what they are in their literals. */

enum place_id {
#define BOARD(name, base, irq, words) PLACE_##name,
#include "core/board.def"
#undef BOARD
	PLACES
};

static const struct place {
	const char *name, *words;
	u64 base;
	u32 irq;
} places[PLACES] = {
#define BOARD(name, base, irq, words) { #name, words, base, irq },
#include "core/board.def"
#undef BOARD
};

static const struct device *const place_devices[PLACES] = {
	[PLACE_finisher] = &finisher_device,
	[PLACE_rtc] = &rtc_device,
	[PLACE_clint] = &clint_device,
	[PLACE_plic] = &plic_device,
	[PLACE_uart] = &uart16550_device,
	[PLACE_virtio] = &virtio_blk_device,
	[PLACE_ata] = &ata_device,
	[PLACE_ram] = NULL,
};

static const struct table_column devices_columns[] = {
	{ "name", 0 }, { "address", TABLE_RIGHT }, { "bytes", TABLE_RIGHT }, { "irq", TABLE_RIGHT },
	{ "words", 0 },
};

static void fill_devices(struct table *table)
{
	for (u32 i = 0; i < PLACES; i++) {
		table_text(table, "%s", places[i].name);
		table_text(table, "0x%08" PRIx64, places[i].base);
		if (place_devices[i])
			table_text(table, "0x%" PRIx64, place_devices[i]->window);
		else
			table_text(table, "--mem");
		if (places[i].irq)
			table_number(table, places[i].irq);
		else
			table_text(table, "-");
		table_text(table, "%s", places[i].words);
	}
}

static const struct table_column registers_columns[] = {
	{ "device", 0 }, { "name", 0 }, { "address", TABLE_RIGHT }, { "bytes", TABLE_RIGHT },
	{ "words", 0 },
};

static void fill_registers(struct table *table)
{
	for (u32 i = 0; i < PLACES; i++) {
		const struct device_register *row = place_devices[i] ? place_devices[i]->registers
			: NULL;

		for (; row && row->name; row++) {
			table_text(table, "%s", places[i].name);
			table_text(table, "%s", row->name);
			table_text(table, "0x%08" PRIx64, places[i].base + row->offset);
			table_number(table, row->size);
			table_text(table, "%s", row->words);
		}
	}
}

const struct list lists[LISTS] = {
#define LIST(name, key, words) { #name, words, name##_columns, \
	sizeof(name##_columns) / sizeof(name##_columns[0]), key, fill_##name },
#include "emu/list.def"
#undef LIST
};
