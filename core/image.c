/*
 * Guest images. An ELF is a list of segments, each a piece of the file and the address it belongs
 * at; anything else is bytes for one address. emu/ calls this for kernels, firmware and programs;
 * all that the file says is checked before RAM changes.
 */
#include "core/image.h"

#include "core/file.h"

#include <assert.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>

enum { IMAGE_LARGEST = INT32_MAX }; /* bytes of an ELF file, debugging sections included */

struct segment {
	u64 address;      /* physical */
	u64 virtual;
	u64 size, filled; /* bytes in memory; of these, from the file */
	const u8 *from;
};

/* An ELF that is being read. */
struct reader {
	const char *path;
	Elf *elf;
	u8 *bytes;
	u64 length;
	struct segment *segment; /* sorted by address */
	u64 segments;
};

bool image_is_elf(const char *path, bool *elf, struct fault *fault)
{
	u8 magic[SELFMAG];
	u64 size;

	*elf = false;
	if (!file_size(path, &size, fault))
		return false;
	if (size < sizeof(magic))
		return true;
	if (!file_read(path, magic, sizeof(magic), fault))
		return false;
	*elf = memcmp(magic, ELFMAG, sizeof(magic)) == 0;
	return true;
}

/* Checks. */

static bool image_check_header(const struct reader *reader, GElf_Ehdr *header, struct fault *fault)
{
	const char *path = reader->path;

	if (elf_kind(reader->elf) != ELF_K_ELF || !gelf_getehdr(reader->elf, header))
		return fault_set(fault, "'%.200s' begins as an ELF file but is none", path);
	if (header->e_ident[EI_CLASS] != ELFCLASS64)
		return fault_set(fault, "'%.200s' is a 32-bit program; this machine is RV64", path);
	if (header->e_ident[EI_DATA] != ELFDATA2LSB)
		return fault_set(fault, "'%.200s' is big-endian; this machine is not", path);
	if (header->e_machine != EM_RISCV)
		return fault_set(fault, "'%.200s' is for another processor (ELF machine %u, "
			"RISC-V is %u)", path, header->e_machine, EM_RISCV);
	if (header->e_type != ET_EXEC && header->e_type != ET_DYN)
		return fault_set(fault, "'%.200s' is not an executable (ELF type %u): was it "
			"linked?", path, header->e_type);
	return true;
}

static bool image_check_segment(const struct reader *reader, const GElf_Phdr *segment,
	const struct ram *ram, struct fault *fault)
{
	if (segment->p_memsz < segment->p_filesz)
		return fault_set(fault, "'%.200s': a segment has more bytes in the file than in "
			"memory", reader->path);
	if (segment->p_offset > reader->length
			|| segment->p_filesz > reader->length - segment->p_offset)
		return fault_set(fault, "'%.200s' is cut short: a segment lies beyond its end",
			reader->path);
	if (!ram_holds(ram, segment->p_paddr, segment->p_memsz))
		return fault_set(fault, "'%.200s': a segment of %llu bytes for 0x%llx is not in "
			"RAM (0x%llx to 0x%llx)", reader->path,
			(unsigned long long)segment->p_memsz,
			(unsigned long long)segment->p_paddr, (unsigned long long)ram->base,
			(unsigned long long)(ram->base + ram->size));
	return true;
}

static int segment_compare(const void *left, const void *right)
{
	const struct segment *a = left, *b = right;

	return (a->address > b->address) - (a->address < b->address);
}

