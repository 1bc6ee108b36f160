/* System calls. */
#ifndef TWIN_SYSCALL_H
#define TWIN_SYSCALL_H

#include "guests/twin/frame.h"

/* Performs the call that the frame's registers describe; the result goes into a0. */
void syscall(struct frame *frame);

/* Each call is a function of its arguments a0 to a2. */
#define SYSCALL(number, name, arguments, words) s64 syscall_##name(const u64 *argument);
#include "guests/twin/syscall.def"
#undef SYSCALL

#endif
