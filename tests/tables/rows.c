/*
 * The laws of the instruction tables: no two rows claim one word, decoding undoes encoding, a
 * compressed word stands for what the specification says, an ISA has what its name says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core/bits.h"
#include "cpu/decode.h"
#include "cpu/format.h"
#include "cpu/rvc.h"

/* xorshift64: the same numbers on every run. */
static u64 next_random(u64 *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed >> 16;
}

static int create_full(void **state)
{
	static struct isa isa;
	struct fault fault;

	if (!isa_create(&isa, NULL, &fault))
		return -1;
	*state = &isa;
	return 0;
}

static int destroy_full(void **state)
{
	isa_destroy(*state);
	return 0;
}

static void rows_do_not_overlap(void **state)
{
	const struct isa *isa = *state;

	for (unsigned a = 0; a < INSN_COUNT; a++) {
		if ((isa->mask[a] & 3) != 3 || (isa->match[a] & 3) != 3)
			fail_msg("%s: the low two bits are not 11", insn_rows[a].name);
		for (unsigned b = a + 1; b < INSN_COUNT; b++) {
			u32 differ = isa->match[a] ^ isa->match[b];

			if ((differ & isa->mask[a] & isa->mask[b]) == 0)
				fail_msg("%s and %s overlap", insn_rows[a].name, insn_rows[b].name);
		}
	}
}

static void names_are_found(void **state)
{
	for (unsigned id = 0; id < INSN_COUNT; id++) {
		assert_null(strchr(insn_rows[id].name, '_'));
		assert_int_equal(isa_find(insn_rows[id].name), id);
	}
	assert_string_equal(insn_rows[INSN_amoswap_w].name, "amoswap.w");
	assert_string_equal(insn_rows[INSN_amoswap_w].meaning, "AMO(swap, s32)");
	assert_int_equal(insn_rows[INSN_amoswap_w].verb, VERB_AMO);
	assert_int_equal(isa_find("lr_w"), INSN_NONE);
	assert_int_equal(isa_find("ad"), INSN_NONE);
	assert_int_equal(isa_find(""), INSN_NONE);
}

/* Operands that the row's format can hold, and 0 for those that it has not. */
static struct insn random_operands(u16 id, u64 *seed)
{
	const struct format_row *format = &format_rows[insn_rows[id].format];
	struct insn insn = { .id = id, .length = 4 };
	u32 imm = 0;

	insn.rd = format->rd ? next_random(seed) & 31 : 0;
	insn.rs1 = format->rs1 ? next_random(seed) & 31 : 0;
	insn.rs2 = format->rs2 ? next_random(seed) & 31 : 0;
	for (unsigned i = 0; i < FORMAT_PIECES && format->imm[i].bits != 0; i++)
		imm = (u32)bits_put(imm, format->imm[i].from, format->imm[i].bits,
			next_random(seed));
	insn.imm = format->sign != 0 ? (s32)sign_extend(imm, format->sign) : (s32)imm;
	return insn;
}

static bool same_operation(const struct insn *a, const struct insn *b)
{
	return a->id == b->id && a->rd == b->rd && a->rs1 == b->rs1 && a->rs2 == b->rs2 &&
		a->imm == b->imm;
}

static void decode_undoes_encode(void **state)
{
	const struct isa *isa = *state;
	u64 seed = 1;

	for (u16 id = 0; id < INSN_COUNT; id++) {
		for (unsigned i = 0; i < 1000; i++) {
			struct insn insn = random_operands(id, &seed), back;
			u32 word = isa_encode(isa, &insn);

			back = decode(isa, word);
			if (!same_operation(&insn, &back) || back.length != 4 || back.word != word)
				fail_msg("%s: %08x does not come back", insn_rows[id].name, word);
		}
	}
}

/* The buckets leave nothing out and add nothing: decode is a search through all rows. */
static void decode_is_a_search(void **state)
{
	const struct isa *isa = *state;
	u64 seed = 2;

	for (unsigned i = 0; i < 300000; i++) {
		unsigned near = (unsigned)(next_random(&seed) % INSN_COUNT);
		u32 word = (u32)next_random(&seed) | 3;
		u16 id = 0;

		/* Half of the words: a row's own, with one bit turned. */
		if (i & 1)
			word = ((word & ~isa->mask[near]) | isa->match[near]) ^
				(4u << next_random(&seed) % 30);
		while (id < INSN_COUNT && ((word ^ isa->match[id]) & isa->mask[id]) != 0)
			id++;
		if (decode(isa, word).id != id)
			fail_msg("%08x is decoded as row %u, not %u", word, decode(isa, word).id, id);
	}
}

