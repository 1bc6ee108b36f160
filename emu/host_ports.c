/*
 * One console for several ports. See host_ports.h.
 */
#include "emu/host_ports.h"

static void ports_write(void *self, u32 port, u64 cycle, const u8 *bytes, u64 length)
{
	const struct host_ports *ports = self;

	ports->below.console_write(ports->below.self, 0, cycle, bytes, length);
}

static int ports_read(void *self, u32 port, u64 cycle)
{
	const struct host_ports *ports = self;

	if (port != ports->input)
		return HOST_END;
	return ports->below.console_read(ports->below.self, 0, cycle);
}

struct host ports_host(struct host_ports *ports, const struct host *below, u32 input)
{
	*ports = (struct host_ports){ *below, input };
	return (struct host){ ports, ports_write, ports_read };
}
