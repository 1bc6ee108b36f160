/*
 * Virtualization rests on this: whatever is privileged traps in real U-mode, with the instruction
 * in tval, and changes nothing. Every CSR number in all six forms, and every privileged
 * instruction, is run on a hart at U. Of all CSRs only the counters that scounteren and mcounteren
 * enable are read.
 */
#include "tests/unit/unit.h"

#include <string.h>

#include "cpu/decode.h"
#include "cpu/hart.h"

enum { RAM_SIZE = 1 << 16, CODE_AT = 0x100, CSRS = 4096, FIRST_COUNTER = 0xc00, COUNTERS = 32 };
#define RAM_BASE UINT64_C(0x80000000)

struct fixture {
	struct ram ram;
	struct bus bus;
	struct clock clock;
	struct stop stop;
	struct isa isa;
	struct blocks blocks;
	struct hart hart;
	u64 no_offset;
};

static struct fixture fixture;

static int set_up(void **state)
{
	struct fixture *f = &fixture;
	struct hart_config config = { .bus = &f->bus, .clock = &f->clock, .stop = &f->stop,
		.isa = &f->isa, .blocks = &f->blocks, .time_offset = &f->no_offset,
		.prices = { .trap = 1 }, .leaves = true };
	struct fault fault;

	clock_create(&f->clock);
	if (!ram_create(&f->ram, RAM_BASE, RAM_SIZE, &fault)
	    || !isa_create(&f->isa, NULL, &fault)
	    || !blocks_create(&f->blocks, &f->ram, &f->isa, &fault))
		return -1;
	bus_create(&f->bus, &f->ram);
	hart_create(&f->hart, &config);
	return 0;
}

static int tear_down(void **state)
{
	blocks_destroy(&fixture.blocks);
	isa_destroy(&fixture.isa);
	ram_destroy(&fixture.ram);
	return 0;
}

/* Runs `word` alone at U, where protection allows everything; counters are enabled or not. */
static struct exit run(u32 word, u64 counteren)
{
	struct hart *hart = &fixture.hart;

	hart_reset(hart, RAM_BASE + CODE_AT);
	hart->priv.level = LEVEL_U;
	hart->priv.pmpaddr[0] = (UINT64_C(1) << 54) - 1;
	hart->priv.pmpcfg[0] = 0x1f;
	hart->priv.bank[LEVEL_M].counteren = counteren;
	hart->priv.bank[LEVEL_S].counteren = counteren;
	for (u32 i = 1; i < 32; i++)
		hart->x[i] = 0x1111 * i;
	hart_changed(hart);
	ram_write(&fixture.ram, hart->pc, word, 4);
	return hart_run(hart, hart->cycle + 1);
}

static void assert_traps(u32 word, u64 counteren)
{
	struct hart *hart = &fixture.hart;
	struct exit exit = run(word, counteren);
	struct priv before;

	if (exit.kind != EXIT_TRAP || exit.cause != CAUSE_illegal || exit.tval != word) {
		char text[64];
		struct insn insn = decode(&fixture.isa, word);

		disasm(&insn, 0, text, sizeof(text));
		fail_msg("%s does not trap", text);
	}
	assert_int_equal(hart->pc, RAM_BASE + CODE_AT);
	for (u32 i = 1; i < 32; i++)
		assert_int_equal(hart->x[i], 0x1111 * i);
	/* The privileged state is as a hart at U has it when it was just reset. */
	priv_reset(&before, 0, hart->isa->extensions);
	before.level = LEVEL_U;
	before.pmpaddr[0] = hart->priv.pmpaddr[0];
	before.pmpcfg[0] = 0x1f;
	before.bank[LEVEL_M].counteren = before.bank[LEVEL_S].counteren = counteren;
	assert_memory_equal(&before, &hart->priv, sizeof(before));
}

enum { FORMS = 6 };
static const u16 forms[FORMS] = { INSN_csrrw, INSN_csrrs, INSN_csrrc, INSN_csrrwi, INSN_csrrsi,
	INSN_csrrci };

static u32 csr_word(u16 form, u32 number, u8 source)
{
	struct insn insn = { .id = form, .length = 4, .rd = 5, .rs1 = source, .imm = (s32)number };

	return isa_encode(&fixture.isa, &insn);
}