static void nothing_decodes_to_nothing(void **state)
{
	static const u32 words[] = { 0x0000001f, 0xffffffff, 0x0000003f, 0x0000007f };
	const struct isa *isa = *state;
	struct insn insn;
	char text[32];

	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		insn = decode(isa, words[i]);
		assert_int_equal(insn.id, INSN_NONE);
		assert_int_equal(insn.length, 4);
		assert_int_equal(isa_encode(isa, &insn), words[i]);
	}
	insn = decode(isa, 0xabcd0000);
	assert_int_equal(insn.id, INSN_NONE);
	assert_int_equal(insn.length, 2);
	assert_int_equal(insn.word, 0);
	insn = decode(isa, 0xffffffff);
	disasm(&insn, 0, text, sizeof(text));
	assert_string_equal(text, ".4byte 0xffffffff");
}

static void compressed_rows_do_not_overlap(void **state)
{
	const struct isa *isa = *state;
	bool seen[RVC_COUNT] = { false };

	for (u32 word = 0; word < 65536; word++) {
		struct insn looked_up, expanded = { .id = INSN_NONE };
		unsigned owners = 0;

		for (unsigned id = 0; id < RVC_COUNT; id++) {
			struct insn insn = rvc_expand(id, (u16)word);

			if (insn.id == INSN_NONE)
				continue;
			assert_int_equal(insn.id, rvc_rows[id].id);
			assert_int_equal(insn.word, word);
			expanded = insn;
			seen[id] = true;
			owners++;
		}
		if (owners > 1 || (owners != 0 && (word & 3) == 3))
			fail_msg("%04x belongs to %u rows", word, owners);
		looked_up = isa->compressed[word];
		if (!same_operation(&looked_up, &expanded) || looked_up.length != 2 ||
		    looked_up.word != word)
			fail_msg("%04x: the table of words disagrees with the rows", word);
	}
	for (unsigned id = 0; id < RVC_COUNT; id++)
		if (!seen[id])
			fail_msg("%s: no word belongs to it", rvc_rows[id].name);
}

/* What a compressed word stands for can be written in 32 bits. */
static void expansions_are_instructions(void **state)
{
	const struct isa *isa = *state;

	for (u32 word = 0; word < 65536; word++) {
		struct insn insn = isa->compressed[word], back;

		if (insn.id == INSN_NONE)
			continue;
		back = decode(isa, isa_encode(isa, &insn));
		if (!same_operation(&insn, &back))
			fail_msg("%04x: its expansion cannot be encoded", word);
	}
}

