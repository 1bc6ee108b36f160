/*
 * Every row of insn.def and of rvc.def is executed by isa-check: its programs are run natively step
 * by step, and the word at pc is decoded before each. A row counts when the instruction retired; of
 * those that do nothing but trap, when it did.
 */
#include "tests/guests/guest.h"

#include <stdio.h>

#include "cpu/decode.h"
#include "cpu/rvc.h"

enum { LIMIT = 200000 };

static const struct { const char *path; bool bare; } programs[] = {
	{ "isa-check/isa-integer.elf", false },
	{ "isa-check/isa-multiply.elf", false },
	{ "isa-check/isa-memory.elf", false },
	{ "isa-check/isa-atomic.elf", false },
	{ "isa-check/isa-bits.elf", false },
	{ "isa-check/isa-blocks.elf", false },
	{ "isa-check/isa-float.elf", false },
	{ "isa-check/isa-tables.elf", false },
	{ "isa-check/isa-compressed.elf", false },
	{ "isa-check/isa-system.elf", false },
	{ "isa-check/isa-code.elf", false },
	{ "isa-check/isa-machine.elf", true },
};

struct seen {
	u64 insn[INSN_COUNT]; /* in their 32-bit form */
	u64 rvc[RVC_COUNT];
};

/* The 32 bits at pc, or 0 where there is nothing to fetch. */
static u32 word_at_pc(const struct hart *hart)
{
	struct mmu_view view = mmu_view(&hart->priv, ACCESS_FETCH);
	u32 word = 0;

	for (u32 half = 0; half < 2; half++) {
		struct walk walk = mmu_walk(&view, hart->ram, hart->pc + 2 * half, ACCESS_FETCH);

		if (walk.result == WALK_OK && ram_holds(hart->ram, walk.physical, 2))
			word |= (u32)ram_read(hart->ram, walk.physical, 2) << 16 * half;
	}
	return word;
}

static void follow(struct machine *machine, struct seen *seen)
{
	struct hart *hart = &machine->hart[0];
	enum machine_end end = MACHINE_LIMIT;

	while (end == MACHINE_LIMIT && machine_steps(machine) < LIMIT) {
		struct insn insn = decode(hart->isa, word_at_pc(hart));
		u64 retired = hart_retired(hart);
		bool only_traps = insn.id == INSN_ecall || insn.id == INSN_ebreak;

		end = machine_run(machine, machine_steps(machine) + 1);
		if (insn.id == INSN_NONE || (hart_retired(hart) == retired && !only_traps))
			continue;
		if (insn.length == 4)
			seen->insn[insn.id]++;
		else
			seen->rvc[rvc_find((u16)insn.word)]++;
	}
	assert_int_equal(end, MACHINE_POWEROFF);
}

static void coverage(void **state)
{
	static struct guest guest;
	static struct seen seen;
	u32 missing = 0;
	char path[4096];

	for (u32 i = 0; i < COUNT_OF(programs); i++) {
		guest_path(path, sizeof(path), programs[i].path);
		guest_create(&guest, &mode_native, path, "k3",
			programs[i].bare ? FIRMWARE_NONE : FIRMWARE_BUILTIN);
		follow(guest.machine, &seen);
		guest_destroy(&guest);
	}
	for (u32 i = 0; i < INSN_COUNT; i++) {
		if (!seen.insn[i]) {
			print_error("never executed: %s\n", insn_rows[i].name);
			missing++;
		}
	}
	for (u32 i = 0; i < RVC_COUNT; i++) {
		if (!seen.rvc[i]) {
			print_error("never executed: %s\n", rvc_rows[i].name);
			missing++;
		}
	}
	assert_int_equal(missing, 0);
}

int main(int count, char **arguments)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(coverage) };

	guest_folder(count, arguments);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
