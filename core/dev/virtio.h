/*
 * virtio over MMIO, version 2 or (legacy) 1: the registers, feature negotiation and split virtqueues
 * that every virtio device shares. A device gives its `struct virtio_kind`, embeds `struct virtio` as
 * its FIRST member, and publishes a `struct device` whose read, write and reset are the ones here.
 * Reference: Virtual I/O Device (VIRTIO) 1.2, sections 2.1 to 2.7 and 4.2.
 *
 * Rings and descriptors lie in guest RAM and may be hostile. What a queue hands out has been
 * checked: at most VIRTIO_SEGMENTS segments, each inside RAM, readable ones first. A ring that
 * breaks the rules puts the device into DEVICE_NEEDS_RESET: it takes no more work until the driver
 * resets it. A device must itself bound the chains that it takes for one notification: what it
 * writes may land on the ring.
 */
#ifndef CORE_DEV_VIRTIO_H
#define CORE_DEV_VIRTIO_H

#include "core/device.h"
#include "core/irq.h"
#include "core/ram.h"

enum {
	VIRTIO_QUEUES = 4,
	VIRTIO_QUEUE_SIZE = 256, /* most entries of a queue */
	VIRTIO_SEGMENTS = 128,   /* most descriptors of a chain, indirect ones included */
	VIRTIO_CONFIG = 256,     /* bytes of device configuration space at most */
	VIRTIO_WINDOW = 0x1000
};

/* Feature bits that belong to the transport. Every device offers them (legacy: not the last). */
#define VIRTIO_F_INDIRECT_DESC (UINT64_C(1) << 28)
#define VIRTIO_F_EVENT_IDX     (UINT64_C(1) << 29)
#define VIRTIO_F_VERSION_1     (UINT64_C(1) << 32)

enum virtio_status {
	VIRTIO_ACKNOWLEDGE = 1,
	VIRTIO_DRIVER = 2,
	VIRTIO_DRIVER_OK = 4,
	VIRTIO_FEATURES_OK = 8,
	VIRTIO_NEEDS_RESET = 64,
	VIRTIO_FAILED = 128
};

struct virtio_queue {
	u64 desc, driver, device; /* descriptor table, available ring, used ring */
	u32 size;                 /* entries, a power of two; 0: never set */
	u32 ready;
	u16 taken;                /* available entries consumed; wraps */
	u16 used;                 /* used entries published; wraps */
	u16 signalled;            /* `used` at the last decision about an interrupt */
	u16 unused;
	u32 align;                /* legacy: where the used ring may begin */
	u32 unused2;
};

struct virtio_state {
	struct virtio_queue queue[VIRTIO_QUEUES];
	u64 driver_features;
	u32 device_select, driver_select, queue_select;
	u32 status;     /* enum virtio_status, or-ed */
	u32 interrupt;  /* bit 0: used buffers; bit 1: configuration changed */
	u32 generation; /* of the configuration space */
	u32 page_size;  /* legacy: unit of a queue's address */
	u32 unused;
};

struct virtio;

/* What sets one device type apart. */
struct virtio_kind {
	u32 id;          /* device ID, section 5 */
	u32 queues;      /* 1..VIRTIO_QUEUES */
	u32 config_size; /* bytes, at most VIRTIO_CONFIG */
	void (*notify)(struct virtio *virtio, u32 queue); /* the driver has added buffers */
	void (*start)(struct virtio *virtio); /* DRIVER_OK was set; null: nothing to do */
	/* Fills config_size bytes of configuration space, zeroed before; null: none. */
	void (*config)(struct virtio *virtio, u8 *bytes);
	/* A store inside it; null: ignored. */
	void (*config_write)(struct virtio *virtio, u64 offset, u64 value, unsigned width);
	void (*reset)(struct virtio *virtio); /* the device's own state; null: none */
};

struct virtio {
	struct virtio_state state;
	const struct virtio_kind *kind;
	u64 features; /* offered, transport bits included */
	struct ram *ram;
	struct irq_line irq;
	bool legacy;
};

/* What a device is connected to. */
struct virtio_wiring {
	struct ram *ram;      /* borrowed */
	struct irq_line irq;
	bool legacy;          /* transport version 1, not 2 */
};

/* A chain of buffers taken from a queue: the readable ones first, then the writable ones. */
struct virtio_segment {
	u64 address; /* all of it inside RAM */
	u32 length;  /* not zero */
};

struct virtio_chain {
	u32 queue;
	u32 head;     /* descriptor index, what the driver gets back */
	u32 count;    /* segments */
	u32 readable; /* the first so many of them are for the device to read */
	u64 read_length, write_length; /* bytes */
	struct virtio_segment segment[VIRTIO_SEGMENTS];
};

/* For the `struct device` of each kind. */
extern const struct device_register virtio_registers[];
u64 virtio_read(void *self, u64 offset, unsigned width);
void virtio_write(void *self, u64 offset, u64 value, unsigned width);
void virtio_reset(void *self);

/* `features`: the device type's own bits. Borrows `kind`. */
void virtio_create(struct virtio *virtio, const struct virtio_kind *kind, u64 features,
	const struct virtio_wiring *wiring);
void virtio_restored(struct virtio *virtio);

/* Was the feature negotiated? */
static inline bool virtio_has(const struct virtio *virtio, u64 feature)
{
	return (virtio->state.driver_features & virtio->features & feature) != 0;
}

/* Is there a chain to take? If not, the driver is asked to say when there is. */
bool virtio_waiting(struct virtio *virtio, u32 queue);

/* Takes the next chain; false when there is none, or the queue cannot be used. */
bool virtio_pop(struct virtio *virtio, u32 queue, struct virtio_chain *chain);

/* Copies from the readable, or into the writable, bytes of a chain, beginning `offset` bytes in;
 * returns how many there were to copy, at most `length`. Writing stops at a sealed page, which
 * fails the device. */
u64 virtio_chain_read(const struct virtio *virtio, const struct virtio_chain *chain, u64 offset,
	void *to, u64 length);
u64 virtio_chain_write(struct virtio *virtio, const struct virtio_chain *chain, u64 offset,
	const void *from, u64 length);

/* Gives a chain back with `written` bytes of its writable part filled. */
void virtio_push(struct virtio *virtio, const struct virtio_chain *chain, u32 written);

/* Raises the interrupt for what was pushed since the last call, if the driver wants one. */
void virtio_signal(struct virtio *virtio, u32 queue);

/* The interrupt itself, asked for or not: for virtio_signal. */
void virtio_raise(struct virtio *virtio);

/* The configuration space has changed: new generation, interrupt. */
void virtio_config_changed(struct virtio *virtio);

/* The driver broke the rules: DEVICE_NEEDS_RESET. */
void virtio_fail(struct virtio *virtio);

/* Little-endian, for filling configuration space; `width` 1, 2, 4 or 8. */
void virtio_put(u8 *bytes, u64 value, unsigned width);

#endif