/* One word of each row, with the 32-bit instruction that the specification gives for it. */
static void expansions_are_the_specified(void **state)
{
	static const struct {
		enum rvc_id row;
		u16 word;
		const char *text; /* at pc 0x1000 */
	} cases[] = {
		{ RVC_c_addi4spn, 0x0020, "addi s0,sp,8" },
		{ RVC_c_lw,       0x4130, "lw a2,64(a0)" },
		{ RVC_c_ld,       0x6130, "ld a2,64(a0)" },
		{ RVC_c_sw,       0xc130, "sw a2,64(a0)" },
		{ RVC_c_sd,       0xe130, "sd a2,64(a0)" },
		{ RVC_c_addi,     0x157d, "addi a0,a0,-1" },
		{ RVC_c_addiw,    0x357d, "addiw a0,a0,-1" },
		{ RVC_c_li,       0x557d, "addi a0,zero,-1" },
		{ RVC_c_addi16sp, 0x7139, "addi sp,sp,-64" },
		{ RVC_c_lui,      0x757d, "lui a0,0xfffff" },
		{ RVC_c_srli,     0x917d, "srli a0,a0,0x3f" },
		{ RVC_c_srli64,   0x8101, "srli a0,a0,0x0" },
		{ RVC_c_srai,     0x957d, "srai a0,a0,0x3f" },
		{ RVC_c_srai64,   0x8501, "srai a0,a0,0x0" },
		{ RVC_c_andi,     0x997d, "andi a0,a0,-1" },
		{ RVC_c_sub,      0x8d0d, "sub a0,a0,a1" },
		{ RVC_c_xor,      0x8d2d, "xor a0,a0,a1" },
		{ RVC_c_or,       0x8d4d, "or a0,a0,a1" },
		{ RVC_c_and,      0x8d6d, "and a0,a0,a1" },
		{ RVC_c_subw,     0x9d0d, "subw a0,a0,a1" },
		{ RVC_c_addw,     0x9d2d, "addw a0,a0,a1" },
		{ RVC_c_j,        0xa005, "jal zero,0x1020" },
		{ RVC_c_beqz,     0xdc75, "beq s0,zero,0xffc" },
		{ RVC_c_bnez,     0xfc75, "bne s0,zero,0xffc" },
		{ RVC_c_slli,     0x157e, "slli a0,a0,0x3f" },
		{ RVC_c_slli64,   0x0502, "slli a0,a0,0x0" },
		{ RVC_c_lwsp,     0x4532, "lw a0,12(sp)" },
		{ RVC_c_ldsp,     0x6522, "ld a0,8(sp)" },
		{ RVC_c_jr,       0x8502, "jalr zero,0(a0)" },
		{ RVC_c_mv,       0x852e, "add a0,zero,a1" },
		{ RVC_c_ebreak,   0x9002, "ebreak" },
		{ RVC_c_jalr,     0x9502, "jalr ra,0(a0)" },
		{ RVC_c_add,      0x952e, "add a0,a0,a1" },
		{ RVC_c_swsp,     0xc62a, "sw a0,12(sp)" },
		{ RVC_c_sdsp,     0xe42a, "sd a0,8(sp)" },
		{ RVC_c_fld,      0x2130, "fld fa2,64(a0)" },
		{ RVC_c_fsd,      0xa130, "fsd fa2,64(a0)" },
		{ RVC_c_fldsp,    0x2522, "fld fa0,8(sp)" },
		{ RVC_c_fsdsp,    0xa42a, "fsd fa0,8(sp)" },
	};
	const struct isa *isa = *state;
	bool tested[RVC_COUNT] = { false };

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct insn insn = decode(isa, cases[i].word);
		char text[64];

		assert_int_equal(rvc_find(cases[i].word), cases[i].row);
		insn = decode(isa, isa_encode(isa, &insn));
		disasm(&insn, 0x1000, text, sizeof(text));
		assert_string_equal(text, cases[i].text);
		tested[cases[i].row] = true;
	}
	for (unsigned id = 0; id < RVC_COUNT; id++)
		if (!tested[id])
			fail_msg("%s: not tested here", rvc_rows[id].name);
}

