/*
 * Who runs next, and until when: windows of time that the harts of a machine share, turns within a
 * window, waiting and waking. The shape of all this is struct monitor_state's comment; the machine
 * calls monitor_run, and monitor_idle when everybody waits.
 */
#include "pv/monitor.h"

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
	if (by->hart->cycle > vcpu->state.poked)
		vcpu->state.poked = by->hart->cycle;
	interrupt_guest(vcpu);
}

void vcpu_idle(struct vcpu *vcpu, u64 until)
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
	struct priv_in in = { .lines = *vcpu->lines };

	if (vcpu->state.stopped)
		return true;
	if (!vcpu->state.waiting && !vcpu->hart->waiting)
		return false;
	return !priv_wakes(vcpu->priv, &in);
}

/* Into the guest without an exit before it: the monitor's work all the same. */
static void enter(struct vcpu *vcpu)
{
	struct hart *hart = vcpu->hart;

	hart_account(hart, (enum time_kind)vcpu->vm->mode->time);
	vcpu->vm->mode->enter(vcpu);
	hart_account(hart, (enum time_kind)hart->time_of_level[vcpu->priv->level]);
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
			enter(vcpu);
		}
	} else if (vcpu->state.reload) {
		enter(vcpu);
	}
	exit = hart_run(hart, until);
	if (vcpu->vm->mode->leave)
		vcpu->vm->mode->leave(vcpu);
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
	/* Nobody takes a turn in it: however often the wait is looked at, it changes nothing. */
	if (rest)
		monitor->state.window_end = now;
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
		if (!turn_find(monitor)) {
			if (!window_begin(monitor))
				return (struct exit){ EXIT_WAIT, 0, 0 };
			/* Whose turn it was may be past this window's end already. */
			continue;
		}
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
		if (exit.kind == EXIT_WATCH)
			return exit;
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
