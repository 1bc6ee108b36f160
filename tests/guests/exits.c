/*
 * What each row of the guest `exits` costs: in trap mode the exits of each reason for one
 * operation, exactly; the same in pv mode, since the guest asks for nothing there; and none at all
 * natively, where the firmware is called for what only it can do.
 */
#include "tests/guests/guest.h"

#include <string.h>

enum { LIMIT = 50000000, OPERATIONS = 100 };

static const struct cost {
	const char *name;
	u32 firmware; /* calls natively */
	u32 exit[EXIT_REASONS];
} costs[] = {
	{ "nothing",      0, { 0 } },
	{ "csr-read",     0, { [EXIT_csr_read] = 1 } },
	{ "csr-write",    0, { [EXIT_csr_write] = 1 } },
	{ "satp-write",   0, { [EXIT_csr_write] = 1 } },
	{ "null-trap",    0, { [EXIT_trap_return] = 1, [EXIT_system_call] = 1 } },
	{ "fence-all",    0, { [EXIT_fence] = 1, [EXIT_fault_hidden] = 1 } },
	{ "fence-page",   0, { [EXIT_fence] = 1 } },
	{ "fault-hidden", 0, { [EXIT_fault_hidden] = 1 } },
	{ "fault-dirty",  0, { [EXIT_fault_dirty] = 1 } },
	{ "fault-true",   0, { [EXIT_fault_true] = 1, [EXIT_csr_read] = 1, [EXIT_csr_write] = 1,
		[EXIT_trap_return] = 1 } },
	{ "device-read",  0, { [EXIT_device_read] = 1 } },
	{ "device-write", 0, { [EXIT_device_write] = 1 } },
	{ "sbi-call",     1, { [EXIT_hypercall] = 1 } },
	{ "set-timer",    1, { [EXIT_hypercall] = 1 } },
	{ "wait",         0, { [EXIT_wait] = 1 } },
};

/* How often the hart itself was left or trapped, for whatever cause. */
static u64 all_traps(const struct tally *tally)
{
	u64 sum = 0;

	for (u32 level = 0; level < LEVELS; level++)
		for (u32 cause = 0; cause < 2 * CAUSES; cause++)
			sum += tally->trap[level][cause];
	return sum;
}

static void check_native(const struct cost *cost, const struct workload *workload)
{
	const struct tally *tally = &workload->tally;
	u64 own = 0;

	assert_int_equal(tally->exits, 0);
	for (u32 reason = 0; reason < EXIT_REASONS; reason++)
		assert_int_equal(tally->exit[reason], 0);
	assert_int_equal(tally->firmware_calls, cost->firmware * OPERATIONS);
	/* What the guest traps on by itself, it handles by itself. */
	own = cost->exit[EXIT_fault_true] + cost->exit[EXIT_system_call];
	assert_int_equal(all_traps(tally), (own + cost->firmware) * OPERATIONS);
}

static void check_virtual(const struct cost *cost, const struct workload *workload)
{
	const struct tally *tally = &workload->tally;
	u64 sum = 0;

	for (u32 reason = 0; reason < EXIT_REASONS; reason++) {
		if (tally->exit[reason] != cost->exit[reason] * OPERATIONS)
			print_error("%s: %s\n", cost->name, exit_infos[reason].name);
		assert_int_equal(tally->exit[reason], cost->exit[reason] * OPERATIONS);
		sum += cost->exit[reason] * OPERATIONS;
	}
	assert_int_equal(tally->exits, sum);
	assert_int_equal(all_traps(tally), sum);
	assert_int_equal(tally->firmware_calls, 0);
}

static void check_mode(const struct virt_mode *mode)
{
	static struct guest guest;
	const struct vm_state *state;
	char path[4096];

	guest_path(path, sizeof(path), "exits/exits.elf");
	guest_create(&guest, mode, path, "k3", FIRMWARE_BUILTIN);
	assert_int_equal(machine_run(guest.machine, LIMIT), MACHINE_POWEROFF);
	state = &guest.machine->monitor.vm.state;
	assert_int_equal(state->workloads, COUNT_OF(costs));
	for (u32 i = 0; i < COUNT_OF(costs); i++) {
		assert_string_equal(state->workload[i].name, costs[i].name);
		assert_int_equal(state->workload[i].operations, OPERATIONS);
		if (mode->guest_is_real)
			check_native(&costs[i], &state->workload[i]);
		else
			check_virtual(&costs[i], &state->workload[i]);
	}
	guest_destroy(&guest);
}

static void native(void **state)
{
	check_mode(&mode_native);
}

static void trap(void **state)
{
	check_mode(&mode_trap);
}

static void pv(void **state)
{
	check_mode(&mode_pv);
}

/* Every reason there is, is among those measured, save the two that are no cost of an operation. */
static void reasons(void **state)
{
	for (u32 reason = 0; reason < EXIT_REASONS; reason++) {
		bool measured = reason == EXIT_interrupt || reason == EXIT_exception;

		for (u32 i = 0; i < COUNT_OF(costs); i++)
			measured = measured || costs[i].exit[reason];
		if (!measured)
			print_error("no row takes the exit %s\n", exit_infos[reason].name);
		assert_true(measured);
	}
}

int main(int count, char **arguments)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(native),
		cmocka_unit_test(trap),
		cmocka_unit_test(pv),
		cmocka_unit_test(reasons),
	};

	guest_folder(count, arguments);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
