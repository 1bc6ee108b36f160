/*
 * Assembling a machine, loading its guest, running it, and taking its state out and in. See
 * machine.h; called by every verb that runs something.
 */
#include "emu/machine.h"

#include <stdlib.h>
#include <string.h>

#include "core/fdt.h"
#include "core/file.h"

enum { KERNEL_OFFSET = 0x200000 }; /* where firmware expects a raw kernel, from the start of RAM */

/* What OpenSBI's fw_dynamic wants to be told, behind a2. */
struct dynamic_info {
	u64 magic, version, next_address, next_mode, options, boot_hart;
};
enum { DYNAMIC_MAGIC = 0x4942534f, DYNAMIC_VERSION = 2, DYNAMIC_S = 1 };

static bool real(const struct machine *machine)
{
	return machine->config.mode->guest_is_real;
}

/*
 * RAM of a virtualized guest's machine: the monitor's area first, the slice behind it, so that
 * guest-physical and machine addresses are never the same by accident.
 */
static bool assemble(struct machine *machine, struct fault *fault)
{
	const struct machine_config *config = &machine->config;
	struct vm *vm = &machine->monitor.vm;
	struct monitor_config monitor = {
		.mode = config->mode,
		.prices = config->prices,
		.board = { .harts = machine->harts, .host = config->host, .disks = config->disks,
			.has_ata = config->has_ata, .ata = config->ata, .nets = config->nets,
			.has_rng = config->has_rng, .rng_seed = config->rng_seed,
			.has_console = config->has_console, .legacy = config->legacy },
		.guest_memory = config->memory,
		.area = BOARD_ram,
		.area_size = real(machine) ? 0 : monitor_area_size(config->memory),
	};
	struct hart_config hart = {
		.clock = &machine->clock, .isa = &machine->isa, .blocks = &machine->blocks,
		.trace = &machine->trace, .prices = config->prices.hart,
	};

	memcpy(monitor.board.disk, config->disk, sizeof(monitor.board.disk));
	memcpy(monitor.board.net, config->net, sizeof(monitor.board.net));
	monitor.slice = BOARD_ram + monitor.area_size;
	clock_create(&machine->clock);
	if (!ram_create(&machine->ram, BOARD_ram, monitor.area_size + config->memory, fault)
	    || !isa_create(&machine->isa, config->isa, fault)
	    || !blocks_create(&machine->blocks, &machine->ram, &machine->isa, fault)
	    || (config->trace && !trace_create(&machine->trace, config->trace, fault))
	    || !monitor_create(&machine->monitor, machine->hart, &machine->ram, &machine->clock,
	    &machine->trace, &monitor, fault))
		return false;
	bus_create(&machine->bus, &machine->ram);
	hart.bus = real(machine) ? &vm->board.bus : &machine->bus;
	hart.stop = &vm->board.stop;
	hart.time_offset = real(machine) ? &vm->board.clint.state.offset : &machine->no_offset;
	hart.window = machine->harts > 1 ? &machine->monitor.state.window : NULL;
	for (hart.number = 0; hart.number < machine->harts; hart.number++)
		hart_create(&machine->hart[hart.number], &hart);
	return true;
}

/* The initial RAM disk goes as high as it can below the device tree's 2 MiB. */
static bool load_initrd(struct machine *machine, u64 *start, u64 *end, struct fault *fault)
{
	struct ram *ram = &machine->monitor.vm.board.ram;
	u8 *bytes;
	u64 length, room = 4 << 20;
	bool good;

	*start = *end = 0;
	if (!machine->config.initrd)
		return true;
	if (!file_read_all(machine->config.initrd, ram->size, &bytes, &length, fault))
		return false;
	good = length + room < ram->size;
	if (good) {
		*start = (ram->base + ram->size - room - length) & PAGE_MASK;
		*end = *start + length;
		good = *start >= machine->image.high && ram_copy_in(ram, *start, bytes, length);
	}
	free(bytes);
	if (!good)
		return fault_set(fault, "'%s': does not fit into RAM beside the guest",
			machine->config.initrd);
	return true;
}

/* The deepest page tables there are, as a device tree names them. */
static const char *mmu_type(const struct isa *isa)
{
	if (isa->extensions >> EXTENSION_Sv57 & 1)
		return "riscv,sv57";
	return isa->extensions >> EXTENSION_Sv48 & 1 ? "riscv,sv48" : "riscv,sv39";
}

