/*
 * The physical address space. Harts come here when their TLB has no answer, the monitor when it
 * performs a guest's access on the guest's own bus. RAM is asked first, being nearly always meant.
 */
#include "core/bus.h"

#include <assert.h>
#include <string.h>

void bus_create(struct bus *bus, struct ram *ram)
{
	*bus = (struct bus){ .ram = ram };
}

void bus_add(struct bus *bus, u64 base, const struct device *device, void *self)
{
	u64 end = base + device->window;
	u32 at = bus->count;

	(void)end; /* read by assertions only */
	assert(bus->count < BUS_WINDOWS && end > base);
	assert(end <= bus->ram->base || base - bus->ram->base >= bus->ram->size);
	while (at && bus->window[at - 1].base > base)
		at--;
	assert(at == 0 || bus->window[at - 1].base + bus->window[at - 1].device->window <= base);
	assert(at == bus->count || end <= bus->window[at].base);
	memmove(&bus->window[at + 1], &bus->window[at],
		(bus->count - at) * sizeof(bus->window[0]));
	bus->window[at] = (struct bus_window){ .base = base, .device = device, .self = self };
	bus->count++;
}

struct bus_window *bus_find(struct bus *bus, u64 address, unsigned width)
{
	for (u32 i = bus->count; i-- > 0;) {
		struct bus_window *window = &bus->window[i];
		u64 offset = address - window->base;

		if (address < window->base)
			continue;
		if (offset < window->device->window && width <= window->device->window - offset)
			return window;
		break;
	}
	return NULL;
}

/* Devices see only aligned accesses of widths that they take; the rest stops here. */
static bool bus_takes(struct bus *bus, const struct bus_window *window, u64 offset, unsigned width)
{
	if ((window->device->widths & width) && offset % width == 0)
		return true;
	bus->state.ignored++;
	return false;
}

bool bus_read(struct bus *bus, u64 address, unsigned width, u64 *value)
{
	if (ram_holds(bus->ram, address, width)) {
		*value = ram_read(bus->ram, address, width);
		return true;
	}

	struct bus_window *window = bus_find(bus, address, width);

	if (!window)
		return false;

	u64 offset = address - window->base;

	bus->state.reads[window - bus->window]++;
	*value = 0;
	if (bus_takes(bus, window, offset, width))
		*value = window->device->read(window->self, offset, width);
	return true;
}

bool bus_write(struct bus *bus, u64 address, unsigned width, u64 value)
{
	if (ram_holds(bus->ram, address, width)) {
		ram_write(bus->ram, address, value, width);
		return true;
	}

	struct bus_window *window = bus_find(bus, address, width);

	if (!window)
		return false;

	u64 offset = address - window->base;

	bus->state.writes[window - bus->window]++;
	if (bus_takes(bus, window, offset, width))
		window->device->write(window->self, offset, value, width);
	return true;
}

const struct device_register *device_register_find(const struct device *device, u64 offset)
{
	const struct device_register *row = device->registers;

	for (; row && row->name; row++) {
		if (offset - row->offset < row->size)
			return row;
	}
	return NULL;
}
