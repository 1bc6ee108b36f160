/*
 * Building and dropping decoded blocks. See block.h; called by the hart when the interpreter finds
 * no block, and when pages of code were written to.
 */
#include "cpu/block.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "cpu/decode.h"
#include "cpu/format.h"
#include "cpu/interp.h"

enum { ARENA_SIZE = 32 << 20 };

bool blocks_create(struct blocks *blocks, struct ram *ram, const struct isa *isa,
	struct fault *fault)
{
	u64 pages = ram->size >> PAGE_SHIFT;

	memset(blocks, 0, sizeof(*blocks));
	blocks->ram = ram;
	blocks->isa = isa;
	blocks->labels = interp_labels();
	blocks->size = ARENA_SIZE;
	blocks->arena = mmap(NULL, ARENA_SIZE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	blocks->page = calloc(pages, sizeof(struct code_page *));
	blocks->list = calloc(pages, sizeof(u32));
	if (blocks->arena != MAP_FAILED && blocks->page && blocks->list)
		return true;
	if (blocks->arena == MAP_FAILED)
		blocks->arena = NULL;
	blocks_destroy(blocks);
	return fault_set(fault, "out of memory for decoded code");
}

void blocks_destroy(struct blocks *blocks)
{
	if (blocks->page && blocks->list)
		for (u32 i = 0; i < blocks->pages; i++)
			free(blocks->page[blocks->list[i]]);
	free(blocks->page);
	free(blocks->list);
	if (blocks->arena)
		munmap(blocks->arena, blocks->size);
	memset(blocks, 0, sizeof(*blocks));
}

void blocks_add_tlb(struct blocks *blocks, struct tlb *tlb)
{
	assert(blocks->tlbs < BLOCKS_HARTS);
	blocks->tlb[blocks->tlbs++] = tlb;
}

struct code_page *blocks_page(struct blocks *blocks, u64 physical)
{
	struct ram *ram = blocks->ram;
	u64 index = (physical - ram->base) >> PAGE_SHIFT;
	struct code_page *code = blocks->page[index];

	if (code)
		return code;
	code = calloc(1, sizeof(*code));
	assert(code); /* the host is out of memory: nothing sensible can follow */
	code->physical = physical & PAGE_MASK;
	blocks->page[index] = code;
	blocks->list[blocks->pages++] = (u32)index;
	ram->flags[index] |= RAM_CODE;
	for (u32 i = 0; i < blocks->tlbs; i++)
		tlb_guard(blocks->tlb[i], code->physical);
	return code;
}

/*
 * imm of an operation that may turn out to be illegal when it is run, packed so that its word can be
 * told: whoever is relative to memory has its offset in bits 31:20, and below the 16-bit word if it
 * was one, else 3 (and can be encoded).
 */
static s32 packed_imm(const struct insn *insn)
{
	return (s32)((u32)insn->imm << 20 | (insn->length == 2 ? insn->word : 3));
}

/* Places operands as the interpreter reads them; `start` is the instruction's offset in the block. */
static void op_set(struct op *op, const struct blocks *blocks, const struct insn *insn, u32 start)
{
	u8 verb = insn->id < INSN_COUNT ? insn_rows[insn->id].verb : (u8)VERB_CALL;

	if (insn->id == INSN_NONE) {
		*op = (struct op){ blocks->labels[INTERP_ILLEGAL], (s32)insn->word, 32, 0, 0, 0 };
	} else {
		*op = (struct op){ blocks->labels[insn->id], insn->imm,
			insn->rd ? insn->rd : 32, insn->rs1, insn->rs2, 0 };
		if (insn->id == INSN_auipc || insn->id == INSN_jal || verb == VERB_BRANCH)
			op->imm += (s32)start;
		if (verb == VERB_FLOAD || verb == VERB_FSTORE)
			op->imm = packed_imm(insn);
		if (format_rows[insn_rows[insn->id].format].floats & FLOAT_RD)
			op->rd = insn->rd;
		if (verb == VERB_CALL)
			op->imm = (s32)insn->word; /* the CSR number stands in it, and tval */
	}
	op->next = (u8)((start + insn->length) / 2);
}

static bool insn_ends_block(const struct insn *insn)
{
	u8 verb;

	if (insn->id == INSN_NONE)
		return true;
	verb = insn_rows[insn->id].verb;
	return verb == VERB_CALL || verb == VERB_JUMP || verb == VERB_BRANCH;
}

static void block_begin(struct block *block)
{
	memset(block, 0, sizeof(*block));
}

static void block_end(struct blocks *blocks, struct block *block, u32 length)
{
	block->op[block->count] = (struct op){ blocks->labels[INTERP_END], 0, 32, 0, 0,
		(u8)(length / 2) };
}

static void page_enter(struct code_page *code, u32 start, struct block *block)
{
	if (!code->block[start])
		code->start[code->starts++] = (u16)start;
	code->block[start] = block;
}

struct block *block_build(struct blocks *blocks, u64 physical, u32 limit, bool keep)
{
	u64 offset = physical & ~PAGE_MASK;
	const u8 *bytes = ram_bytes(blocks->ram, physical);
	struct block *block = &blocks->once;
	u32 length = 0;
	u64 size;