static bool image_check_segments(struct reader *reader, const struct ram *ram, struct fault *fault)
{
	size_t count;
	GElf_Phdr row;

	if (elf_getphdrnum(reader->elf, &count) < 0 || count > reader->length)
		return fault_set(fault, "'%.200s': its program headers cannot be read",
			reader->path);
	reader->segment = calloc(count + 1, sizeof(*reader->segment));
	if (!reader->segment)
		return fault_set(fault, "no memory for the segments of '%.200s'", reader->path);
	for (size_t i = 0; i < count; i++) {
		if (!gelf_getphdr(reader->elf, (int)i, &row))
			return fault_set(fault, "'%.200s': program header %zu cannot be read",
				reader->path, i);
		if (row.p_type == PT_INTERP)
			return fault_set(fault, "'%.200s' needs a dynamic linker: link it "
				"statically", reader->path);
		if (row.p_type != PT_LOAD || row.p_memsz == 0)
			continue;
		if (!image_check_segment(reader, &row, ram, fault))
			return false;
		reader->segment[reader->segments++] = (struct segment){
			.address = row.p_paddr,
			.virtual = row.p_vaddr,
			.size = row.p_memsz,
			.filled = row.p_filesz,
			.from = reader->bytes + row.p_offset,
		};
	}
	if (reader->segments == 0)
		return fault_set(fault, "'%.200s' has no segment to load", reader->path);
	qsort(reader->segment, reader->segments, sizeof(*reader->segment), segment_compare);
	for (u64 i = 1; i < reader->segments; i++) {
		const struct segment *below = &reader->segment[i - 1];

		if (reader->segment[i].address - below->address < below->size)
			return fault_set(fault, "'%.200s': two segments overlap at 0x%llx",
				reader->path, (unsigned long long)reader->segment[i].address);
	}
	return true;
}

/* The entry point is given as a virtual address; the hart starts at a physical one. */
static bool image_check_entry(const struct reader *reader, u64 entry, u64 *physical,
	struct fault *fault)
{
	for (u64 i = 0; i < reader->segments; i++) {
		const struct segment *segment = &reader->segment[i];

		if (entry - segment->virtual < segment->size) {
			*physical = segment->address + (entry - segment->virtual);
			return true;
		}
	}
	return fault_set(fault, "'%.200s': the entry point 0x%llx is in no segment", reader->path,
		(unsigned long long)entry);
}

/* Symbols. */

/* By address; at one address functions come last, to be found first. */
static int symbol_compare(const void *left, const void *right)
{
	const struct image_symbol *a = left, *b = right;

	if (a->address != b->address)
		return a->address < b->address ? -1 : 1;
	if (a->function != b->function)
		return a->function ? 1 : -1;
	if (a->size != b->size)
		return a->size < b->size ? -1 : 1;
	return (a->name > b->name) - (a->name < b->name);
}

/* Anything but the assembler's own marks: "$x" (code here), "$d", ".L3". */
static bool symbol_kept(const GElf_Sym *symbol, const char *name)
{
	unsigned type = GELF_ST_TYPE(symbol->st_info);

	return symbol->st_shndx != SHN_UNDEF && type != STT_FILE && type != STT_SECTION
		&& type != STT_TLS && name[0] && name[0] != '$' && strncmp(name, ".L", 2) != 0;
}

static bool image_take_names(struct image *image, Elf_Scn *section, u64 *length)
{
	Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;

	if (!data || !data->d_buf)
		return true;
	*length = data->d_size;
	image->names = malloc(data->d_size + 1);
	if (!image->names)
		return false;
	memcpy(image->names, data->d_buf, data->d_size);
	image->names[data->d_size] = 0;
	for (char *c = image->names; c < image->names + data->d_size; c++) {
		if (*c && ((u8)*c < ' ' || *c == 0x7f))
			*c = '?';
	}
	return true;
}

/* A table that cannot be read means no symbols: the program runs without. */
static bool image_take_symbols(struct image *image, Elf *elf, struct fault *fault)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	Elf_Data *data = NULL;
	u64 names = 0;

	while (!data && (section = elf_nextscn(elf, section))) {
		if (gelf_getshdr(section, &header) && header.sh_type == SHT_SYMTAB)
			data = elf_getdata(section, NULL);
	}
	if (!data || !data->d_buf)
		return true;

	u64 count = data->d_size / sizeof(Elf64_Sym);

	image->symbol = calloc(count + 1, sizeof(*image->symbol));
	if (!image->symbol || !image_take_names(image, elf_getscn(elf, header.sh_link), &names))
		return fault_set(fault, "no memory for the symbols of '%.200s'", image->path);
	for (u64 i = 0; i < count; i++) {
		GElf_Sym symbol;

		if (!gelf_getsym(data, (int)i, &symbol) || symbol.st_name >= names
				|| !symbol_kept(&symbol, image->names + symbol.st_name))
			continue;
		image->symbol[image->symbols++] = (struct image_symbol){
			.address = symbol.st_value,
			.size = symbol.st_size,
			.name = image->names + symbol.st_name,
			.function = GELF_ST_TYPE(symbol.st_info) == STT_FUNC,
		};
	}
	qsort(image->symbol, image->symbols, sizeof(*image->symbol), symbol_compare);
	return true;
}

