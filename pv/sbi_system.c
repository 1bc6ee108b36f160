/*
 * Power-off and reboot, and the debug console. SBI specification, chapters 10 and 12.
 */
#include "pv/hypercall.h"

enum { RESET_SHUTDOWN = 0, RESET_COLD = 1, RESET_WARM = 2, REASON_FAILURE = 1 };
enum { CONSOLE_MOST = 4096, LSR = 5, LSR_DATA = 1, RBR = 0 };

static void stop(struct vcpu *vcpu, enum stop_kind kind, u32 status)
{
	vcpu->vm->board.stop = (struct stop){ kind, status };
}

struct sbi_result srst_system_reset(struct vcpu *vcpu, const u64 *argument)
{
	u32 type = (u32)argument[0], reason = (u32)argument[1];

	if (argument[0] > UINT32_MAX || argument[1] > UINT32_MAX
	    || (type > RESET_WARM && type < 0xf0000000) || (reason > REASON_FAILURE
	    && reason < 0xe0000000))
		return sbi_error(SBI_INVALID_PARAM);
	if (type > RESET_WARM)
		return sbi_error(SBI_NOT_SUPPORTED);
	stop(vcpu, type == RESET_SHUTDOWN ? STOP_POWEROFF : STOP_REBOOT, reason == REASON_FAILURE);
	return sbi_ok(0);
}

struct sbi_result legacy_shutdown(struct vcpu *vcpu, const u64 *argument)
{
	stop(vcpu, STOP_POWEROFF, 0);
	return sbi_ok(0);
}

static void console_put(struct vcpu *vcpu, const u8 *bytes, u64 length)
{
	struct vm *vm = vcpu->vm;

	vm->host.console_write(vm->host.self, 0, vcpu->hart->cycle, bytes, length);
	vm->state.tally.count[VM_COUNT_console_bytes] += length;
	vcpu_charge(vcpu, PRICE_copy, (length + 7) / 8);
}

/* A byte that the UART has received, or -1: calls and device share one input. */
static int console_get(struct vcpu *vcpu)
{
	struct uart16550 *uart = &vcpu->vm->board.uart;

	vcpu->vm->board.clock->state.now = hart_now(vcpu->hart);
	if (!(uart16550_device.read(uart, LSR, 1) & LSR_DATA))
		return -1;
	return (int)uart16550_device.read(uart, RBR, 1);
}

struct sbi_result dbcn_console_write(struct vcpu *vcpu, const u64 *argument)
{
	u8 bytes[CONSOLE_MOST];
	u64 length = argument[0] < CONSOLE_MOST ? argument[0] : CONSOLE_MOST;

	/* The whole range must be the guest's, though only a part may be written at a time. */
	if (argument[2] || !ram_holds(&vcpu->vm->board.ram, argument[1], argument[0])
	    || !ram_copy_out(&vcpu->vm->board.ram, argument[1], bytes, length))
		return sbi_error(SBI_INVALID_PARAM);
	console_put(vcpu, bytes, length);
	return sbi_ok(length);
}

struct sbi_result dbcn_console_read(struct vcpu *vcpu, const u64 *argument)
{
	u64 done;

	if (argument[2] || !vm_writable(vcpu->vm, argument[1], argument[0]))
		return sbi_error(SBI_INVALID_PARAM);
	for (done = 0; done < argument[0] && done < CONSOLE_MOST; done++) {
		int byte = console_get(vcpu);

		if (byte < 0)
			break;
		ram_write(&vcpu->vm->board.ram, argument[1] + done, (u64)byte, 1);
	}
	vcpu_charge(vcpu, PRICE_copy, (done + 7) / 8);
	return sbi_ok(done);
}

struct sbi_result dbcn_console_write_byte(struct vcpu *vcpu, const u64 *argument)
{
	u8 byte = (u8)argument[0];

	console_put(vcpu, &byte, 1);
	return sbi_ok(0);
}

struct sbi_result legacy_console_putchar(struct vcpu *vcpu, const u64 *argument)
{
	return dbcn_console_write_byte(vcpu, argument);
}

struct sbi_result legacy_console_getchar(struct vcpu *vcpu, const u64 *argument)
{
	return sbi_error(console_get(vcpu));
}
