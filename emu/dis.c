/*
 * `ringside dis`: the executable parts of a file as assembler text, one instruction a line, with
 * the file's symbols as labels. An ELF is read through libelf; anything else is raw code.
 */
#include <gelf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/file.h"
#include "core/image.h"
#include "cpu/decode.h"
#include "emu/verb.h"
#include "emu/view/text.h"

enum { DIS_LARGEST = INT32_MAX }; /* bytes of a file */

struct label {
	u64 address;
	const char *name; /* in the ELF's string table */
};

struct dis {
	const char *path;
	u8 *bytes;
	u64 length;
	Elf *elf; /* null: raw */
	struct isa isa;
	struct label *label; /* sorted by address, then name */
	u64 labels;
	struct style style;
	bool some; /* something was printed */
};

/* Labels. */

static int label_compare(const void *left, const void *right)
{
	const struct label *a = left, *b = right;

	if (a->address != b->address)
		return a->address < b->address ? -1 : 1;
	return strcmp(a->name, b->name);
}

/* Functions and untyped names; not the assembler's own ($x, .L1), nor names of sections and files.
 * In an object that is not linked yet addresses count from their section: `section` chooses. */
static bool label_wanted(const GElf_Sym *symbol, const char *name, size_t section, bool linked)
{
	unsigned type = GELF_ST_TYPE(symbol->st_info);

	if (!name || !*name || *name == '$' || *name == '.')
		return false;
	if (symbol->st_shndx == SHN_UNDEF || symbol->st_shndx >= SHN_LORESERVE)
		return false;
	return (type == STT_FUNC || type == STT_NOTYPE) && (linked || symbol->st_shndx == section);
}

static bool labels_add(struct dis *dis, Elf_Scn *table, size_t section, bool linked,
	struct fault *fault)
{
	Elf_Data *data = elf_getdata(table, NULL);
	struct label *more;
	GElf_Shdr header;
	u64 count;

	if (!gelf_getshdr(table, &header) || !data || !header.sh_entsize)
		return true;
	count = data->d_size / header.sh_entsize;
	more = realloc(dis->label, (dis->labels + count) * sizeof(*more) + 1);
	if (!more)
		return fault_set(fault, "no memory for the symbols of '%.200s'", dis->path);
	dis->label = more;
	for (u64 i = 0; i < count; i++) {
		GElf_Sym symbol;
		const char *name;

		if (!gelf_getsym(data, (int)i, &symbol))
			break;
		name = elf_strptr(dis->elf, header.sh_link, symbol.st_name);
		if (label_wanted(&symbol, name, section, linked))
			dis->label[dis->labels++] = (struct label){ symbol.st_value, name };
	}
	return true;
}

static bool labels_read(struct dis *dis, size_t section, bool linked, struct fault *fault)
{
	dis->labels = 0;
	for (Elf_Scn *table = NULL; (table = elf_nextscn(dis->elf, table));) {
		GElf_Shdr header;

		if (gelf_getshdr(table, &header) && header.sh_type == SHT_SYMTAB
				&& !labels_add(dis, table, section, linked, fault))
			return false;
	}
	if (dis->labels)
		qsort(dis->label, dis->labels, sizeof(*dis->label), label_compare);
	return true;
}

