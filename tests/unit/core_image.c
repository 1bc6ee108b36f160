/*
 * Images: ELF files made here byte by byte, whole and broken in every way that is checked.
 */
#include "core/file.h"
#include "core/image.h"
#include "tests/unit/unit.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BASE UINT64_C(0x80000000)

enum { RAM_PAGES = 16, SEGMENTS = 2, SYMBOLS = 8 };

/* A whole ELF file, laid out as a struct. */
struct elf {
	Elf64_Ehdr header;
	Elf64_Phdr segment[SEGMENTS];
	u8 code[64];
	u8 data[32];
	Elf64_Sym symbol[SYMBOLS];
	char names[72];
	Elf64_Shdr section[3];
};

static const char names[] = "\0_start\0main\0inside\0value\0$x\0.L1\0end\0bad\x1bname";

static Elf64_Sym symbol(const char *name, u64 address, u64 size, unsigned type)
{
	u32 at = 1;

	while (strcmp(names + at, name) != 0)
		at += (u32)strlen(names + at) + 1;
	return (Elf64_Sym){ .st_name = at, .st_value = address, .st_size = size,
		.st_info = (unsigned char)ELF64_ST_INFO(STB_GLOBAL, type), .st_shndx = SHN_ABS };
}

static struct elf make(void)
{
	struct elf elf = {
		.header = {
			.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
			.e_type = ET_EXEC, .e_machine = EM_RISCV, .e_version = EV_CURRENT,
			.e_entry = BASE + 4, .e_phoff = offsetof(struct elf, segment),
			.e_shoff = offsetof(struct elf, section), .e_ehsize = sizeof(Elf64_Ehdr),
			.e_phentsize = sizeof(Elf64_Phdr), .e_phnum = SEGMENTS,
			.e_shentsize = sizeof(Elf64_Shdr), .e_shnum = 3,
		},
		.segment = {
			/* Virtual addresses are elsewhere, as in a kernel. */
			{ .p_type = PT_LOAD, .p_flags = PF_R | PF_W,
				.p_offset = offsetof(struct elf, data), .p_vaddr = 0x4000,
				.p_paddr = BASE + 0x2010, .p_filesz = 32, .p_memsz = 0x1800 },
			{ .p_type = PT_LOAD, .p_flags = PF_R | PF_X,
				.p_offset = offsetof(struct elf, code), .p_vaddr = BASE,
				.p_paddr = BASE, .p_filesz = 64, .p_memsz = 64 },
		},
		.symbol = {
			[1] = symbol("value", BASE + 0x2010, 8, STT_OBJECT),
			[2] = symbol("main", BASE + 16, 32, STT_FUNC),
			[3] = symbol("inside", BASE + 20, 0, STT_NOTYPE),
			[4] = symbol("_start", BASE, 16, STT_FUNC),
			[5] = symbol("$x", BASE, 0, STT_NOTYPE),
			[6] = symbol(".L1", BASE + 4, 0, STT_NOTYPE),
			[7] = symbol("end", BASE + 0x3810, 0, STT_NOTYPE),
		},
		.section = {
			[1] = { .sh_type = SHT_SYMTAB, .sh_offset = offsetof(struct elf, symbol),
				.sh_size = sizeof(Elf64_Sym) * SYMBOLS, .sh_link = 2,
				.sh_entsize = sizeof(Elf64_Sym), .sh_addralign = 8 },
			[2] = { .sh_type = SHT_STRTAB, .sh_offset = offsetof(struct elf, names),
				.sh_size = sizeof(names), .sh_addralign = 1 },
		},
	};

	memset(elf.code, 0xc0, sizeof(elf.code));
	memset(elf.data, 0xda, sizeof(elf.data));
	memcpy(elf.names, names, sizeof(names));
	return elf;
}

struct fixture {
	char folder[40], path[64];
	struct ram ram;
	struct fault fault;
};

