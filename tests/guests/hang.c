/*
 * Guests that go nowhere: trap loops, loops of injected traps, jumps to nothing, empty loops. Under
 * every price list each must come back at the step limit, since every step costs a cycle at least;
 * and a guest that waits for nothing must be told from one that runs. With several harts all of
 * them do the same where they begin at M, and the others stand still where they begin at S.
 */
#include "tests/guests/guest.h"

#include <string.h>

enum { LIMIT = 20000, HARTS = 3 };

static const char *const price_lists[] = { "k3", "u54", "none" };

static const struct row {
	const char *words;
	bool bare; /* at M; otherwise at S, in each mode */
	enum machine_end end;
	u32 code[8];
} rows[] = {
	{ "M: mtvec is 0, where nothing is", true, MACHINE_LIMIT,
	  { 0 /* illegal */ } },
	{ "M: the handler is an illegal instruction", true, MACHINE_LIMIT,
	  { 0x00000297 /* auipc t0, 0 */, 0x30529073 /* csrw mtvec, t0: back to here */,
	    0 /* illegal */ } },
	{ "M: the handler begins with ecall", true, MACHINE_LIMIT,
	  { 0x00000297 /* auipc t0, 0 */, 0x00c28293 /* addi t0, t0, 12 */,
	    0x30529073 /* csrw mtvec, t0 */, 0x00000073 /* ecall */ } },
	{ "M: mret to itself", true, MACHINE_LIMIT,
	  { 0x00000297 /* auipc t0, 0 */, 0x34129073 /* csrw mepc, t0 */,
	    0x000022b7 /* lui t0, 2 */, 0x80028293 /* addi t0, t0, -2048 */,
	    0x3002a073 /* csrs mstatus, t0: MPP = M */, 0x30200073 /* mret */ } },
	{ "M: an interrupt that is never cleared", true, MACHINE_LIMIT,
	  { 0x00000297 /* auipc t0, 0 */, 0x30529073 /* csrw mtvec, t0 */,
	    0x34416073 /* csrsi mip, 2 */, 0x30416073 /* csrsi mie, 2 */,
	    0x30046073 /* csrsi mstatus, 8: MIE */, 0x0000006f /* j . */ } },
	{ "S: stvec is 0, where nothing is", false, MACHINE_LIMIT,
	  { 0 /* illegal */ } },
	{ "S: the handler is an illegal instruction", false, MACHINE_LIMIT,
	  { 0x00000297 /* auipc t0, 0 */, 0x00c28293 /* addi t0, t0, 12 */,
	    0x10529073 /* csrw stvec, t0 */, 0 /* illegal */ } },
	{ "S: the handler is a breakpoint", false, MACHINE_LIMIT,
	  { 0x00000297 /* auipc t0, 0 */, 0x00c28293 /* addi t0, t0, 12 */,
	    0x10529073 /* csrw stvec, t0 */, 0x00100073 /* ebreak */ } },
	{ "S: the handler loads from nowhere", false, MACHINE_LIMIT,
	  { 0x00000297 /* auipc t0, 0 */, 0x00c28293 /* addi t0, t0, 12 */,
	    0x10529073 /* csrw stvec, t0 */, 0x00003303 /* ld t1, 0(zero) */ } },
	{ "S: a jump to nowhere", false, MACHINE_LIMIT,
	  { 0x0010029b /* addiw t0, zero, 1 */, 0x02029293 /* slli t0, t0, 32 */,
	    0x00028067 /* jr t0 */ } },
	{ "S: a jump to an address that paging cannot reach", false, MACHINE_LIMIT,
	  { 0xfff00293 /* li t0, -1 */, 0x0012d293 /* srli t0, t0, 1 */,
	    0x00028067 /* jr t0 */ } },
	{ "S: paging turned on with an empty root", false, MACHINE_LIMIT,
	  { 0x00100293 /* li t0, 1 */, 0x03f29293 /* slli t0, t0, 63: Sv39, root at 0 */,
	    0x18029073 /* csrw satp, t0 */, 0x0000006f /* j . */ } },
	{ "S: an interrupt that is never cleared", false, MACHINE_LIMIT,
	  { 0x00000297 /* auipc t0, 0 */, 0x10529073 /* csrw stvec, t0 */,
	    0x14416073 /* csrsi sip, 2 */, 0x10416073 /* csrsi sie, 2 */,
	    0x10016073 /* csrsi sstatus, 2: SIE */, 0x0000006f /* j . */ } },
	{ "S: sret to itself", false, MACHINE_LIMIT,
	  { 0x00000297 /* auipc t0, 0 */, 0x14129073 /* csrw sepc, t0 */,
	    0x10000293 /* li t0, 0x100 */, 0x1002a073 /* csrs sstatus, t0: SPP */,
	    0x10200073 /* sret */ } },
	{ "S: a call that nobody answers, for ever", false, MACHINE_LIMIT,
	  { 0xfff00893 /* li a7, -1 */, 0x00000073 /* ecall */, 0xffdff06f /* j . - 4 */ } },
	{ "S: a workload marker, for ever", false, MACHINE_LIMIT,
	  { 0x085258b7 /* lui a7, 0x8525 */, 0x34d8889b /* addiw a7, a7, 0x34d */,
	    0x00000813 /* li a6, 0 */, 0x00000073 /* ecall */, 0xffdff06f /* j . - 4 */ } },
	{ "S: wfi in a loop, with an interrupt pending", false, MACHINE_LIMIT,
	  { 0x10416073 /* csrsi sie, 2 */, 0x14416073 /* csrsi sip, 2 */, 0x10500073 /* wfi */,
	    0xffdff06f /* j . - 4 */ } },
	{ "S: an empty loop", false, MACHINE_LIMIT, { 0x0000006f /* j . */ } },
	{ "S: wfi, and nothing will come", false, MACHINE_STUCK, { 0x10500073 /* wfi */ } },
	{ "M: wfi, and nothing will come", true, MACHINE_STUCK, { 0x10500073 /* wfi */ } },
};

static void check_row(const struct row *row, const struct virt_mode *mode, u32 harts,
	const char *prices)
{
	static struct guest guest;
	enum machine_end end;
	u64 steps;

	guest_create_words(&guest, mode, row->code, COUNT_OF(row->code), harts,
		prices, row->bare ? FIRMWARE_NONE : FIRMWARE_BUILTIN);
	end = machine_run(guest.machine, LIMIT);
	steps = machine_steps(guest.machine);
	if (end != row->end || (end == MACHINE_LIMIT && steps != LIMIT)
	    || steps > harts * (machine_cycle(guest.machine) + MONITOR_WINDOW))
		fail_msg("%s (%s, %s, %u harts): end %d after %lu steps, %lu cycles", row->words,
			mode->name, prices, harts, end, steps, machine_cycle(guest.machine));
	guest_destroy(&guest);
}

static void hangs(void **state)
{
	for (u32 i = 0; i < COUNT_OF(rows); i++)
		for (u32 mode = 0; mode < (rows[i].bare ? 1 : COUNT_OF(guest_modes)); mode++)
			for (u32 list = 0; list < COUNT_OF(price_lists); list++) {
				check_row(&rows[i], guest_modes[mode], 1, price_lists[list]);
				check_row(&rows[i], guest_modes[mode], HARTS, price_lists[list]);
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(hangs) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
