/*
 * The device tree as a stream: begin node, properties, nodes within, end node. We follow the path
 * by counting how many of its names the open nodes have matched.
 */
#include "guests/lib/fdt.h"
#include "guests/lib/string.h"

enum { FDT_MAGIC = 0xd00dfeed, FDT_BEGIN = 1, FDT_END = 2, FDT_PROPERTY = 3, FDT_NOP = 4 };

/* Offsets of the header's words. */
enum { AT_MAGIC = 0, AT_STRUCTURE = 8, AT_STRINGS = 12 };

static u32 word_at(const u8 *bytes)
{
	return (u32)bytes[0] << 24 | (u32)bytes[1] << 16 | (u32)bytes[2] << 8 | bytes[3];
}

u64 fdt_number(const void *bytes, u32 cells)
{
	const u8 *from = bytes;

	return cells == 1 ? word_at(from) : (u64)word_at(from) << 32 | word_at(from + 4);
}

/* Does the node `name` match the first name of `path`? If so, *rest is what follows it. */
static bool name_matches(const char *name, const char *path, const char **rest)
{
	while (*path != 0 && *path != '/' && *name == *path) {
		name++;
		path++;
	}
	*rest = path;
	return (*path == 0 || *path == '/') && (*name == 0 || *name == '@');
}

const void *fdt_property(const void *tree, const char *path, const char *name, u32 *length)
{
	const u8 *header = tree;
	const char *rest = path + 1; /* the names not yet matched */
	u32 depth = 0, matched = 0;

	if (header == NULL || word_at(header + AT_MAGIC) != FDT_MAGIC)
		return NULL;
	const char *strings = (const char *)header + word_at(header + AT_STRINGS);
	for (const u8 *at = header + word_at(header + AT_STRUCTURE);;) {
		u32 token = word_at(at);
		at += 4;
		if (token == FDT_BEGIN) {
			const char *node = (const char *)at;
			const char *after;
			if (depth == 0) {
				matched = 1;
			} else if (matched == depth && *rest != 0
				&& name_matches(node, rest, &after)) {
				rest = *after == '/' ? after + 1 : after;
				matched++;
			}
			depth++;
			at += (strlen(node) + 4) & ~(size_t)3;
		} else if (token == FDT_END) {
			/* A node of the path is over: what we want is not in it. */
			if (matched == depth)
				return NULL;
			depth--;
		} else if (token == FDT_PROPERTY) {
			u32 size = word_at(at);
			if (matched == depth && *rest == 0
				&& strcmp(strings + word_at(at + 4), name) == 0) {
				*length = size;
				return at + 8;
			}
			at += 8 + ((size + 3) & ~3u);
		} else if (token != FDT_NOP) {
			return NULL;
		}
	}
}
