/*
 * A virtio disk: the request lies in memory, and one store to a register (the kick) sends it, as
 * many sectors as one likes. The device finishes in its own time and says so in memory, where we
 * look; interrupts are switched off. (VIRTIO 1.2, sections 2.7, 4.2 and 5.2.) Compare
 * disk_native.c.
 */
#include "guests/lib/board.h"
#include "guests/twin/device_tree.h"
#include "guests/twin/disk_para.h"

enum virtio_register {
	VIRTIO_MAGIC = 0x000,
	VIRTIO_VERSION = 0x004,
	VIRTIO_ID = 0x008,
	VIRTIO_DRIVER_FEATURES = 0x020,
	VIRTIO_DRIVER_FEATURES_SELECT = 0x024,
	VIRTIO_QUEUE_SELECT = 0x030,
	VIRTIO_QUEUE_SIZE = 0x038,
	VIRTIO_QUEUE_READY = 0x044,
	VIRTIO_QUEUE_NOTIFY = 0x050,
	VIRTIO_STATUS = 0x070,
	VIRTIO_QUEUE_DESCRIPTORS = 0x080,
	VIRTIO_QUEUE_DRIVER = 0x090,
	VIRTIO_QUEUE_DEVICE = 0x0a0,
	VIRTIO_CAPACITY = 0x100
};

enum { MAGIC = 0x74726976, VERSION = 2, ID_BLOCK = 2 };
enum { ACKNOWLEDGE = 1, DRIVER = 2, DRIVER_OK = 4, FEATURES_OK = 8 };
enum { FEATURE_VERSION_1 = 1 }; /* bit 32: bit 0 of the second word */
enum { REQUEST_READ = 0, REQUEST_WRITE = 1, STATUS_NONE = 0xff };
enum { NEXT = 1, DEVICE_WRITES = 2, NO_INTERRUPT = 1 };
enum { SIZE = 4, SECTOR = 512, PATIENCE = 1000000000 };

struct descriptor {
	u64 address;
	u32 length;
	u16 flags, next;
};

/* The queue and the one request that is ever under way. */
static struct {
	struct descriptor descriptor[SIZE] __attribute__((aligned(16)));
	volatile u16 available_flags, available_index, available[SIZE];
	volatile u16 used_flags __attribute__((aligned(4)));
	volatile u16 used_index;
	volatile struct { u32 id, length; } used[SIZE];
	struct { u32 type, zero; u64 sector; } request;
	volatile u8 status;
} queue;

static u64 base;

static volatile u32 *reg(enum virtio_register offset)
{
	return device32(base + offset);
}

static void set_address(enum virtio_register low, const volatile void *address)
{
	*reg(low) = (u32)(u64)address;
	*reg(low + 4) = (u32)((u64)address >> 32);
}

static bool is_disk(u64 address)
{
	base = address;
	return address != 0 && *reg(VIRTIO_MAGIC) == MAGIC && *reg(VIRTIO_VERSION) == VERSION
		&& *reg(VIRTIO_ID) == ID_BLOCK;
}

u64 disk_para_start(void)
{
	u32 slot = 0;

	while (slot < VIRTIO_SLOTS && !is_disk(device_tree.virtio[slot]))
		slot++;
	if (slot == VIRTIO_SLOTS)
		return 0;
	*reg(VIRTIO_STATUS) = 0;
	*reg(VIRTIO_STATUS) = ACKNOWLEDGE | DRIVER;
	*reg(VIRTIO_DRIVER_FEATURES_SELECT) = 0;
	*reg(VIRTIO_DRIVER_FEATURES) = 0;
	*reg(VIRTIO_DRIVER_FEATURES_SELECT) = 1;
	*reg(VIRTIO_DRIVER_FEATURES) = FEATURE_VERSION_1;
	*reg(VIRTIO_STATUS) = ACKNOWLEDGE | DRIVER | FEATURES_OK;
	if ((*reg(VIRTIO_STATUS) & FEATURES_OK) == 0)
		return 0;
	queue.available_flags = NO_INTERRUPT;
	*reg(VIRTIO_QUEUE_SELECT) = 0;
	*reg(VIRTIO_QUEUE_SIZE) = SIZE;
	set_address(VIRTIO_QUEUE_DESCRIPTORS, queue.descriptor);
	set_address(VIRTIO_QUEUE_DRIVER, &queue.available_flags);
	set_address(VIRTIO_QUEUE_DEVICE, &queue.used_flags);
	*reg(VIRTIO_QUEUE_READY) = 1;
	*reg(VIRTIO_STATUS) = ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK;
	return *reg(VIRTIO_CAPACITY) | (u64)*reg(VIRTIO_CAPACITY + 4) << 32;
}

static bool transfer(u32 type, u64 sector, u32 count, const void *data)
{
	u16 direction = type == REQUEST_READ ? DEVICE_WRITES : 0;

	queue.request.type = type;
	queue.request.sector = sector;
	queue.status = STATUS_NONE;
	queue.descriptor[0] = (struct descriptor){(u64)&queue.request, 16, NEXT, 1};
	queue.descriptor[1] = (struct descriptor){(u64)data, count * SECTOR, NEXT | direction, 2};
	queue.descriptor[2] = (struct descriptor){(u64)&queue.status, 1, DEVICE_WRITES, 0};
	queue.available[queue.available_index % SIZE] = 0;
	asm volatile("fence rw, rw" : : : "memory");
	queue.available_index++;
	asm volatile("fence rw, rw" : : : "memory");
	*reg(VIRTIO_QUEUE_NOTIFY) = 0;
	for (u32 i = 0; i < PATIENCE && queue.used_index != queue.available_index; i++)
		;
	asm volatile("fence rw, rw" : : : "memory");
	return queue.status == 0;
}

bool disk_para_read(u64 sector, u32 count, void *to)
{
	return transfer(REQUEST_READ, sector, count, to);
}

bool disk_para_write(u64 sector, u32 count, const void *from)
{
	return transfer(REQUEST_WRITE, sector, count, from);
}
