/*
 * The monitor's loop: run the hart, handle why it came back, let events fire, deliver what is
 * pending, and on. One function per step, in the order in which they happen.
 */
#include "pv/monitor.h"

#include <assert.h>
#include <string.h>

#include "pv/bounce.h"

enum { REAL_INTERRUPTS = 1 << IRQ_machine_timer };
enum { AREA_UNIT = 512 }; /* pages: 2 MiB */

u64 monitor_area_size(u64 guest_memory)
{
	u64 pages = (guest_memory >> PAGE_SHIFT) / 8;

	/* The slice lies behind it, and must begin where a 2 MiB page can. */
	pages = (pages + AREA_UNIT - 1) / AREA_UNIT * AREA_UNIT;
	if (pages > SHADOW_PAGES)
		pages = SHADOW_PAGES;
	if (pages < AREA_UNIT)
		pages = AREA_UNIT;
	return pages << PAGE_SHIFT;
}

bool monitor_create(struct monitor *monitor, struct hart *hart, struct ram *ram,
	struct clock *clock, struct trace *trace, const struct monitor_config *config,
	struct fault *fault)
{
	struct vm *vm = &monitor->vm;
	struct board_config board = config->board;
	struct ram slice;

	assert(config->mode->version == VIRT_MODE_VERSION
		&& config->mode->size == sizeof(struct virt_mode));
	assert(board.harts >= 1 && board.harts <= VM_VCPUS);
	memset(monitor, 0, sizeof(*monitor));
	monitor->clock = clock;
	monitor->ram = ram;
	monitor->prices = config->prices;
	monitor->trace = trace;
	monitor->hart = hart;
	vm->monitor = monitor;
	vm->mode = config->mode;
	vm->host = board.host;
	vm->vcpus = board.harts;
	for (u32 i = 0; i < vm->vcpus; i++) {
		struct vcpu *vcpu = &vm->vcpu[i];

		vcpu->vm = vm;
		vcpu->number = i;
		vcpu->hart = &hart[i];
		vcpu->priv = vm->mode->guest_is_real ? &hart[i].priv : &vcpu->state.priv;
		vcpu->lines = vm->mode->guest_is_real ? &hart[i].lines : &vcpu->state.lines;
		board.lines[i] = vcpu->lines;
	}
	vm->offset = config->slice - BOARD_ram;
	ram_slice(&slice, ram, config->slice - ram->base, config->guest_memory, BOARD_ram);
	board_create(&vm->board, clock, &slice, &board);
	if (vm->mode->guest_is_real)
		return true;
	shadow_create(&vm->shadow, config->area, (u32)(config->area_size >> PAGE_SHIFT), 1);
	if (!frames_create(&vm->frames, (u32)(config->guest_memory >> PAGE_SHIFT),
	    1 + SHADOW_ROOTS))
		return fault_set(fault, "out of memory for the monitor's frame table");
	return true;
}

void monitor_destroy(struct monitor *monitor)
{
	frames_destroy(&monitor->vm.frames);
}

/* The real hart of a virtualized guest: everything at U, everything allowed there that tables allow. */
static void real_boot(struct hart *hart)
{
	hart_reset(hart, 0);
	hart->monitored = true;
	hart->priv.level = LEVEL_U;
	hart->priv.pmpaddr[0] = (UINT64_C(1) << 54) - 1;
	hart->priv.pmpcfg[0] = 0x1f;
	hart->priv.ie = REAL_INTERRUPTS;
}

void vcpu_start(struct vcpu *vcpu, u64 entry, u64 argument)
{
	struct hart *hart = vcpu->hart;

	hart->leaves = true;
	if (vcpu->priv == &hart->priv) {
		hart_reset(hart, 0);
	} else {
		real_boot(hart);
		priv_reset(vcpu->priv, vcpu->number, hart->priv.misa);
	}
	firmware_boot(vcpu->priv);
	hart->pc = entry;
	hart->x[10] = vcpu->number;
	hart->x[11] = argument;
	vcpu->state.stopped = false;
	vcpu->vm->mode->enter(vcpu);
	hart_changed(hart);
	hart_account(hart, (enum time_kind)hart->time_of_level[vcpu->priv->level]);
}

