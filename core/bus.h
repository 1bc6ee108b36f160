/*
 * The physical address space: RAM, and device windows that do not overlap. Everything that a hart's
 * TLB cannot answer by itself comes here.
 */
#ifndef CORE_BUS_H
#define CORE_BUS_H

#include "core/device.h"
#include "core/ram.h"

enum { BUS_WINDOWS = 32 };

struct bus_window {
	u64 base;
	const struct device *device;
	void *self;
};

/* State, plain: what a snapshot saves. Accesses since reset. */
struct bus_state {
	u64 ignored; /* misaligned, or of a width that the device does not take */
	u64 reads[BUS_WINDOWS], writes[BUS_WINDOWS]; /* of window[i], the ignored ones included */
};

struct bus {
	struct bus_state state;
	struct ram *ram;
	u32 count;
	struct bus_window window[BUS_WINDOWS]; /* sorted by base */
};

void bus_create(struct bus *bus, struct ram *ram);

/* Adds a window, before the first access; asserts that it overlaps neither RAM nor another one. */
void bus_add(struct bus *bus, u64 base, const struct device *device, void *self);

/* The window that holds all of [address, address + width), or null. */
struct bus_window *bus_find(struct bus *bus, u64 address, unsigned width);

/* RAM or device. False: nothing there, which is the hart's access fault. */
bool bus_read(struct bus *bus, u64 address, unsigned width, u64 *value);
bool bus_write(struct bus *bus, u64 address, unsigned width, u64 value);

/* The register of `device` at `offset`, or null where it has none named. */
const struct device_register *device_register_find(const struct device *device, u64 offset);

#endif