static void reserved_words_are_illegal(void **state)
{
	static const struct {
		u16 word;
		const char *why;
	} cases[] = {
		{ 0x0000, "the word 0" },
		{ 0x0004, "c.addi4spn with imm 0" },
		{ 0x2005, "c.addiw with rd 0" },
		{ 0x6101, "c.addi16sp with imm 0" },
		{ 0x6501, "c.lui with imm 0" },
		{ 0x4002, "c.lwsp with rd 0" },
		{ 0x6002, "c.ldsp with rd 0" },
		{ 0x8002, "c.jr with rs1 0" },
		{ 0x8000, "quadrant 0, funct3 100" },
		{ 0x9c41, "quadrant 1, the place after c.addw" },
	};
	static const u16 hints[] = { 0x0001, 0x0005, 0x0501, 0x4001, 0x6005, 0x0006, 0x800a, 0x900a };
	const struct isa *isa = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (decode(isa, cases[i].word).id != INSN_NONE)
			fail_msg("%s (%04x) is legal", cases[i].why, cases[i].word);
	for (unsigned i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
		if (decode(isa, hints[i]).id == INSN_NONE)
			fail_msg("the hint %04x is illegal", hints[i]);
}

static void reserved_fields_of_fences_are_ignored(void **state)
{
	const struct isa *isa = *state;
	struct insn insn = decode(isa, 0xfffff08f & ~0x7000u);

	assert_int_equal(insn.id, INSN_fence);
	assert_int_equal(insn.rd, 0);
	assert_int_equal(insn.rs1, 0);
	assert_int_equal(insn.imm, 0xfff);
	insn = decode(isa, 0xffff9f8f);
	assert_int_equal(insn.id, INSN_fence_i);
	assert_int_equal(insn.rd, 0);
	assert_int_equal(insn.rs1, 0);
	assert_int_equal(insn.imm, 0);
}

static void isa_has_what_its_name_says(void **state)
{
	static const u32 compressed_add = 0x952e, mul = 0x02b50533, lr_w = 0x1005252f;
	static const u32 csrrw = 0x30001073, add = 0x00b50533, fence_i = 0x0000100f;
	struct fault fault;
	struct isa isa;
	char name[64];

	assert_true(isa_create(&isa, "rv64i", &fault));
	assert_int_equal(decode(&isa, add).id, INSN_add);
	assert_int_equal(decode(&isa, compressed_add).id, INSN_NONE);
	assert_int_equal(decode(&isa, compressed_add).length, 2);
	assert_int_equal(decode(&isa, mul).id, INSN_NONE);
	assert_int_equal(decode(&isa, lr_w).id, INSN_NONE);
	assert_int_equal(decode(&isa, csrrw).id, INSN_NONE);
	assert_int_equal(decode(&isa, fence_i).id, INSN_NONE);
	isa_name(&isa, name, sizeof(name));
	assert_string_equal(name, "rv64i");
	isa_destroy(&isa);

	assert_true(isa_create(&isa, "RV64IMAC_Zicsr_Zifencei", &fault));
	assert_int_equal(decode(&isa, compressed_add).id, INSN_add);
	assert_int_equal(decode(&isa, mul).id, INSN_mul);
	assert_int_equal(decode(&isa, lr_w).id, INSN_lr_w);
	assert_int_equal(decode(&isa, csrrw).id, INSN_csrrw);
	assert_int_equal(decode(&isa, fence_i).id, INSN_fence_i);
	isa_name(&isa, name, sizeof(name));
	assert_string_equal(name, "rv64imac_zicsr_zifencei");
	isa_name(&isa, name, 5);
	assert_string_equal(name, "rv64");
	isa_destroy(&isa);
}

static void isa_name_makes_the_same_isa(void **state)
{
	const struct isa *isa = *state;
	struct fault fault;
	struct isa again;
	char name[512];

	isa_name(isa, name, sizeof(name));
	assert_true(isa_create(&again, name, &fault));
	assert_true(again.extensions == isa->extensions);
	isa_destroy(&again);
}

static void unknown_isa_is_refused(void **state)
{
	static const struct {
		const char *name, *says;
	} cases[] = {
		{ "", "begins with rv64i" },
		{ "rv64", "begins with rv64i" },
		{ "rv32imac", "begins with rv64i" },
		{ "rv64imacv", "'v'" },
		{ "rv64imac_", "'_'" },
		{ "rv64imac__zicsr", "'_'" },
		{ "rv64imac_zicsr_zfoo", "'zfoo'" },
		{ "rv64imac_zicsr zfoo", "'zicsr zfoo'" },
		{ "rv64i2p1", "'2'" },
	};
	char endless[2000];
	struct fault fault;
	struct isa isa;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_false(isa_create(&isa, cases[i].name, &fault));
		if (strstr(fault.text, cases[i].says) == NULL)
			fail_msg("'%s' is refused with: %s", cases[i].name, fault.text);
	}
	memset(endless, 'z', sizeof(endless));
	memcpy(endless, "rv64i", 5);
	endless[sizeof(endless) - 1] = '\0';
	assert_false(isa_create(&isa, endless, &fault));
}

static void disasm_keeps_to_its_size(void **state)
{
	static const u32 words[] = { 0x00b50533, 0x30001073, 0x952e, 0x0ff0000f, 0xffffffff, 0 };
	const struct isa *isa = *state;

	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct insn insn = decode(isa, words[i]);

		for (size_t size = 1; size < 24; size++) {
			char text[32];

			memset(text, '#', sizeof(text));
			disasm(&insn, 0, text, size);
			assert_true(strlen(text) < size);
			assert_int_equal(text[size], '#');
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_do_not_overlap),
		cmocka_unit_test(names_are_found),
		cmocka_unit_test(decode_undoes_encode),
		cmocka_unit_test(decode_is_a_search),
		cmocka_unit_test(nothing_decodes_to_nothing),
		cmocka_unit_test(compressed_rows_do_not_overlap),
		cmocka_unit_test(expansions_are_instructions),
		cmocka_unit_test(expansions_are_the_specified),
		cmocka_unit_test(reserved_words_are_illegal),
		cmocka_unit_test(reserved_fields_of_fences_are_ignored),
		cmocka_unit_test(isa_has_what_its_name_says),
		cmocka_unit_test(isa_name_makes_the_same_isa),
		cmocka_unit_test(unknown_isa_is_refused),
		cmocka_unit_test(disasm_keeps_to_its_size),
	};

	return cmocka_run_group_tests_name("tables", tests, create_full, destroy_full);
}