void monitor_boot(struct monitor *monitor, u64 entry, u64 device_tree)
{
	for (u32 i = 1; i < monitor->vm.vcpus; i++)
		monitor->vm.vcpu[i].state.stopped = true;
	vcpu_start(&monitor->vm.vcpu[0], entry, device_tree);
}

void monitor_boot_bare(struct monitor *monitor, u64 entry, u64 device_tree)
{
	assert(monitor->vm.mode->guest_is_real);
	for (u32 i = 0; i < monitor->vm.vcpus; i++) {
		struct hart *hart = monitor->vm.vcpu[i].hart;

		hart->leaves = false;
		hart_reset(hart, entry);
		hart->x[10] = hart->number;
		hart->x[11] = device_tree;
	}
}

void vcpu_reason(struct vcpu *vcpu, enum exit_reason reason, u64 value, u32 insn)
{
	vcpu->reason = reason;
	vcpu->reason_value = value;
	if (insn)
		vcpu->reason_insn = insn;
}

void vcpu_skip(struct vcpu *vcpu, u32 length)
{
	vcpu->hart->pc += length;
}

void vcpu_inject(struct vcpu *vcpu, u64 cause, u64 tval)
{
	struct hart *hart = vcpu->hart;

	vcpu->resumed = true;
	if (vcpu->state.features & PARA_TRAPS) {
		bounce(vcpu, cause, tval);
		return;
	}
	/* The built-in firmware handles nothing for its guest: all goes on to S. */
	hart_trace(hart, TRACE_INJECT, cause, tval, 0, 0);
	hart->pc = priv_trap_to(vcpu->priv, LEVEL_S, cause, tval, hart->pc);
	vcpu->vm->state.tally.count[VM_COUNT_injections]++;
	vcpu_charge(vcpu, PRICE_inject, 1);
}

/* The instruction at a guest's pc, for the trace alone: costs and changes nothing. */
static u32 peek(const struct vcpu *vcpu)
{
	const struct ram *ram = &vcpu->vm->board.ram;
	struct mmu_view view = mmu_view(vcpu->priv, ACCESS_FETCH);
	struct walk walk;
	u64 address;

	if (vcpu->state.direct) {
		view.satp = vcpu->hart->priv.satp;
		view.level = LEVEL_U;
		ram = vcpu->vm->monitor->ram;
	}
	view.pmp = NULL;
	walk = mmu_walk(&view, ram, vcpu->hart->pc, ACCESS_FETCH);
	address = walk.physical;
	if (walk.result != WALK_OK || !ram_holds(ram, address, 4))
		return 0;
	return (u32)ram_read(ram, address, 4);
}

static void exit_trace(struct vcpu *vcpu, u64 pc, u64 level, u64 start, u64 price)
{
	struct trace_event event = {
		.cycle = start, .pc = pc, .a = vcpu->reason, .b = vcpu->reason_value,
		.insn = vcpu->reason_insn, .price = (u32)price, .kind = TRACE_EXIT,
		.level = (u8)level, .hart = (u8)vcpu->hart->number,
	};

	trace_write(vcpu->vm->monitor->trace, &event);
}

static bool tracing(const struct vcpu *vcpu)
{
	const struct trace *trace = vcpu->vm->monitor->trace;

	return trace && trace_on(trace);
}

/*
 * An exit from beginning to end. The hart has charged its trap already; whatever is charged from
 * here on is the monitor's (or, for a native guest, the firmware's).
 */
static void vcpu_exit(struct vcpu *vcpu, const struct exit *exit)
{
	struct vm *vm = vcpu->vm;
	const struct virt_mode *mode = vm->mode;
	struct hart *hart = vcpu->hart;
	struct tally *tally = &vm->state.tally;
	u64 start = hart->cycle - hart->prices.trap;
	u64 pc = hart->pc, level = vcpu->priv->level;

	vcpu->resumed = false;
	if (!(exit->cause & CAUSE_INTERRUPT) && measure_call(vcpu, exit))
		return;
	hart_account(hart, (enum time_kind)mode->time);
	vcpu->reason_insn = tracing(vcpu) ? peek(vcpu) : 0;
	vcpu_reason(vcpu, EXIT_exception, exit->cause, 0);
	vcpu_charge(vcpu, PRICE_save, 1);
	vcpu_charge(vcpu, PRICE_dispatch, 1);
	if (exit->cause & CAUSE_INTERRUPT)
		mode->interrupt(vcpu, exit);
	else if (mode->exception[exit->cause])
		mode->exception[exit->cause](vcpu, exit);
	else
		vcpu_inject(vcpu, exit->cause, exit->tval);
	vcpu_charge(vcpu, PRICE_restore, 1);
	hart_charge(hart, hart->prices.xret);
	mode->enter(vcpu);
	if (mode->guest_is_real) {
		tally->firmware_calls++;
	} else {
		tally->exits++;
		tally->exit[vcpu->reason]++;
		tally->exit_cycles[vcpu->reason] += hart->cycle - start;
	}
	hart_account(hart, (enum time_kind)hart->time_of_level[vcpu->priv->level]);
	if (tracing(vcpu))
		exit_trace(vcpu, pc, level, start, hart->cycle - start);
}

