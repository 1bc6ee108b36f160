/* Where entry_*.S takes a trap; when it returns, they go back by the same frame. */
#ifndef TWIN_TRAP_H
#define TWIN_TRAP_H

#include "guests/twin/frame.h"

void trap_handle(struct frame *frame);

#endif
