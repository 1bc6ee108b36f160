/* The end of the run. */
#ifndef TWIN_POWER_H
#define TWIN_POWER_H

#include "core/types.h"

/* Writes what the disk has not got yet and switches the machine off. */
_Noreturn void power_off(bool failure);

#endif
