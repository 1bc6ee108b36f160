/*
 * The board: devices made, wired to the PLIC and put on the bus at the addresses of board.def. A
 * machine has one, and each virtual machine one more, on its own slice of RAM. The order in which
 * devices are made is the order of their clock events: what every board has comes first, so that its
 * order never changes with what is plugged in.
 */
#include "core/board.h"

#include <assert.h>
#include <string.h>

/* `number` counts up from the row's source, for rows that stand for several slots. */
static struct irq_line board_line(struct board *board, enum board_irq irq, u32 number)
{
	return plic_line(&board->plic, irq + number);
}

/* The next free virtio slot. */
static struct virtio_wiring board_slot(struct board *board, const struct board_config *config)
{
	return (struct virtio_wiring){
		.ram = &board->ram,
		.irq = board_line(board, BOARD_IRQ_virtio, board->slots),
		.legacy = config->legacy >> board->slots & 1,
	};
}

static void board_take_slot(struct board *board, const struct device *device,
	struct virtio *virtio)
{
	assert(board->slots < BOARD_SLOTS);
	bus_add(&board->bus, BOARD_virtio + (u64)board->slots * VIRTIO_WINDOW, device, virtio);
	board->slot[board->slots++] = virtio;
}

static void board_add_virtio(struct board *board, const struct board_config *config)
{
	struct virtio_wiring wiring;

	for (u32 i = 0; i < board->disks; i++) {
		wiring = board_slot(board, config);
		virtio_blk_create(&board->disk[i], &config->disk[i], &wiring);
		board_take_slot(board, &virtio_blk_device, &board->disk[i].virtio);
	}
	for (u32 i = 0; i < board->nets; i++) {
		wiring = board_slot(board, config);
		virtio_net_create(&board->net[i], board->clock, &config->net[i], &wiring);
		board_take_slot(board, &virtio_net_device, &board->net[i].virtio);
	}
	if (board->has_rng) {
		wiring = board_slot(board, config);
		virtio_rng_create(&board->rng, config->rng_seed, &wiring);
		board_take_slot(board, &virtio_rng_device, &board->rng.virtio);
	}
	if (board->has_console) {
		wiring = board_slot(board, config);
		virtio_console_create(&board->console, board->clock, &config->host,
			BOARD_CONSOLE_PORT, &wiring);
		board_take_slot(board, &virtio_console_device, &board->console.virtio);
	}
}

void board_create(struct board *board, struct clock *clock, const struct ram *ram,
	const struct board_config *config)
{
	struct bus *bus = &board->bus;

	assert(config->harts >= 1 && config->harts <= BOARD_HARTS);
	assert(config->disks <= BOARD_DISKS && config->nets <= BOARD_NETS);
	memset(board, 0, sizeof(*board));
	board->clock = clock;
	board->ram = *ram;
	board->harts = config->harts;
	board->has_ata = config->has_ata;
	board->disks = config->disks;
	board->nets = config->nets;
	board->has_rng = config->has_rng;
	board->has_console = config->has_console;
	bus_create(bus, &board->ram);

	plic_create(&board->plic, board->harts, config->lines);
	bus_add(bus, BOARD_plic, &plic_device, &board->plic);
	clint_create(&board->clint, clock, board->harts, config->lines);
	bus_add(bus, BOARD_clint, &clint_device, &board->clint);
	uart16550_create(&board->uart, clock, &config->host, 0,
		board_line(board, BOARD_IRQ_uart, 0));
	bus_add(bus, BOARD_uart, &uart16550_device, &board->uart);
	rtc_create(&board->rtc, clock, RTC_EPOCH_2026, board_line(board, BOARD_IRQ_rtc, 0));
	bus_add(bus, BOARD_rtc, &rtc_device, &board->rtc);
	finisher_create(&board->finisher, &board->stop);
	bus_add(bus, BOARD_finisher, &finisher_device, &board->finisher);
	if (board->has_ata) {
		ata_create(&board->ata, &config->ata, board_line(board, BOARD_IRQ_ata, 0));
		bus_add(bus, BOARD_ata, &ata_device, &board->ata);
	}
	board_add_virtio(board, config);
}

/* The PLIC last, when the other devices have let go of its lines: no request survives. */
void board_reset(struct board *board)
{
	board->stop = (struct stop){ 0 };
	board->bus.state = (struct bus_state){ 0 };
	for (u32 i = 0; i < board->bus.count; i++) {
		const struct bus_window *window = &board->bus.window[i];

		if (window->device != &plic_device)
			window->device->reset(window->self);
	}
	plic_device.reset(&board->plic);
}

void board_sections(struct board *board, struct snapshot *snapshot, const char *prefix)
{
	char name[] = "virtio0";

	snapshot_add(snapshot, prefix, "stop", 1, &board->stop, sizeof(board->stop));
	snapshot_add(snapshot, prefix, "bus", 1, &board->bus.state, sizeof(board->bus.state));
	snapshot_add(snapshot, prefix, "plic", 1, &board->plic.state, sizeof(board->plic.state));
	snapshot_add(snapshot, prefix, "clint", 1, &board->clint.state,
		sizeof(board->clint.state));
	snapshot_add(snapshot, prefix, "uart", 1, &board->uart.state, sizeof(board->uart.state));
	snapshot_add(snapshot, prefix, "rtc", 1, &board->rtc.state, sizeof(board->rtc.state));
	if (board->has_ata)
		snapshot_add(snapshot, prefix, "ata", 1, &board->ata.state,
			sizeof(board->ata.state));
	for (u32 i = 0; i < board->slots; i++) {
		struct virtio_state *state = &board->slot[i]->state;

		name[sizeof(name) - 2] = (char)('0' + i);
		snapshot_add(snapshot, prefix, name, 1, state, sizeof(*state));
	}
	if (board->has_rng)
		snapshot_add(snapshot, prefix, "rng", 1, &board->rng.state,
			sizeof(board->rng.state));
	if (board->has_console)
		snapshot_add(snapshot, prefix, "console", 1, &board->console.state,
			sizeof(board->console.state));
}

/* The PLIC first: the other devices pull its lines. */
void board_restored(struct board *board)
{
	plic_restored(&board->plic);
	clint_restored(&board->clint);
	uart16550_restored(&board->uart);
	rtc_restored(&board->rtc);
	if (board->has_ata)
		ata_restored(&board->ata);
	for (u32 i = 0; i < board->slots; i++)
		virtio_restored(board->slot[i]);
}
