/*
 * One console for several ports: all of them print, one of them gets the input.
 */
#ifndef EMU_HOST_PORTS_H
#define EMU_HOST_PORTS_H

#include "core/host.h"

struct host_ports {
	struct host below;
	u32 input; /* the port that reads */
};

/* Copies `below`, whose port 0 it uses. */
struct host ports_host(struct host_ports *ports, const struct host *below, u32 input);

#endif
