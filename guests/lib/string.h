/*
 * The functions on memory and strings that a guest needs. The four mem* also serve the compiler,
 * which calls them by itself.
 */
#ifndef GUESTS_LIB_STRING_H
#define GUESTS_LIB_STRING_H

#include "core/types.h"

void *memset(void *to, int byte, size_t length);
void *memcpy(void *to, const void *from, size_t length);
void *memmove(void *to, const void *from, size_t length);
int memcmp(const void *one, const void *other, size_t length);

size_t strlen(const char *text);
int strcmp(const char *one, const char *other);
int strncmp(const char *one, const char *other, size_t length);
char *strchr(const char *text, int byte);

/* Copies what fits of `from` into to[size], always terminated; true when all of it fitted. */
bool string_copy(char *to, const char *from, size_t size);

/* The unsigned decimal number that `text` begins with; 0 when there is none. */
u64 string_number(const char *text);

#endif
