/*
 * The monitor: assembled, booted, and an exit from beginning to end (vcpu_exit). Who runs when is
 * sched.c's; what an exit means is the mode's.
 */
#include "pv/monitor.h"

#include <assert.h>
#include <string.h>

#include "pv/bounce.h"

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
	hart->priv.extensions |= UINT64_C(1) << EXTENSION_Svadu; /* of shadow and direct tables */
	hart->priv.bank[LEVEL_M].envcfg = ENVCFG_ADUE;
	hart->priv.level = LEVEL_U;
	hart->priv.pmpaddr[0] = (UINT64_C(1) << 54) - 1;
	hart->priv.pmpcfg[0] = 0x1f;
	hart->priv.ie = REAL_INTERRUPTS;
}

void vcpu_start(struct vcpu *vcpu, u64 entry, u64 argument)
{
	struct hart *hart = vcpu->hart;

	if (vcpu->priv == &hart->priv) {
		hart_reset(hart, 0);
	} else {
		real_boot(hart);
		priv_reset(vcpu->priv, vcpu->number, hart->isa->extensions);
	}
	firmware_boot(vcpu->priv);
	hart->pc = entry;
	hart->x[10] = vcpu->number;
	hart->x[11] = argument;
	vcpu->state.stopped = false;
	vcpu->state.waiting = false;
	hart_account(hart, (enum time_kind)vcpu->vm->mode->time);
	vcpu->vm->mode->enter(vcpu);
	hart_changed(hart);
	hart_account(hart, (enum time_kind)hart->time_of_level[vcpu->priv->level]);
}

void monitor_boot(struct monitor *monitor, u64 entry, u64 device_tree)
{
	/* How a hart is run is no state: it must be right before a snapshot starts the others. */
	for (u32 i = 0; i < monitor->vm.vcpus; i++) {
		monitor->vm.vcpu[i].hart->leaves = true;
		monitor->vm.vcpu[i].hart->monitored = !monitor->vm.mode->guest_is_real;
		monitor->vm.vcpu[i].state.stopped = i != 0;
	}
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
void vcpu_exit(struct vcpu *vcpu, const struct exit *exit)
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