/* Loads firmware and guest, describes the board to them, and points the hart at the first. */
static bool load(struct machine *machine, struct fault *fault)
{
	const struct machine_config *config = &machine->config;
	struct board *board = &machine->monitor.vm.board;
	char isa[512], extensions[512];
	enum firmware firmware = config->firmware;
	struct fdt_config fdt = { .isa = isa, .isa_base = "rv64i", .extensions = extensions,
		.mmu = mmu_type(&machine->isa), .cache_block = CACHE_BLOCK, .bootargs = config->bootargs };
	u64 entry, tree, low = BOARD_ram, high;

	if (firmware == FIRMWARE_FILE && !image_load(&machine->firmware,
	    config->firmware_path, &board->ram, BOARD_ram, fault))
		return false;
	if (config->guest && !image_load(&machine->image, config->guest, &board->ram,
	    firmware == FIRMWARE_NONE ? BOARD_ram : BOARD_ram + KERNEL_OFFSET, fault))
		return false;
	htif_attach(&machine->htif, &machine->image, &machine->monitor.vm);
	if (firmware == FIRMWARE_AUTO)
		firmware = machine->htif.there && real(machine) ? FIRMWARE_NONE : FIRMWARE_BUILTIN;
	if (config->guest && firmware == FIRMWARE_FILE
	    && machine->image.low < machine->firmware.high
	    && machine->firmware.low < machine->image.high)
		return fault_set(fault, "'%s' and '%s' overlap in RAM", config->guest,
			config->firmware_path);
	if (!load_initrd(machine, &fdt.initrd_start, &fdt.initrd_end, fault))
		return false;
	high = machine->image.high > machine->firmware.high ? machine->image.high
		: machine->firmware.high;
	if (fdt.initrd_end)
		high = fdt.initrd_end;
	isa_name(&machine->isa, isa, sizeof(isa));
	isa_list(&machine->isa, extensions, sizeof(extensions));
	if (!fdt_place(board, &fdt, low, high, &tree, fault))
		return false;
	entry = firmware == FIRMWARE_FILE ? machine->firmware.entry : machine->image.entry;
	if (firmware == FIRMWARE_BUILTIN) {
		monitor_boot(&machine->monitor, entry, tree);
	} else {
		struct dynamic_info info = { DYNAMIC_MAGIC, DYNAMIC_VERSION, machine->image.entry,
			DYNAMIC_S, 0, 0 };
		u64 place = (tree & PAGE_MASK) - PAGE_SIZE;

		monitor_boot_bare(&machine->monitor, entry, tree);
		if (firmware == FIRMWARE_FILE && place >= high
		    && ram_copy_in(&board->ram, place, &info, sizeof(info)))
			for (u32 i = 0; i < machine->harts; i++)
				machine->hart[i].x[12] = place;
	}
	return true;
}

/* The order is part of the snapshot's format. */
static void list_sections(struct machine *machine)
{
	struct snapshot *snapshot = machine->snapshot;

	snapshot_add(snapshot, "machine", "clock", 1, &machine->clock.state,
		sizeof(machine->clock.state));
	for (u32 i = 0; i < machine->harts; i++) {
		char name[] = "hart0";

		name[sizeof(name) - 2] = (char)('0' + i);
		snapshot_add(snapshot, "machine", name, 1, &machine->hart_state[i],
			sizeof(*machine->hart_state));
	}
	snapshot_add_ram(snapshot, "machine", &machine->ram);
	monitor_sections(&machine->monitor, snapshot);
}

struct machine *machine_create(const struct machine_config *config, struct fault *fault)
{
	struct machine *machine = calloc(1, sizeof(*machine));
	bool good;

	if (!machine) {
		fault_set(fault, "out of memory for a machine");
		return NULL;
	}
	machine->config = *config;
	machine->chaos_state = config->chaos_seed * 2 + 1;
	machine->harts = config->harts ? config->harts : 1;
	machine->hart_state = calloc(machine->harts, sizeof(*machine->hart_state));
	machine->snapshot = calloc(1, sizeof(*machine->snapshot));
	good = machine->hart_state && machine->snapshot;
	if (!good)
		fault_set(fault, "out of memory for a machine");
	good = good && assemble(machine, fault) && load(machine, fault);
	if (!good) {
		machine_destroy(machine);
		return NULL;
	}
	list_sections(machine);
	return machine;
}