static int setup(void **state)
{
	static struct fixture f;

	memset(&f, 0, sizeof(f));
	strcpy(f.folder, "/tmp/ringside-image-XXXXXX");
	if (!mkdtemp(f.folder) || !ram_create(&f.ram, BASE, RAM_PAGES * PAGE_SIZE, &f.fault))
		return -1;
	snprintf(f.path, sizeof(f.path), "%s/guest", f.folder);
	memset(f.ram.bytes, 0x11, f.ram.size);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	ram_destroy(&f->ram);
	unlink(f->path);
	return rmdir(f->folder);
}

static bool load(struct fixture *f, struct image *image, const void *bytes, u64 length, u64 raw_at)
{
	assert_true(file_write_all(f->path, bytes, length, &f->fault));
	f->fault.text[0] = 0;
	return image_load(image, f->path, &f->ram, raw_at, &f->fault);
}

/* Refused with a sentence that names the file and says `why`; RAM as it was, image empty. */
static void refused(struct fixture *f, const void *bytes, u64 length, const char *why)
{
	struct image image;

	assert_false(load(f, &image, bytes, length, BASE));
	if (!strstr(f->fault.text, why) || !strstr(f->fault.text, f->path))
		fail_msg("expected '%s', got '%s'", why, f->fault.text);
	assert_null(image.path);
	assert_null(image.symbol);
	assert_null(image.names);
	for (u64 i = 0; i < f->ram.size; i++)
		assert_int_equal(f->ram.bytes[i], 0x11);
}

static void segments_go_to_physical_addresses(void **state)
{
	struct fixture *f = *state;
	struct elf elf = make();
	struct image image;

	memset(f->ram.flags, RAM_CODE, RAM_PAGES);
	assert_true(load(f, &image, &elf, sizeof(elf), 0));
	assert_true(image.elf);
	assert_true(image.entry == BASE + 4);
	assert_true(image.low == BASE);
	assert_true(image.high == BASE + 0x3810);
	assert_memory_equal(f->ram.bytes, elf.code, 64);
	assert_int_equal(f->ram.bytes[64], 0x11);
	assert_int_equal(f->ram.bytes[0x200f], 0x11);
	assert_memory_equal(f->ram.bytes + 0x2010, elf.data, 32);
	assert_true(ram_is_zero(f->ram.bytes + 0x2030, 0x1800 - 32));
	assert_int_equal(f->ram.bytes[0x3810], 0x11);
	assert_int_equal(f->ram.touched->count, 3);
	image_destroy(&image);

	/* An entry point in virtual addresses becomes a physical one. */
	elf.header.e_entry = 0x4008;
	assert_true(load(f, &image, &elf, sizeof(elf), 0));
	assert_true(image.entry == BASE + 0x2018);
	image_destroy(&image);

	elf.header.e_type = ET_DYN;
	assert_true(load(f, &image, &elf, sizeof(elf), 0));
	image_destroy(&image);
}

static void symbols_are_found(void **state)
{
	struct fixture *f = *state;
	struct elf elf = make();
	struct image image;

	assert_true(load(f, &image, &elf, sizeof(elf), 0));
	assert_int_equal(image.symbols, 5);
	for (u32 i = 1; i < image.symbols; i++)
		assert_true(image.symbol[i - 1].address <= image.symbol[i].address);
	assert_true(image_symbol_named(&image, "main")->address == BASE + 16);
	assert_true(image_symbol_named(&image, "main")->function);
	assert_false(image_symbol_named(&image, "value")->function);
	assert_null(image_symbol_named(&image, "$x"));
	assert_null(image_symbol_named(&image, ""));
	assert_null(image_symbol_at(&image, BASE - 1));
	assert_string_equal(image_symbol_at(&image, BASE)->name, "_start");
	assert_string_equal(image_symbol_at(&image, BASE + 15)->name, "_start");
	assert_string_equal(image_symbol_at(&image, BASE + 20)->name, "main");
	assert_string_equal(image_symbol_at(&image, BASE + 47)->name, "main");
	assert_string_equal(image_symbol_at(&image, BASE + 48)->name, "inside");
	assert_string_equal(image_symbol_at(&image, UINT64_MAX)->name, "end");
	image_destroy(&image);
	assert_null(image_symbol_named(&image, "main"));
	assert_null(image_symbol_at(&image, BASE));

	/* Of two at one address, the function. */
	elf.symbol[2] = symbol("inside", BASE + 48, 0, STT_FUNC);
	elf.symbol[3] = symbol("main", BASE + 48, 0, STT_NOTYPE);
	for (int i = 0; i < 2; i++) {
		assert_true(load(f, &image, &elf, sizeof(elf), 0));
		assert_string_equal(image_symbol_at(&image, BASE + 50)->name,
			i ? "main" : "inside");
		image_destroy(&image);
		elf.symbol[2] = symbol("inside", BASE + 48, 0, STT_NOTYPE);
		elf.symbol[3] = symbol("main", BASE + 48, 0, STT_FUNC);
	}

	/* Names from outside are made harmless; symbols that point nowhere are dropped. */
	elf.symbol[1] = symbol("bad\x1bname", BASE + 1, 0, STT_FUNC);
	elf.symbol[3].st_name = sizeof(names);
	elf.symbol[7].st_name = UINT32_MAX;
	assert_true(load(f, &image, &elf, sizeof(elf), 0));
	assert_int_equal(image.symbols, 3);
	assert_non_null(image_symbol_named(&image, "bad?name"));
	image_destroy(&image);

	/* Without a table that can be read there are none, and the program still loads. */
	elf.header.e_shoff = UINT64_MAX;
	assert_true(load(f, &image, &elf, sizeof(elf), 0));
	assert_int_equal(image.symbols, 0);
	image_destroy(&image);
}