/* Source 0: a set or clear that only reads; else it writes. */
static void csrs(void **state)
{
	for (u32 number = 0; number < CSRS; number++) {
		for (u32 form = 0; form < FORMS; form++) {
			assert_traps(csr_word(forms[form], number, 0), 0);
			assert_traps(csr_word(forms[form], number, 6), 0);
		}
	}
}

/* With all counters enabled they are read and nothing else is; none is ever written. */
static void counters(void **state)
{
	static const u64 all = 0xffffffff;
	u32 read = 0;

	for (u32 number = 0; number < CSRS; number++) {
		for (u32 form = 0; form < FORMS; form++) {
			bool reads = forms[form] != INSN_csrrw && forms[form] != INSN_csrrwi;
			u32 word = csr_word(forms[form], number, 0);

			assert_traps(csr_word(forms[form], number, 6), all);
			if (reads && number - FIRST_COUNTER < COUNTERS) {
				assert_int_equal(run(word, all).kind, EXIT_DEADLINE);
				assert_int_equal(fixture.hart.pc, RAM_BASE + CODE_AT + 4);
				read++;
			} else {
				assert_traps(word, all);
			}
		}
	}
	assert_int_equal(read, COUNTERS * 4);
}

/* Each counter by itself: its bit enables it and no other. */
static void counters_one_by_one(void **state)
{
	for (u32 bit = 0; bit < COUNTERS; bit++) {
		u32 word = csr_word(INSN_csrrs, FIRST_COUNTER + bit, 0);

		assert_int_equal(run(word, UINT64_C(1) << bit).kind, EXIT_DEADLINE);
		assert_traps(word, ~(UINT64_C(1) << bit) & 0xffffffff);
	}
}

static void instructions(void **state)
{
	static const u16 sensitive[] = { INSN_sret, INSN_mret, INSN_wfi, INSN_sfence_vma,
		INSN_sinval_vma, INSN_sfence_w_inval, INSN_sfence_inval_ir };

	for (u32 i = 0; i < COUNT_OF(sensitive); i++) {
		struct insn insn = { .id = sensitive[i], .length = 4 };

		assert_traps(isa_encode(&fixture.isa, &insn), 0);
	}
	for (u8 rs1 = 0; rs1 < 32; rs1++) {
		for (u8 rs2 = 0; rs2 < 32; rs2++) {
			struct insn insn = { .id = INSN_sfence_vma, .length = 4, .rs1 = rs1,
				.rs2 = rs2 };

			assert_traps(isa_encode(&fixture.isa, &insn), 0);
			insn.id = INSN_sinval_vma;
			assert_traps(isa_encode(&fixture.isa, &insn), 0);
		}
	}
}

/* The rest of the rows that may change privileged state: what they do at U. */
static void others(void **state)
{
	struct insn ecall = { .id = INSN_ecall, .length = 4 };
	struct insn ebreak = { .id = INSN_ebreak, .length = 4 };
	struct insn fence_i = { .id = INSN_fence_i, .length = 4 };
	u32 calls = 0;

	assert_int_equal(run(isa_encode(&fixture.isa, &ecall), 0).cause, CAUSE_ecall_u);
	assert_int_equal(run(isa_encode(&fixture.isa, &ebreak), 0).cause, CAUSE_breakpoint);
	assert_int_equal(run(isa_encode(&fixture.isa, &fence_i), 0).kind, EXIT_DEADLINE);
	/* A new row must be sorted into one of these tests. */
	for (u32 i = 0; i < INSN_COUNT; i++)
		calls += insn_rows[i].verb == VERB_CALL;
	assert_int_equal(calls, FORMS + 7 + 3);
}

/* Every row of csr.def was among the numbers above. */
static void rows(void **state)
{
	for (u32 i = 0; i < CSR_ROWS; i++)
		assert_true(csr_infos[i].number + csr_infos[i].count <= CSRS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(csrs),
		cmocka_unit_test(counters),
		cmocka_unit_test(counters_one_by_one),
		cmocka_unit_test(instructions),
		cmocka_unit_test(others),
		cmocka_unit_test(rows),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
