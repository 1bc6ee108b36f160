/*
 * Checks before, and the rescue after, the copying that user_copy.S does.
 */
#include "guests/twin/abi.h"
#include "guests/twin/ops.h"
#include "guests/twin/user_memory.h"

/* user_copy.S: 0, or -1 if a page was missing. */
s64 user_copy_bytes(void *to, const void *from, size_t length);
s64 user_copy_string(char *to, const char *from, size_t size);
extern u8 user_copy_begin[], user_copy_end[], user_copy_failed[];

static bool inside(u64 address, size_t length)
{
	return address >= USER_LOW && address < USER_HIGH && length <= USER_HIGH - address;
}

static bool copy(void *to, const void *from, size_t length)
{
	if (length == 0)
		return true;
	ops->user_open();
	s64 result = user_copy_bytes(to, from, length);
	ops->user_close();
	return result == 0;
}

bool user_read(void *to, u64 from, size_t length)
{
	return inside(from, length) && copy(to, (const void *)from, length);
}

bool user_write(u64 to, const void *from, size_t length)
{
	return inside(to, length) && copy((void *)to, from, length);
}

bool user_string(char *to, u64 from, size_t size)
{
	if (!inside(from, 1))
		return false;
	ops->user_open();
	s64 result = user_copy_string(to, (const char *)from, size);
	ops->user_close();
	return result == 0;
}

bool user_fault(struct frame *frame)
{
	if (frame->epc < (u64)user_copy_begin || frame->epc >= (u64)user_copy_end)
		return false;
	frame->epc = (u64)user_copy_failed;
	return true;
}
