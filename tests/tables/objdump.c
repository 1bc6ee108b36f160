/*
 * Our decoder and disassembler against binutils: every 16-bit word, random fillings of every row,
 * and a million random 32-bit words. Where we have an instruction the text must be equal; where we
 * have none, objdump must not see a row of ours. Differences on purpose stand in `exceptions`.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cpu/decode.h"
#include "cpu/rvc.h"

enum { SKIP = 77, RANDOM_WORDS = 1000000, FILLINGS = 200 };

static const char *const prefixes[] = { "riscv64-linux-gnu-", "riscv64-unknown-elf-" };

/* Our extensions that binutils 2.40 has a name for. */
static const char their_isa[] = "rv64imafdc_zicbom_zicbop_zicboz_zicsr_zifencei_zihintpause_zawrs_zba"
	"_zbb_zbc_zbs_svinval";

/* Where the specification and objdump part. */
static const struct exception {
	const char *name;
	u8 length;
	u32 match, mask;
	u16 ours;           /* the row that we decode */
	const char *theirs; /* the mnemonic that objdump prints */
	const char *reason;
} exceptions[] = {
	{ "fence with reserved fm, rd or rs1", 4, 0x000f, 0x707f, INSN_fence, ".4byte",
	  "implementations shall ignore these fields (unprivileged 2.7)" },
	{ "fence.i with imm, rd or rs1", 4, 0x100f, 0x707f, INSN_fence_i, ".4byte",
	  "implementations shall ignore these fields (Zifencei)" },
	{ "csrrw zero,cycle,zero", 4, 0xc0001073, 0xffffffff, INSN_csrrw, "unimp",
	  "an assembler's name for a write to a read-only CSR, no instruction of its own" },
	{ "czero.eqz", 4, 0x0e005033, 0xfe00707f, INSN_czero_eqz, ".4byte",
	  "binutils 2.40 does not have Zicond" },
	{ "czero.nez", 4, 0x0e007033, 0xfe00707f, INSN_czero_nez, ".4byte",
	  "binutils 2.40 does not have Zicond" },
	{ "fcvt.d.s with a rounding mode", 4, 0x42000053, 0xfff0007f, INSN_fcvt_d_s, ".4byte",
	  "exact, but any mode may be encoded; binutils 2.40 knows rne only" },
	{ "fcvt.d.w with a rounding mode", 4, 0xd2000053, 0xfff0007f, INSN_fcvt_d_w, ".4byte",
	  "the same" },
	{ "fcvt.d.wu with a rounding mode", 4, 0xd2100053, 0xfff0007f, INSN_fcvt_d_wu, ".4byte",
	  "the same" },
	{ "c.addi16sp with imm 0", 2, 0x6101, 0xffff, INSN_NONE, "c.addi16sp",
	  "reserved (unprivileged, C, table of quadrant 1)" },
};

enum { EXCEPTIONS = sizeof(exceptions) / sizeof(exceptions[0]) };

struct comparison {
	const char *prefix; /* of the tools' names */
	char path[32]; /* the words, while they are read; "" otherwise */
	char object[48]; /* the same as an object file that names the extensions */
	struct isa isa;
	bool met[EXCEPTIONS];
	u64 agreed; /* words that both sides write alike */
};

/* xorshift64: the same numbers on every run. */
static u64 next_random(u64 *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed >> 16;
}

/* "beq a0,a1,10 <.text+0x10>" becomes "beq a0,a1,0x10". */
static void plain_target(char *text)
{
	char *symbol = strstr(text, " <"), *target;
	size_t length;

	if (symbol == NULL)
		return;
	*symbol = '\0';
	target = strrchr(text, ',') ? strrchr(text, ',') + 1 : strchr(text, ' ') + 1;
	length = strlen(target);
	/* " <" left room for "0x". */
	memmove(target + 2, target, length + 1);
	memcpy(target, "0x", 2);
}

/* "   c:\t00b50533   \tadd\ta0,a0,a1 # x" becomes "add a0,a0,a1". False: not such a line. */
static bool read_line(char *line, u64 *address, u32 *word, char **text)
{
	char *end, *tab;

	*address = strtoull(line, &end, 16);
	if (end == line || end[0] != ':' || end[1] != '\t')
		return false;
	*word = (u32)strtoull(end + 2, &end, 16);
	*text = strchr(end, '\t');
	if (*text == NULL)
		return false;
	(*text)++;
	tab = strchr(*text, '\t');
	if (tab != NULL)
		*tab = ' ';
	end = strstr(*text, " #");
	if (end == NULL)
		end = *text + strcspn(*text, "\n");
	while (end > *text && end[-1] == ' ')
		end--;
	*end = '\0';
	plain_target(*text);
	return true;
}

