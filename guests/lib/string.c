/*
 * Memory and strings. Copying goes by eight bytes where both sides are aligned: it is most of what
 * a kernel does, and a benchmark of page faults should not measure a slow loop.
 */
#include "guests/lib/string.h"

void *memset(void *to, int byte, size_t length)
{
	u8 *out = to;
	u64 word = (u8)byte * UINT64_C(0x0101010101010101);

	for (; length > 0 && ((uintptr_t)out & 7) != 0; length--)
		*out++ = (u8)byte;
	for (; length >= 64; length -= 64, out += 64) {
		u64 *words = (u64 *)(void *)out;
		words[0] = word;
		words[1] = word;
		words[2] = word;
		words[3] = word;
		words[4] = word;
		words[5] = word;
		words[6] = word;
		words[7] = word;
	}
	for (; length > 0; length--)
		*out++ = (u8)byte;
	return to;
}

static void copy_up(u8 *out, const u8 *in, size_t length)
{
	if ((((uintptr_t)out ^ (uintptr_t)in) & 7) == 0) {
		for (; length > 0 && ((uintptr_t)out & 7) != 0; length--)
			*out++ = *in++;
		for (; length >= 32; length -= 32, out += 32, in += 32) {
			u64 *to = (u64 *)(void *)out;
			const u64 *from = (const u64 *)(const void *)in;
			to[0] = from[0];
			to[1] = from[1];
			to[2] = from[2];
			to[3] = from[3];
		}
	}
	for (; length > 0; length--)
		*out++ = *in++;
}

void *memcpy(void *to, const void *from, size_t length)
{
	copy_up(to, from, length);
	return to;
}

void *memmove(void *to, const void *from, size_t length)
{
	u8 *out = to;
	const u8 *in = from;

	if ((uintptr_t)out - (uintptr_t)in >= length) {
		copy_up(out, in, length);
	} else {
		while (length-- > 0)
			out[length] = in[length];
	}
	return to;
}

int memcmp(const void *one, const void *other, size_t length)
{
	const u8 *a = one, *b = other;

	for (; length > 0; length--, a++, b++)
		if (*a != *b)
			return *a - *b;
	return 0;
}

size_t strlen(const char *text)
{
	size_t length = 0;

	while (text[length] != 0)
		length++;
	return length;
}

int strcmp(const char *one, const char *other)
{
	return strncmp(one, other, SIZE_MAX);
}

int strncmp(const char *one, const char *other, size_t length)
{
	for (; length > 0; length--, one++, other++)
		if (*one != *other || *one == 0)
			return (u8)*one - (u8)*other;
	return 0;
}

char *strchr(const char *text, int byte)
{
	for (; *text != (char)byte; text++)
		if (*text == 0)
			return NULL;
	return (char *)(uintptr_t)text;
}

bool string_copy(char *to, const char *from, size_t size)
{
	size_t length = strlen(from), kept = length < size ? length : size - 1;

	memcpy(to, from, kept);
	to[kept] = 0;
	return kept == length;
}

u64 string_number(const char *text)
{
	u64 number = 0;

	for (; *text >= '0' && *text <= '9'; text++)
		number = number * 10 + (u64)(*text - '0');
	return number;
}
