/*
 * SiFive test finisher: the register that ends a run. A store of 0x5555 means success, 0x3333 with
 * a code in the upper half failure with that exit status, 0x7777 reboot. It has no state of its
 * own: it sets the stop word it was created with, and the first store wins.
 */
#ifndef CORE_DEV_FINISHER_H
#define CORE_DEV_FINISHER_H

#include "core/device.h"

struct finisher {
	struct stop *stop;
};

extern const struct device finisher_device;

void finisher_create(struct finisher *finisher, struct stop *stop);

#endif