/* Loading. */

static void image_copy(const struct reader *reader, struct ram *ram)
{
	for (u64 i = 0; i < reader->segments; i++) {
		const struct segment *segment = &reader->segment[i];

		bool copied = ram_copy_in(ram, segment->address, segment->from, segment->filled)
			&& ram_clear(ram, segment->address + segment->filled,
				segment->size - segment->filled);

		/* Nobody seals pages of a machine that has not begun. */
		assert(copied);
		(void)copied;
	}
}

static bool image_load_elf(struct image *image, struct ram *ram, struct fault *fault)
{
	struct reader reader = { .path = image->path };
	GElf_Ehdr header;

	elf_version(EV_CURRENT);
	if (!file_read_all(image->path, IMAGE_LARGEST, &reader.bytes, &reader.length, fault))
		return false;
	reader.elf = elf_memory((char *)reader.bytes, reader.length);

	bool good = image_check_header(&reader, &header, fault)
		&& image_check_segments(&reader, ram, fault)
		&& image_check_entry(&reader, header.e_entry, &image->entry, fault)
		&& image_take_symbols(image, reader.elf, fault);

	if (good) {
		const struct segment *last = &reader.segment[reader.segments - 1];

		image->elf = true;
		image->low = reader.segment[0].address;
		image->high = last->address + last->size;
		image_copy(&reader, ram);
	}
	elf_end(reader.elf);
	free(reader.segment);
	free(reader.bytes);
	return good;
}

static bool image_load_raw(struct image *image, struct ram *ram, u64 raw_at, struct fault *fault)
{
	u8 *bytes;
	u64 length;

	if (!ram_holds(ram, raw_at, 1))
		return fault_set(fault, "0x%llx, where '%.150s' is to be loaded, is not in RAM "
			"(0x%llx to 0x%llx)", (unsigned long long)raw_at, image->path,
			(unsigned long long)ram->base, (unsigned long long)(ram->base + ram->size));
	if (!file_read_all(image->path, ram->size - (raw_at - ram->base), &bytes, &length, fault))
		return false;

	bool copied = ram_copy_in(ram, raw_at, bytes, length);

	assert(copied);
	(void)copied;
	free(bytes);
	image->entry = image->low = raw_at;
	image->high = raw_at + length;
	return true;
}

bool image_load(struct image *image, const char *path, struct ram *ram, u64 raw_at,
	struct fault *fault)
{
	bool elf, good;

	*image = (struct image){ 0 };
	if (!image_is_elf(path, &elf, fault))
		return false;
	image->path = strdup(path);
	if (!image->path)
		return fault_set(fault, "no memory to load '%.200s'", path);
	if (elf)
		good = image_load_elf(image, ram, fault);
	else
		good = image_load_raw(image, ram, raw_at, fault);
	if (!good)
		image_destroy(image);
	return good;
}

void image_destroy(struct image *image)
{
	free(image->path);
	free(image->symbol);
	free(image->names);
	*image = (struct image){ 0 };
}

/* Looking up. */

const struct image_symbol *image_symbol_named(const struct image *image, const char *name)
{
	for (u32 i = 0; i < image->symbols; i++) {
		if (strcmp(image->symbol[i].name, name) == 0)
			return &image->symbol[i];
	}
	return NULL;
}

const struct image_symbol *image_symbol_at(const struct image *image, u64 address)
{
	u32 low = 0, high = image->symbols;

	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (image->symbol[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return NULL;

	/* Labels may stand inside a function: go back to a symbol that covers the address, as far
	 * as the end of the symbol with a size before it. */
	for (u32 i = low; i-- > 0;) {
		const struct image_symbol *symbol = &image->symbol[i];

		if (address - symbol->address < symbol->size)
			return symbol;
		if (symbol->size)
			break;
	}
	return &image->symbol[low - 1];
}