void machine_destroy(struct machine *machine)
{
	if (!machine)
		return;
	image_destroy(&machine->firmware);
	image_destroy(&machine->image);
	monitor_destroy(&machine->monitor);
	blocks_destroy(&machine->blocks);
	isa_destroy(&machine->isa);
	trace_destroy(&machine->trace);
	ram_destroy(&machine->ram);
	free(machine->hart_state);
	free(machine->snapshot);
	free(machine);
}

/* xorshift64*: for the chaos of caches only. */
static u64 chaos_next(struct machine *machine)
{
	u64 x = machine->chaos_state;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	machine->chaos_state = x;
	return x * UINT64_C(2685821657736338717);
}

enum { CHAOS_STRETCH = 20000 };

/* Whatever is only cache goes: all of it, or one page's. */
static void chaos_strike(struct machine *machine)
{
	u64 dice = chaos_next(machine);

	if (dice & 1)
		blocks_drop(&machine->blocks);
	else if (machine->blocks.pages)
		blocks_drop_page(&machine->blocks,
			machine->blocks.list[dice / 2 % machine->blocks.pages]);
}

/*
 * Runs the hart whose turn it is up to a cycle at the most. *more: nothing has ended, call again.
 */
static enum machine_end advance(struct machine *machine, u64 until, bool *more)
{
	struct monitor *monitor = &machine->monitor;
	u64 now = machine_cycle(machine);
	u64 next, stretch = until;
	struct exit exit;

	*more = false;
	if (machine->config.chaos && until > now) {
		u64 most = 1 + chaos_next(machine) % CHAOS_STRETCH;

		chaos_strike(machine);
		if (until - now > most)
			stretch = now + most;
	}
	exit = monitor_run(monitor, stretch);
	if (exit.kind == EXIT_WATCH)
		htif_serve(&machine->htif, &machine->monitor.vm);
	if (machine_stop(machine)->kind != STOP_NONE)
		return machine_stop(machine)->kind == STOP_REBOOT ? MACHINE_REBOOT
			: MACHINE_POWEROFF;
	if (exit.kind == EXIT_WAIT) {
		next = clock_next(&machine->clock);
		now = machine_cycle(machine);
		if (next != NEVER && next > now && machine->config.idle)
			machine->config.idle(machine->config.idle_self, next - now);
		if (!monitor_idle(monitor, until))
			return MACHINE_STUCK;
	}
	*more = true;
	return MACHINE_LIMIT;
}

enum machine_end machine_run_cycles(struct machine *machine, u64 until)
{
	enum machine_end end = MACHINE_LIMIT;
	bool more = true;

	while (more && machine_cycle(machine) < until)
		end = advance(machine, until, &more);
	return end;
}

enum machine_end machine_run(struct machine *machine, u64 steps)
{
	enum machine_end end = MACHINE_LIMIT;
	bool more = true;

	/* A step is at least one cycle, so this never goes too far. */
	while (more && machine_steps(machine) < steps) {
		u64 left = steps - machine_steps(machine);
		u64 cycle = machine_cycle(machine);

		end = advance(machine, left < NEVER - 1 - cycle ? cycle + left : NEVER - 1, &more);
	}
	return end;
}

void machine_tally(const struct machine *machine, struct tally *tally)
{
	vm_tally(&machine->monitor.vm, tally);
}

/* Brings what snapshots carry into its canonical form. */
static void freeze(struct machine *machine)
{
	hart_drain(&machine->hart[0]);
	machine->clock.state.now = hart_now(&machine->hart[machine->monitor.state.turn]);
	for (u32 i = 0; i < machine->harts; i++) {
		struct hart *hart = &machine->hart[i];

		hart_account(hart, (enum time_kind)hart->time_kind);
		hart_save(hart, &machine->hart_state[i]);
	}
}

bool machine_save(struct machine *machine, u8 **bytes, u64 *length, struct fault *fault)
{
	freeze(machine);
	return snapshot_save(machine->snapshot, bytes, length, fault);
}

bool machine_load(struct machine *machine, const u8 *bytes, u64 length, struct fault *fault)
{
	if (!snapshot_load(machine->snapshot, bytes, length, fault))
		return false;
	blocks_drop(&machine->blocks);
	clock_restored(&machine->clock);
	board_restored(&machine->monitor.vm.board);
	monitor_restored(&machine->monitor);
	for (u32 i = 0; i < machine->harts; i++)
		hart_restore(&machine->hart[i], &machine->hart_state[i]);
	return true;
}

u64 machine_digest(struct machine *machine)
{
	freeze(machine);
	return snapshot_digest(machine->snapshot);
}
