/*
 * RAM: the host's anonymous memory, so that a page costs nothing before its first use, with the
 * flags of each page and the queue of flagged pages that were written to.
 *
 *	bytes    [ page 0 ][ page 1 ][ page 2 ] ...      a slice points into the middle
 *	flags    [  CODE  ][        ][ TABLE  ] ...      of both, and shares the queue
 *	touched  2 0                                     each page at most once (RAM_QUEUED)
 */
#include "core/ram.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "guest words are read as the host's");

enum { RAM_HEARD = RAM_CODE | RAM_TABLE | RAM_TRACKED | RAM_WATCHED };

bool ram_create(struct ram *ram, u64 base, u64 size, struct fault *fault)
{
	u64 pages = size >> PAGE_SHIFT;

	*ram = (struct ram){ 0 };
	if (size == 0 || size % PAGE_SIZE)
		return fault_set(fault, "RAM of %llu bytes is not a number of 4 KiB pages",
			(unsigned long long)size);
	if (pages > UINT32_MAX || base + size < base)
		return fault_set(fault, "RAM of %llu bytes is more than a board can have",
			(unsigned long long)size);

	u8 *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (bytes == MAP_FAILED)
		return fault_set(fault, "cannot reserve %llu bytes of RAM: %s",
			(unsigned long long)size, strerror(errno));
	*ram = (struct ram){ .bytes = bytes, .base = base, .size = size };
	ram->flags = calloc(pages, 1);
	ram->touched = calloc(1, sizeof(*ram->touched) + pages * sizeof(ram->touched->page[0]));
	if (!ram->flags || !ram->touched) {
		ram_destroy(ram);
		return fault_set(fault, "no memory for the page flags of %llu bytes of RAM",
			(unsigned long long)size);
	}
	return true;
}

void ram_destroy(struct ram *ram)
{
	if (ram->bytes)
		munmap(ram->bytes, ram->size);
	free(ram->flags);
	free(ram->touched);
	*ram = (struct ram){ 0 };
}

void ram_slice(struct ram *slice, const struct ram *whole, u64 offset, u64 size, u64 base)
{
	assert(offset % PAGE_SIZE == 0 && size % PAGE_SIZE == 0);
	assert(offset <= whole->size && size <= whole->size - offset);
	*slice = (struct ram){
		.bytes = whole->bytes + offset,
		.flags = whole->flags + (offset >> PAGE_SHIFT),
		.base = base,
		.size = size,
		.first = whole->first + (u32)(offset >> PAGE_SHIFT),
		.touched = whole->touched,
	};
}

/* `index` counts pages from this RAM's or slice's start. */
static inline void ram_touch(struct ram *ram, u64 index)
{
	u8 flags = ram->flags[index];

	if ((flags & RAM_HEARD) && !(flags & RAM_QUEUED)) {
		ram->flags[index] = flags | RAM_QUEUED;
		ram->touched->page[ram->touched->count++] = ram->first + (u32)index;
	}
}

/* Queues what a copy to [address, address + length) touches; false, and nothing done, when some of
 * it is outside or sealed. */
static bool ram_touch_range(struct ram *ram, u64 address, u64 length)
{
	if (!ram_holds(ram, address, length))
		return false;
	if (length == 0)
		return true;

	u64 first = (address - ram->base) >> PAGE_SHIFT;
	u64 last = (address - ram->base + length - 1) >> PAGE_SHIFT;

	for (u64 i = first; i <= last; i++) {
		if (ram->flags[i] & RAM_SEALED)
			return false;
	}
	for (u64 i = first; i <= last; i++)
		ram_touch(ram, i);
	return true;
}

u64 ram_read(const struct ram *ram, u64 address, unsigned width)
{
	const u8 *from = ram_bytes(ram, address);
	u64 value = 0;

	switch (width) {
	case 1: return *from;
	case 2: memcpy(&value, from, 2); return value;
	case 4: memcpy(&value, from, 4); return value;
	default: memcpy(&value, from, 8); return value;
	}
}

void ram_write(struct ram *ram, u64 address, u64 value, unsigned width)
{
	u64 offset = address - ram->base;
	u64 page = offset >> PAGE_SHIFT;
	u64 last = (offset + width - 1) >> PAGE_SHIFT;
	u8 *to = ram->bytes + offset;

	switch (width) {
	case 1: *to = (u8)value; break;
	case 2: memcpy(to, &value, 2); break;
	case 4: memcpy(to, &value, 4); break;
	default: memcpy(to, &value, 8); break;
	}
	ram_touch(ram, page);
	if (last != page)
		ram_touch(ram, last);
}

bool ram_copy_out(const struct ram *ram, u64 address, void *to, u64 length)
{
	if (!ram_holds(ram, address, length))
		return false;
	if (length)
		memcpy(to, ram_bytes(ram, address), length);
	return true;
}

bool ram_copy_in(struct ram *ram, u64 address, const void *from, u64 length)
{
	if (!ram_touch_range(ram, address, length))
		return false;
	if (length)
		memcpy(ram->bytes + (address - ram->base), from, length);
	return true;
}

bool ram_is_zero(const u8 *bytes, u64 length)
{
	static const u8 zeros[PAGE_SIZE];

	for (; length > PAGE_SIZE; bytes += PAGE_SIZE, length -= PAGE_SIZE) {
		if (memcmp(bytes, zeros, PAGE_SIZE))
			return false;
	}
	return memcmp(bytes, zeros, length) == 0;
}

bool ram_clear(struct ram *ram, u64 address, u64 length)
{
	if (!ram_touch_range(ram, address, length))
		return false;
	for (u64 done = 0; done < length;) {
		u8 *to = ram->bytes + (address - ram->base) + done;
		u64 part = PAGE_SIZE - ((address - ram->base + done) & ~PAGE_MASK);

		if (part > length - done)
			part = length - done;
		if (!ram_is_zero(to, part))
			memset(to, 0, part);
		done += part;
	}
	return true;
}

void ram_restore(struct ram *ram, u64 page, const u8 *from)
{
	u8 *to = ram->bytes + (page << PAGE_SHIFT);

	if (from)
		memcpy(to, from, PAGE_SIZE);
	else if (!ram_is_zero(to, PAGE_SIZE))
		memset(to, 0, PAGE_SIZE);
	ram_touch(ram, page);
}

bool ram_drain(struct ram *ram, u32 *page)
{
	if (ram->touched->count == 0)
		return false;
	*page = ram->touched->page[--ram->touched->count];
	/* The page may lie before or after this slice: the flags are one array for the whole. */
	ram->flags[(s64)*page - ram->first] &= (u8)~RAM_QUEUED;
	return true;
}