/* The first label at or above an address. */
static u64 label_from(const struct dis *dis, u64 address)
{
	u64 low = 0, high = dis->labels;

	while (low < high) {
		u64 middle = low + (high - low) / 2;

		if (dis->label[middle].address < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Names come from outside: what a terminal would act upon is not printed. */
static void print_name(const char *name)
{
	for (; *name; name++)
		putchar((u8)*name < ' ' || *name == 0x7f ? '?' : *name);
}

static void print_labels(const struct dis *dis, u64 address)
{
	for (u64 i = label_from(dis, address);
	     i < dis->labels && dis->label[i].address == address; i++) {
		printf("\n%s%016" PRIx64 " <", dis->style.bold, address);
		print_name(dis->label[i].name);
		printf(">:%s\n", dis->style.off);
	}
}

/* " <name+0x10>": where a jump goes. */
static void print_target(const struct dis *dis, const struct insn *insn, u64 pc)
{
	u64 target = pc + (u64)(s64)insn->imm, at;
	u8 format;

	if (insn->id >= INSN_COUNT)
		return;
	format = insn_rows[insn->id].format;
	if (format != FORMAT_B && format != FORMAT_J)
		return;
	at = label_from(dis, target);
	if (at == dis->labels || dis->label[at].address != target) {
		if (!at)
			return;
		at = label_from(dis, dis->label[at - 1].address);
	}
	printf(" <");
	print_name(dis->label[at].name);
	if (target != dis->label[at].address)
		printf("+0x%" PRIx64, target - dis->label[at].address);
	printf(">");
}

static void print_code(struct dis *dis, const char *name, u64 address, const u8 *bytes, u64 length)
{
	printf("%s%s%s%s at 0x%" PRIx64 ", %" PRIu64 " bytes\n", dis->some ? "\n" : "",
		dis->style.bold, name, dis->style.off, address, length);
	dis->some = true;
	for (u64 at = 0; at < length;) {
		struct insn insn = { .id = INSN_NONE, .length = 1, .word = bytes[at] };
		char text[96];
		u64 left = length - at;
		u32 word = 0;

		print_labels(dis, address + at);
		memcpy(&word, bytes + at, left < 4 ? left : 4);
		if (left >= 4 || (left >= 2 && (word & 3) != 3))
			insn = decode(&dis->isa, word);
		else if (left >= 2)
			insn = (struct insn){ .id = INSN_NONE, .length = 2, .word = word & 0xffff };
		disasm(&insn, address + at, text, sizeof(text));
		printf("%12" PRIx64 ":  %0*x%*s  %s", address + at, 2 * insn.length, insn.word,
			8 - 2 * insn.length, "", text);
		print_target(dis, &insn, address + at);
		printf("\n");
		at += insn.length;
	}
}

/* What to print of an ELF: executable sections; or segments, where sections were stripped. */

static bool dis_sections(struct dis *dis, bool linked, struct fault *fault)
{
	size_t names;

	if (elf_getshdrstrndx(dis->elf, &names) < 0)
		return true;
	for (Elf_Scn *section = NULL; (section = elf_nextscn(dis->elf, section));) {
		GElf_Shdr header;
		const char *name;
		char shown[64];

		if (!gelf_getshdr(section, &header) || header.sh_type != SHT_PROGBITS
				|| !(header.sh_flags & SHF_EXECINSTR))
			continue;
		if (header.sh_offset > dis->length
				|| header.sh_size > dis->length - header.sh_offset)
			return fault_set(fault, "'%.200s' is cut short: a section lies beyond its "
				"end", dis->path);
		if (!labels_read(dis, elf_ndxscn(section), linked, fault))
			return false;
		name = elf_strptr(dis->elf, names, header.sh_name);
		snprintf(shown, sizeof(shown), "%.60s", name ? name : "?");
		for (char *c = shown; *c; c++)
			*c = (u8)*c < ' ' || *c == 0x7f ? '?' : *c;
		print_code(dis, shown, header.sh_addr, dis->bytes + header.sh_offset,
			header.sh_size);
	}
	return true;
}

static bool dis_segments(struct dis *dis, struct fault *fault)
{
	size_t count;

	if (elf_getphdrnum(dis->elf, &count) < 0)
		return true;
	for (size_t i = 0; i < count; i++) {
		GElf_Phdr segment;

		if (!gelf_getphdr(dis->elf, (int)i, &segment) || segment.p_type != PT_LOAD
				|| !(segment.p_flags & PF_X))
			continue;
		if (segment.p_offset > dis->length
				|| segment.p_filesz > dis->length - segment.p_offset)
			return fault_set(fault, "'%.200s' is cut short: a segment lies beyond its "
				"end", dis->path);
		print_code(dis, "segment", segment.p_vaddr, dis->bytes + segment.p_offset,
			segment.p_filesz);
	}
	return true;
}

static bool dis_elf(struct dis *dis, struct fault *fault)
{
	GElf_Ehdr header;

	elf_version(EV_CURRENT);
	dis->elf = elf_memory((char *)dis->bytes, dis->length);
	if (!dis->elf || elf_kind(dis->elf) != ELF_K_ELF || !gelf_getehdr(dis->elf, &header))
		return fault_set(fault, "'%.200s' begins as an ELF file but is none (--raw takes "
			"it as it is)", dis->path);
	if (header.e_machine != EM_RISCV || header.e_ident[EI_CLASS] != ELFCLASS64
			|| header.e_ident[EI_DATA] != ELFDATA2LSB)
		return fault_set(fault, "'%.200s' is no 64-bit RISC-V file (--raw takes it as it "
			"is)", dis->path);
	if (!dis_sections(dis, header.e_type != ET_REL, fault))
		return false;
	if (!dis->some && !dis_segments(dis, fault))
		return false;
	return dis->some || fault_set(fault, "'%.200s' has no code", dis->path);
}

int verb_dis(const struct options *options)
{
	struct dis dis = { .path = options->argument[0] };
	struct fault fault;
	bool elf = false, good;

	dis.style = style_of(stdout, options->plain);
	good = (options->raw || image_is_elf(dis.path, &elf, &fault))
		&& file_read_all(dis.path, DIS_LARGEST, &dis.bytes, &dis.length, &fault)
		&& isa_create(&dis.isa, NULL, &fault);
	if (good && elf)
		good = dis_elf(&dis, &fault);
	else if (good)
		print_code(&dis, "raw", options->base, dis.bytes, dis.length);
	if (dis.elf)
		elf_end(dis.elf);
	isa_destroy(&dis.isa);
	free(dis.label);
	free(dis.bytes);
	return good ? STATUS_GOOD : refuse(&fault);
}