static void wrong_headers_are_refused(void **state)
{
	struct fixture *f = *state;
	struct elf elf;

	elf = make(), elf.header.e_ident[EI_CLASS] = ELFCLASS32;
	refused(f, &elf, sizeof(elf), "32-bit");
	elf = make(), elf.header.e_ident[EI_CLASS] = 9;
	refused(f, &elf, sizeof(elf), "ELF");
	elf = make(), elf.header.e_ident[EI_DATA] = ELFDATA2MSB;
	refused(f, &elf, sizeof(elf), "big-endian");
	elf = make(), elf.header.e_machine = EM_X86_64;
	refused(f, &elf, sizeof(elf), "another processor (ELF machine 62");
	elf = make(), elf.header.e_type = ET_REL;
	refused(f, &elf, sizeof(elf), "not an executable");
	elf = make(), elf.header.e_type = ET_CORE;
	refused(f, &elf, sizeof(elf), "not an executable");
	elf = make(), elf.header.e_phnum = 0;
	refused(f, &elf, sizeof(elf), "no segment");
	elf = make(), elf.header.e_entry = BASE + 64;
	refused(f, &elf, sizeof(elf), "entry point 0x80000040 is in no segment");
	elf = make(), elf.header.e_entry = 0;
	refused(f, &elf, sizeof(elf), "in no segment");
	elf = make();
	refused(f, &elf, 4, "ELF");
	refused(f, &elf, sizeof(elf.header) - 1, "ELF");
}

static void wrong_segments_are_refused(void **state)
{
	struct fixture *f = *state;
	struct elf elf;

	elf = make(), elf.segment[1].p_memsz = 63;
	refused(f, &elf, sizeof(elf), "more bytes in the file");
	elf = make(), elf.segment[1].p_offset = sizeof(elf) - 63;
	refused(f, &elf, sizeof(elf), "cut short");
	elf = make(), elf.segment[1].p_offset = UINT64_MAX - 3;
	refused(f, &elf, sizeof(elf), "cut short");
	elf = make();
	refused(f, &elf, offsetof(struct elf, data) + 31, "cut short");
	elf = make(), elf.segment[1].p_paddr = BASE - 1;
	refused(f, &elf, sizeof(elf), "not in RAM (0x80000000 to 0x80010000)");
	elf = make(), elf.segment[0].p_memsz = RAM_PAGES * PAGE_SIZE;
	refused(f, &elf, sizeof(elf), "not in RAM");
	elf = make(), elf.segment[0].p_memsz = UINT64_MAX;
	refused(f, &elf, sizeof(elf), "not in RAM");
	elf = make(), elf.segment[1].p_paddr = BASE + 0x2010 - 63;
	refused(f, &elf, sizeof(elf), "overlap at 0x80002010");
	elf = make(), elf.segment[1].p_paddr = BASE + 0x2010;
	refused(f, &elf, sizeof(elf), "overlap");
	elf = make(), elf.segment[1].p_paddr = BASE + 0x380f;
	refused(f, &elf, sizeof(elf), "overlap at 0x8000380f");
	elf = make(), elf.segment[1].p_type = PT_INTERP;
	refused(f, &elf, sizeof(elf), "dynamic linker");
	elf = make(), elf.segment[0].p_type = elf.segment[1].p_type = PT_NOTE;
	refused(f, &elf, sizeof(elf), "no segment");
}