/*
 * For a virtualized guest that runs, a new and enabled interrupt is a real interrupt of the real
 * hart, so that delivering it costs an exit; for one that waits it is not.
 */
static void interrupt_guest(struct vcpu *vcpu)
{
	u64 pending = *vcpu->lines | vcpu->priv->ip;
	u64 fresh = pending & ~vcpu->state.lines_seen;

	vcpu->state.lines_seen = pending;
	if (vcpu->vm->mode->guest_is_real || vcpu->state.waiting || vcpu->state.stopped)
		return;
	if (fresh & vcpu->priv->ie)
		vcpu->hart->lines |= REAL_INTERRUPTS;
}

static void events_fired(struct vm *vm)
{
	for (u32 i = 0; i < vm->vcpus; i++)
		interrupt_guest(&vm->vcpu[i]);
}

void vcpu_poke(struct vcpu *vcpu, const struct vcpu *by)
{
	if (vcpu == by)
		return;
	vcpu->state.poked = by->hart->cycle;
	interrupt_guest(vcpu);
}

/* Time passes without work, up to `until`. */
static void vcpu_idle(struct vcpu *vcpu, u64 until)
{
	struct hart *hart = vcpu->hart;
	enum time_kind kind = (enum time_kind)hart->time_kind;

	if (until <= hart->cycle)
		return;
	hart_account(hart, TIME_IDLE);
	hart_charge(hart, until - hart->cycle);
	hart_account(hart, kind);
}

/* Has it nothing to do until something happens? */
static bool vcpu_rests(const struct vcpu *vcpu)
{
	struct priv_in in = vcpu_in(vcpu);

	if (vcpu->state.stopped)
		return true;
	if (!vcpu->state.waiting && !vcpu->hart->waiting)
		return false;
	return !priv_wakes(vcpu->priv, &in);
}

/* The turn of one virtual hart, which does not rest: on to `until`. */
static struct exit vcpu_run(struct vcpu *vcpu, u64 until)
{
	struct hart *hart = vcpu->hart;
	struct exit exit;

	if (vcpu->state.waiting || hart->waiting) {
		/* Woken, not before whoever did it. */
		vcpu_idle(vcpu, vcpu->state.poked);
		if (vcpu->state.waiting) {
			vcpu->state.waiting = false;
			vcpu->vm->mode->enter(vcpu);
			hart_account(hart, (enum time_kind)hart->time_of_level[vcpu->priv->level]);
		}
	} else if (vcpu->state.reload) {
		vcpu->vm->mode->enter(vcpu);
	}
	vcpu->state.reload = false;
	exit = hart_run(hart, until);
	if (exit.kind == EXIT_TRAP)
		vcpu_exit(vcpu, &exit);
	return exit;
}

/* Another hart's turn: what a reservation protects may change. */
static void turn_pass(struct monitor *monitor)
{
	struct vm *vm = &monitor->vm;

	if (vm->vcpus == 1)
		return;
	vm->vcpu[monitor->state.turn].hart->reserved = false;
	monitor->state.turn = (monitor->state.turn + 1) % vm->vcpus;
}

static u64 window_limit(const struct monitor *monitor, u64 start)
{
	u64 next = clock_next(monitor->clock);
	u64 grid = monitor->vm.vcpus == 1 ? NEVER
		: (start / MONITOR_WINDOW + 1) * MONITOR_WINDOW;

	return next < grid ? next : grid;
}

/*
 * The present window is over: events fire, and another begins. False: nobody has anything to do in
 * it.
 */
