/*
 * From an ELF file to a process. The new space is complete before the old one is given up.
 */
#include "guests/lib/string.h"
#include "guests/twin/directory.h"
#include "guests/twin/exec.h"
#include "guests/twin/memory.h"
#include "guests/twin/pte.h"
#include "guests/twin/user_memory.h"

enum { ARGUMENTS = 16, ARGUMENT_BYTES = 1024 };
enum { ELF_MAGIC = 0x464c457f, ELF_LOAD = 1, ELF_EXECUTE = 1, ELF_WRITE = 2, ELF_READ = 4 };

struct elf_header {
	u32 magic;
	u8 class_and_more[12];
	u16 type, machine;
	u32 version;
	u64 entry, segments, sections;
	u32 flags;
	u16 size, segment_size, segment_count, section_size, section_count, section_names;
};

struct elf_segment {
	u32 type, flags;
	u64 offset, address, physical, file_size, size, align;
};

/* The strings of argv, one after the other. */
struct arguments {
	u64 count, length;
	u64 at[ARGUMENTS]; /* where in `bytes` each begins */
	char bytes[ARGUMENT_BYTES];
};

/* What the first instructions need to know. */
struct start {
	u64 entry, stack, count;
};

static bool add_argument(struct arguments *arguments, const char *text)
{
	u64 length = strlen(text) + 1;

	if (arguments->count == ARGUMENTS || arguments->length + length > ARGUMENT_BYTES)
		return false;
	arguments->at[arguments->count++] = arguments->length;
	memcpy(arguments->bytes + arguments->length, text, length);
	arguments->length += length;
	return true;
}

static bool read_arguments(struct arguments *arguments, u64 from)
{
	char text[PATH_LENGTH];

	arguments->count = 0;
	arguments->length = 0;
	for (;; from += sizeof(u64)) {
		u64 pointer;
		if (!user_read(&pointer, from, sizeof(pointer)))
			return false;
		if (pointer == 0)
			return true;
		if (!user_string(text, pointer, sizeof(text)) || !add_argument(arguments, text))
			return false;
	}
}

/* Reads what of a segment lies in one page. */
static bool load_page(struct space *space, struct inode *inode, const struct elf_segment *segment,
	u64 page, u64 rights)
{
	u64 frame = space_page(space, page, rights);
	u64 low = page > segment->address ? page : segment->address;
	u64 end = segment->address + segment->file_size;
	u64 high = page + PAGE_SIZE < end ? page + PAGE_SIZE : end;

	if (frame == 0)
		return false;
	if (low >= high)
		return true;
	return inode_read(inode, segment->offset + (low - segment->address), frame + (low - page),
		high - low, false) == (s64)(high - low);
}

/* Maps a segment; the pages beyond its bytes in the file come when they are touched. */
static bool load_segment(struct space *space, struct inode *inode,
	const struct elf_segment *segment, u64 *heap)
{
	u64 start = segment->address & PAGE_MASK, file_end = segment->address + segment->file_size;
	u64 end = (segment->address + segment->size + PAGE_SIZE - 1) & PAGE_MASK;
	u64 rights = ((segment->flags & ELF_READ) != 0 ? PTE_R : 0)
		| ((segment->flags & ELF_WRITE) != 0 ? PTE_R | PTE_W : 0)
		| ((segment->flags & ELF_EXECUTE) != 0 ? PTE_X : 0);

	if (start < *heap || segment->size > MAP_LOW - USER_LOW || end > MAP_LOW
		|| segment->address > MAP_LOW || segment->file_size > segment->size || rights == 0
		|| !space_add(space, start, end, rights))
		return false;
	for (u64 page = start; page < file_end; page += PAGE_SIZE)
		if (!load_page(space, inode, segment, page, rights))
			return false;
	*heap = end;
	return true;
}

static bool load_program(struct space *space, struct inode *inode, u64 *entry)
{
	struct elf_header header;
	struct elf_segment segment;
	u64 heap = USER_LOW;

	if (inode->disk.type != INODE_FILE
		|| inode_read(inode, 0, (u64)&header, sizeof(header), false) != (s64)sizeof(header)
		|| header.magic != ELF_MAGIC || header.segment_size != sizeof(segment))
		return false;
	for (u64 i = 0; i < header.segment_count; i++) {
		if (inode_read(inode, header.segments + i * sizeof(segment), (u64)&segment,
			sizeof(segment), false) != (s64)sizeof(segment))
			return false;
		if (segment.type == ELF_LOAD && segment.size > 0
			&& !load_segment(space, inode, &segment, &heap))
			return false;
	}
	*entry = header.entry;
	return space_finish(space, heap);
}

/* The stack begins with argv and its strings, all in its first page. */
static bool make_stack(struct space *space, const struct arguments *arguments, u64 *stack)
{
	u64 page = STACK_HIGH - PAGE_SIZE;
	u64 frame = space_add(space, STACK_LOW, STACK_HIGH, PTE_R | PTE_W)
		? space_page(space, page, PTE_R | PTE_W) : 0;
	u64 strings = STACK_HIGH - ARGUMENT_BYTES;
	u64 vector = (strings - (arguments->count + 1) * sizeof(u64)) & ~UINT64_C(15);

	if (frame == 0)
		return false;
	memcpy((void *)(frame + (strings - page)), arguments->bytes, arguments->length);
	for (u64 i = 0; i < arguments->count; i++)
		((u64 *)(frame + (vector - page)))[i] = strings + arguments->at[i];
	*stack = vector;
	return true;
}

static bool build(struct space *space, const char *path, const struct arguments *arguments,
	struct start *start)
{
	struct inode *inode = path_find(path);

	if (inode == NULL)
		return false;
	bool loaded = load_program(space, inode, &start->entry)
		&& make_stack(space, arguments, &start->stack);
	inode_put(inode);
	start->count = arguments->count;
	asm volatile("fence.i" : : : "memory"); /* its pages held other instructions, or none */
	return loaded;
}

static void begin(struct process *process, const char *path, const struct start *start)
{
	struct frame *frame = process_frame(process);
	const char *name = path;

	for (const char *at = path; *at != 0; at++)
		if (*at == '/')
			name = at + 1;
	string_copy(process->name, name, sizeof(process->name));
	memset(frame, 0, sizeof(*frame));
	frame->epc = start->entry;
	frame->status = ops->user_status();
	frame->x[REG_SP] = start->stack;
	frame->x[REG_A0] = start->count;
	frame->x[REG_A1] = start->stack;
}

s64 exec(const char *path, u64 from)
{
	struct process *process = process_current();
	struct arguments *arguments = (struct arguments *)frame_alloc();
	struct space space = {0}, old = process->space;
	struct start start;

	if (arguments == NULL)
		return -1;
	bool built = read_arguments(arguments, from) && space_create(&space)
		&& build(&space, path, arguments, &start);
	frame_drop((u64)arguments);
	if (!built) {
		if (space.roots.kernel != 0)
			space_destroy(&space);
		return -1;
	}
	process->space = space;
	process_use_space();
	space_destroy(&old);
	begin(process, path, &start);
	return (s64)start.count; /* a0 of the new program */
}

s64 exec_first(struct process *process, const char *path)
{
	static struct arguments arguments;
	struct start start;

	add_argument(&arguments, path);
	if (!build(&process->space, path, &arguments, &start))
		return -1;
	begin(process, path, &start);
	return 0;
}