	if (limit > BLOCK_OPS)
		limit = BLOCK_OPS;
	if (keep) {
		if (blocks->used + sizeof(blocks->room) > blocks->size)
			blocks_drop(blocks);
		block = (struct block *)(void *)(blocks->arena + blocks->used);
	}
	block_begin(block);
	while (block->count < limit && offset + length < PAGE_SIZE) {
		struct insn insn;
		u32 word = bytes[length] | (u32)bytes[length + 1] << 8;

		if ((word & 3) == 3) {
			if (offset + length + 4 > PAGE_SIZE)
				break;
			word |= (u32)bytes[length + 2] << 16 | (u32)bytes[length + 3] << 24;
		}
		insn = decode(blocks->isa, word);
		op_set(&block->op[block->count++], blocks, &insn, length);
		length += insn.length;
		if (insn_ends_block(&insn))
			break;
	}
	if (block->count == 0)
		return NULL;
	block_end(blocks, block, length);
	if (keep) {
		size = sizeof(*block) + (block->count + 1u) * sizeof(struct op);
		blocks->used += (size + 15) & ~(u64)15;
		block->linkable = 1;
		page_enter(blocks_page(blocks, physical), (u32)offset / 2, block);
	}
	return block;
}

struct block *block_build_word(struct blocks *blocks, u32 word)
{
	struct insn insn = decode(blocks->isa, word);

	block_begin(&blocks->once);
	op_set(&blocks->once.op[0], blocks, &insn, 0);
	blocks->once.count = 1;
	block_end(blocks, &blocks->once, insn.length);
	return &blocks->once;
}

void blocks_written(struct blocks *blocks, u32 page)
{
	struct code_page *code = blocks->page[page];

	if (!code || code->starts == 0) {
		blocks_drop_page(blocks, page);
		return;
	}
	while (code->starts)
		code->block[code->start[--code->starts]] = NULL;
}

void blocks_drop_page(struct blocks *blocks, u32 page)
{
	struct code_page *code = blocks->page[page];

	blocks->ram->flags[page] &= (u8)~RAM_CODE;
	if (!code)
		return;
	for (u32 i = 0; i < blocks->tlbs; i++)
		tlb_forget_code(blocks->tlb[i], code->physical);
	for (u32 i = 0; i < blocks->pages; i++) {
		if (blocks->list[i] == page) {
			blocks->list[i] = blocks->list[--blocks->pages];
			break;
		}
	}
	free(code);
	blocks->page[page] = NULL;
}

void blocks_drop(struct blocks *blocks)
{
	while (blocks->pages)
		blocks_drop_page(blocks, blocks->list[blocks->pages - 1]);
	blocks->used = 0;
}