static bool window_begin(struct monitor *monitor)
{
	struct vm *vm = &monitor->vm;
	u64 now = vm->vcpus == 1 ? vm->vcpu[0].hart->cycle : monitor->state.window_end;
	bool rest = true;

	if (now >= clock_next(monitor->clock)) {
		clock_run(monitor->clock, now);
		events_fired(vm);
	}
	monitor->state.window = now;
	monitor->state.window_end = window_limit(monitor, now);
	for (u32 i = 0; i < vm->vcpus; i++)
		rest &= vcpu_rests(&vm->vcpu[i]);
	return !rest;
}

/* Does anybody still have to run in this window? Then it is the turn of the first such. */
static bool turn_find(struct monitor *monitor)
{
	struct vm *vm = &monitor->vm;
	u64 next = clock_next(monitor->clock);

	/* A device may have been told to do something sooner. */
	if (next < monitor->state.window_end)
		monitor->state.window_end = next;
	for (u32 tried = 0; tried < vm->vcpus; tried++) {
		struct vcpu *vcpu = &vm->vcpu[monitor->state.turn];

		if (vcpu->hart->cycle < monitor->state.window_end)
			return true;
		turn_pass(monitor);
	}
	return false;
}

struct exit monitor_run(struct monitor *monitor, u64 until)
{
	struct vm *vm = &monitor->vm;

	for (;;) {
		u64 turn = monitor->state.turn;
		struct vcpu *vcpu;
		struct exit exit;

		if (vm->board.stop.kind != STOP_NONE)
			return (struct exit){ EXIT_STOP, 0, 0 };
		if (!turn_find(monitor) && !window_begin(monitor))
			return (struct exit){ EXIT_WAIT, 0, 0 };
		if (monitor->state.turn != turn)
			return (struct exit){ EXIT_YIELD, 0, 0 };
		vcpu = &vm->vcpu[turn];
		if (vcpu->hart->cycle >= until)
			return (struct exit){ EXIT_DEADLINE, 0, 0 };
		if (vcpu_rests(vcpu)) {
			u64 end = monitor->state.window_end;

			if (vm->vcpus == 1)
				return (struct exit){ EXIT_WAIT, 0, 0 };
			vcpu_idle(vcpu, end < until ? end : until);
			continue;
		}
		exit = vcpu_run(vcpu, monitor->state.window_end < until
			? monitor->state.window_end : until);
		if (exit.kind == EXIT_YIELD) {
			for (u32 i = 0; i < vm->vcpus; i++)
				vcpu_poke(&vm->vcpu[i], vcpu);
			turn_pass(monitor);
			return exit;
		}
	}
}

bool monitor_idle(struct monitor *monitor, u64 until)
{
	u64 next = clock_next(monitor->clock);

	if (next == NEVER)
		return false;
	if (until > next)
		until = next;
	for (u32 i = 0; i < monitor->vm.vcpus; i++)
		vcpu_idle(&monitor->vm.vcpu[i], until);
	if (monitor->state.window_end < until)
		monitor->state.window = monitor->state.window_end = until;
	return true;
}

void monitor_sections(struct monitor *monitor, struct snapshot *snapshot)
{
	struct vm *vm = &monitor->vm;

	snapshot_add(snapshot, "monitor", "windows", 1, &monitor->state, sizeof(monitor->state));
	board_sections(&vm->board, snapshot, "vm0");
	snapshot_add(snapshot, "vm0", "vm", 1, &vm->state, sizeof(vm->state));
	for (u32 i = 0; i < vm->vcpus; i++) {
		char name[] = "vcpu0";

		name[sizeof(name) - 2] = (char)('0' + i);
		snapshot_add(snapshot, "vm0", name, 1, &vm->vcpu[i].state,
			sizeof(vm->vcpu[i].state));
	}
	if (vm->mode->guest_is_real)
		return;
	snapshot_add(snapshot, "vm0", "shadow", 1, &vm->shadow.state, sizeof(vm->shadow.state));
	snapshot_add(snapshot, "vm0", "frames", 1, &vm->frames.state, sizeof(vm->frames.state));
	snapshot_add(snapshot, "vm0", "frame-table", 1, vm->frames.frame,
		vm->frames.count * sizeof(struct frame));
}

void monitor_restored(struct monitor *monitor)
{
	if (!monitor->vm.mode->guest_is_real)
		frames_restored(&monitor->vm);
}
