/*
 * How the kernel touches user memory: through the process's own mapping, so that a page which is
 * not there, or shared, faults and is mended as if the process had touched it. Each function fails
 * (false) when the address is not the process's to touch.
 */
#ifndef TWIN_USER_MEMORY_H
#define TWIN_USER_MEMORY_H

#include "guests/twin/frame.h"

bool user_read(void *to, u64 from, size_t length);
bool user_write(u64 to, const void *from, size_t length);

/* A string into to[size], terminated; false also when it does not fit. */
bool user_string(char *to, u64 from, size_t size);

/* A fault in the kernel that could not be mended: if it was in one of the functions above, lets
 * that return false. Otherwise false: a fault of the kernel's own. */
bool user_fault(struct frame *frame);

#endif