/* Whatever one byte of the file becomes, the answer is a sentence or a program inside RAM. */
static void any_changed_byte_is_safe(void **state)
{
	static const u8 values[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
	struct fixture *f = *state;
	struct elf whole = make(), elf;
	struct image image;

	for (u64 i = 0; i < sizeof(elf); i++) {
		for (size_t v = 0; v < COUNT_OF(values); v++) {
			elf = whole;
			((u8 *)&elf)[i] = values[v];
			FILE *file = fopen(f->path, "wb");

			assert_non_null(file);
			assert_int_equal(fwrite(&elf, sizeof(elf), 1, file), 1);
			fclose(file);
			f->fault.text[0] = 0;
			if (image_load(&image, f->path, &f->ram, BASE, &f->fault)) {
				assert_true(ram_holds(&f->ram, image.low, image.high - image.low));
				for (u32 s = 0; s < image.symbols; s++)
					assert_true(strlen(image.symbol[s].name) < sizeof(names));
				image_destroy(&image);
			} else {
				assert_true(f->fault.text[0] != 0);
			}
		}
	}
}

static void raw_bytes_go_where_they_are_told(void **state)
{
	struct fixture *f = *state;
	static u8 bytes[RAM_PAGES * PAGE_SIZE + 1];
	struct image image;
	bool elf;

	memset(bytes, 0x77, sizeof(bytes));
	assert_true(load(f, &image, bytes, 3, BASE + 5));
	assert_false(image.elf);
	assert_true(image.entry == BASE + 5);
	assert_true(image.low == BASE + 5 && image.high == BASE + 8);
	assert_memory_equal(f->ram.bytes + 4, "\x11\x77\x77\x77\x11", 5);
	image_destroy(&image);
	assert_true(image_is_elf(f->path, &elf, &f->fault));
	assert_false(elf);

	assert_true(load(f, &image, bytes, 1, BASE + RAM_PAGES * PAGE_SIZE - 1));
	image_destroy(&image);
	assert_true(load(f, &image, bytes, sizeof(bytes) - 1, BASE));
	image_destroy(&image);
	memset(f->ram.bytes, 0x11, f->ram.size);
	refused(f, bytes, sizeof(bytes), "at most 65536 fit");
	assert_false(load(f, &image, bytes, 2, BASE + RAM_PAGES * PAGE_SIZE - 1));
	assert_false(load(f, &image, bytes, 1, BASE + RAM_PAGES * PAGE_SIZE));
	assert_non_null(strstr(f->fault.text, "is not in RAM"));
	assert_false(load(f, &image, bytes, 1, 0));
}

static void what_is_no_file_is_refused(void **state)
{
	struct fixture *f = *state;
	struct image image;
	bool elf;

	assert_false(image_load(&image, f->path, &f->ram, BASE, &f->fault));
	assert_non_null(strstr(f->fault.text, "No such file"));
	assert_false(image_is_elf(f->path, &elf, &f->fault));
	assert_false(image_load(&image, f->folder, &f->ram, BASE, &f->fault));
	assert_non_null(strstr(f->fault.text, "directory"));
	refused(f, "", 0, "is empty");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(segments_go_to_physical_addresses, setup, teardown),
		cmocka_unit_test_setup_teardown(symbols_are_found, setup, teardown),
		cmocka_unit_test_setup_teardown(wrong_headers_are_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(wrong_segments_are_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(any_changed_byte_is_safe, setup, teardown),
		cmocka_unit_test_setup_teardown(raw_bytes_go_where_they_are_told, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_no_file_is_refused, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