static bool mnemonic_is(const char *text, const char *mnemonic)
{
	size_t length = strcspn(text, " ");

	return strlen(mnemonic) == length && strncmp(text, mnemonic, length) == 0;
}

/* Has the mnemonic, without its aq and rl, a row of ours? */
static bool mnemonic_is_ours(const char *text)
{
	static const char *const orderings[] = { ".aq", ".rl", ".aqrl" };
	char name[64];

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(text, " "), text);
	for (unsigned id = 0; id < RVC_COUNT; id++)
		if (strcmp(name, rvc_rows[id].name) == 0)
			return true;
	for (unsigned i = 0; i < sizeof(orderings) / sizeof(orderings[0]); i++) {
		char *end = name + strlen(name) - strlen(orderings[i]);

		if (end > name && strcmp(end, orderings[i]) == 0)
			*end = '\0';
	}
	return isa_find(name) != INSN_NONE;
}

/* objdump names CSRs that we lack; we print their numbers. All else must be equal. */
static bool equal_but_for_missing_csr(const struct insn *insn, const char *ours, const char *theirs)
{
	u8 format = insn_rows[insn->id].format;
	const char *our_csr, *their_csr;

	if (format != FORMAT_C && format != FORMAT_Z)
		return false;
	our_csr = strchr(ours, ',');
	their_csr = strchr(theirs, ',');
	return our_csr != NULL && their_csr != NULL &&
		our_csr - ours == their_csr - theirs &&
		memcmp(ours, theirs, (size_t)(our_csr - ours)) == 0 &&
		strncmp(our_csr, ",0x", 3) == 0 && strncmp(their_csr, ",0x", 3) != 0 &&
		strcmp(strrchr(ours, ','), strrchr(theirs, ',')) == 0;
}

static bool excepted(struct comparison *c, const struct insn *insn, const char *theirs)
{
	for (unsigned i = 0; i < EXCEPTIONS; i++) {
		const struct exception *e = &exceptions[i];

		if (insn->length == e->length && (insn->word & e->mask) == e->match &&
		    insn->id == e->ours && mnemonic_is(theirs, e->theirs)) {
			c->met[i] = true;
			return true;
		}
	}
	return false;
}

static void compare_one(struct comparison *c, u64 pc, u32 word, const char *theirs)
{
	struct insn insn = decode(&c->isa, word);
	char ours[64];

	disasm(&insn, pc, ours, sizeof(ours));
	if (excepted(c, &insn, theirs))
		return;
	if (insn.id == INSN_NONE) {
		if (mnemonic_is_ours(theirs))
			fail_msg("%0*x: we have no instruction, objdump says '%s'",
				insn.length * 2, word, theirs);
		return;
	}
	if (strcmp(ours, theirs) != 0 && !equal_but_for_missing_csr(&insn, ours, theirs))
		fail_msg("%0*x at %" PRIx64 ": we say '%s', objdump says '%s'", insn.length * 2,
			word, pc, ours, theirs);
	c->agreed++;
}

/* Lays `count` words of `length` bytes one after the other from address 0 and compares them all. */
static void compare_words(struct comparison *c, const u32 *words, size_t count, unsigned length)
{
	char command[512], line[256];
	size_t compared = 0;
	FILE *stream;
	int file;

	strcpy(c->path, "/tmp/ringside-words-XXXXXX");
	file = mkstemp(c->path);
	assert_true(file >= 0);
	stream = fdopen(file, "wb");
	assert_non_null(stream);
	for (size_t i = 0; i < count; i++)
		for (unsigned byte = 0; byte < length; byte++)
			putc((int)(words[i] >> 8 * byte & 0xff), stream);
	assert_int_equal(fclose(stream), 0);

	snprintf(c->object, sizeof(c->object), "%s.o", c->path);
	snprintf(command, sizeof(command),
		"echo '.attribute arch, \"%s\"; .incbin \"%s\"' | %sas -o %s -", their_isa,
		c->path, c->prefix, c->object);
	assert_int_equal(system(command), 0);
	snprintf(command, sizeof(command), "%sobjdump -D -z -j .text -M no-aliases %s", c->prefix,
		c->object);
	stream = popen(command, "r");
	assert_non_null(stream);
	while (fgets(line, sizeof(line), stream) != NULL) {
		u64 address;
		char *text;
		u32 word;

		if (!read_line(line, &address, &word, &text))
			continue;
		if (compared == count || address != compared * length || word != words[compared])
			fail_msg("objdump and we are out of step at %" PRIx64, address);
		compare_one(c, address, word, text);
		compared++;
	}
	assert_int_equal(pclose(stream), 0);
	assert_int_equal(compared, count);
}

