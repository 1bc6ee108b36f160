/*
 * Every trap arrives here, from entry_native.S or entry_para.S, with interrupts masked, and goes
 * back there. What it was: a system call, a page fault, the timer, or a mistake.
 */
#include "guests/lib/csr.h"
#include "guests/twin/clock.h"
#include "guests/twin/console.h"
#include "guests/twin/panic.h"
#include "guests/twin/process.h"
#include "guests/twin/pte.h"
#include "guests/twin/syscall.h"
#include "guests/twin/trap.h"
#include "guests/twin/user_memory.h"

enum cause {
	CAUSE_USER_CALL = 8,
	CAUSE_FETCH_PAGE = 12,
	CAUSE_LOAD_PAGE = 13,
	CAUSE_STORE_PAGE = 15
};

#define CAUSE_TIMER (CAUSE_INTERRUPT | 5)

static const char *cause_words(u64 cause)
{
	static const char *const words[] = {
		"fetch from a misaligned address", "fetch refused", "illegal instruction",
		"breakpoint", "misaligned load", "load refused", "misaligned store",
		"store refused", "system call", "call from the kernel", "reserved", "reserved",
		"fetch page fault", "load page fault", "reserved", "store page fault"
	};

	return cause < sizeof(words) / sizeof(words[0]) ? words[cause] : "unknown cause";
}

/* The right that a page fault wanted; 0: not a page fault. */
static u64 wanted_right(u64 cause)
{
	return cause == CAUSE_FETCH_PAGE ? PTE_X : cause == CAUSE_LOAD_PAGE ? PTE_R
		: cause == CAUSE_STORE_PAGE ? PTE_W : 0;
}

static bool mend(const struct frame *frame)
{
	struct process *process = process_current();
	u64 right = wanted_right(frame->cause);

	return right != 0 && process->id != 0 && space_fault(&process->space, frame->tval, right);
}

static void from_user(struct frame *frame)
{
	struct process *process = process_current();

	if (frame->cause == CAUSE_USER_CALL) {
		frame->epc += 4;
		ops->irq_restore(true);
		syscall(frame);
		ops->irq_save();
	} else if (frame->cause == CAUSE_TIMER) {
		clock_tick();
	} else if (!mend(frame)) {
		console_print("process %u (%s): %s at 0x%lx, address 0x%lx\n", process->id,
			process->name, cause_words(frame->cause), frame->epc, frame->tval);
		process->killed = true;
	}
	process_leave();
}

static void from_kernel(struct frame *frame)
{
	if (frame->cause == CAUSE_TIMER)
		clock_tick();
	else if (!mend(frame) && !user_fault(frame))
		panic("%s in the kernel at 0x%lx, address 0x%lx", cause_words(frame->cause),
			frame->epc, frame->tval);
}

void trap_handle(struct frame *frame)
{
	if (ops->from_user(frame))
		from_user(frame);
	else
		from_kernel(frame);
}