static int remove_words(void **state)
{
	struct comparison *c = *state;

	unlink(c->path);
	unlink(c->object);
	c->path[0] = '\0';
	return 0;
}

static void every_16_bit_word(void **state)
{
	struct comparison *c = *state;
	u32 *words = malloc(65536 * sizeof(*words));
	size_t count = 0;

	assert_non_null(words);
	for (u32 word = 0; word < 65536; word++)
		if ((word & 3) != 3)
			words[count++] = word;
	c->agreed = 0;
	compare_words(c, words, count, 2);
	assert_true(c->agreed > 30000);
	free(words);
}

static void every_row(void **state)
{
	struct comparison *c = *state;
	u32 *words = malloc(INSN_COUNT * FILLINGS * sizeof(*words));
	size_t count = 0;
	u64 seed = 3;

	assert_non_null(words);
	for (unsigned id = 0; id < INSN_COUNT; id++)
		for (unsigned i = 0; i < FILLINGS; i++)
			words[count++] = c->isa.match[id] |
				((u32)next_random(&seed) & ~c->isa.mask[id]);
	c->agreed = 0;
	compare_words(c, words, count, 4);
	assert_true(c->agreed >= (INSN_COUNT - EXCEPTIONS) * FILLINGS);
	free(words);
}

/* Every CSR number, and every fence whose reserved fields are 0. */
static void every_csr_and_fence(void **state)
{
	struct comparison *c = *state;
	u32 *words = malloc(2 * 4096 * sizeof(*words));
	size_t count = 0;

	assert_non_null(words);
	for (u32 number = 0; number < 4096; number++)
		words[count++] = number << 20 | 0x00051573;
	for (u32 imm = 0; imm < 4096; imm++)
		words[count++] = imm << 20 | 0x0000000f;
	words[0] = 0xc0001073; /* the exception by name */
	compare_words(c, words, count, 4);
	free(words);
}

static void random_words(void **state)
{
	struct comparison *c = *state;
	u32 *words = malloc(RANDOM_WORDS * sizeof(*words));
	u64 seed = 4;

	assert_non_null(words);
	for (size_t i = 0; i < RANDOM_WORDS; i++) {
		unsigned near = (unsigned)(next_random(&seed) % INSN_COUNT);
		u32 word;

		/* Half of the words: a row's own, with one bit above the low five turned. */
		do {
			word = (u32)next_random(&seed) | 3;
			if (i & 1)
				word = ((word & ~c->isa.mask[near]) | c->isa.match[near]) ^
					(32u << next_random(&seed) % 27);
		} while ((word & 31) == 31); /* longer than 32 bits */
		words[i] = word;
	}
	c->agreed = 0;
	compare_words(c, words, RANDOM_WORDS, 4);
	assert_true(c->agreed > RANDOM_WORDS / 4);
	free(words);
}

/* An exception that nothing needs any more is to be struck out. */
static void exceptions_are_needed(void **state)
{
	struct comparison *c = *state;

	for (unsigned i = 0; i < EXCEPTIONS; i++)
		if (!c->met[i])
			fail_msg("%s: objdump agrees with us", exceptions[i].name);
}

static const char *find_prefix(void)
{
	char command[128];

	for (unsigned i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		snprintf(command, sizeof(command), "%sobjdump --version >/dev/null 2>&1 && "
			"%sas --version >/dev/null 2>&1", prefixes[i], prefixes[i]);
		if (system(command) == 0)
			return prefixes[i];
	}
	return NULL;
}

#define comparison(test, state) \
	cmocka_unit_test_prestate_setup_teardown(test, NULL, remove_words, state)

int main(void)
{
	struct comparison c = { .prefix = find_prefix() };
	const struct CMUnitTest tests[] = {
		comparison(every_16_bit_word, &c),
		comparison(every_row, &c),
		comparison(every_csr_and_fence, &c),
		comparison(random_words, &c),
		comparison(exceptions_are_needed, &c),
	};
	struct fault fault;
	int failed;

	if (c.prefix == NULL) {
		printf("skipped: neither %sas and objdump nor %s's are installed\n", prefixes[0],
			prefixes[1]);
		return SKIP;
	}
	if (!isa_create(&c.isa, NULL, &fault)) {
		printf("%s\n", fault.text);
		return 1;
	}
	failed = cmocka_run_group_tests_name("objdump", tests, NULL, NULL);
	isa_destroy(&c.isa);
	return failed;
}
