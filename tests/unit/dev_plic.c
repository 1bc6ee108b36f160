/*
 * The PLIC: who is claimed first, gateways, thresholds, completion by the right context only.
 */
#include "core/dev/plic.h"
#include "tests/unit/dev.h"

enum { PENDING = 0x1000, ENABLE = 0x2000, CONTEXT = 0x200000, CLAIM = 4, MEI = 1 << 11,
	SEI = 1 << 9 };

struct fixture {
	struct plic plic;
	u64 lines[2];
	struct probe probe;
};

static void setup(struct fixture *f)
{
	u64 *const lines[2] = { &f->lines[0], &f->lines[1] };

	memset(f, 0, sizeof(*f));
	f->probe = (struct probe){ &plic_device, &f->plic, 0 };
	plic_create(&f->plic, 2, lines);
}

static void pull(struct fixture *f, u32 source, bool high)
{
	struct irq_line line = plic_line(&f->plic, source);

	irq_set(&line, high);
}

static void priority(struct fixture *f, u32 source, u32 value)
{
	probe_write(&f->probe, 4 * (u64)source, value, 4);
}

static void enable(struct fixture *f, u32 context, u64 sources)
{
	probe_write(&f->probe, ENABLE + 0x80 * (u64)context, (u32)sources, 4);
	probe_write(&f->probe, ENABLE + 0x80 * (u64)context + 4, sources >> 32, 4);
}

static void threshold(struct fixture *f, u32 context, u32 value)
{
	probe_write(&f->probe, CONTEXT + 0x1000 * (u64)context, value, 4);
}

static u64 claim(struct fixture *f, u32 context)
{
	return probe_read(&f->probe, CONTEXT + 0x1000 * (u64)context + CLAIM, 4);
}

static void complete(struct fixture *f, u32 context, u64 source)
{
	probe_write(&f->probe, CONTEXT + 0x1000 * (u64)context + CLAIM, source, 4);
}

static void highest_priority_then_lowest_number(void **state)
{
	struct fixture f;

	setup(&f);
	enable(&f, 1, NEVER);
	priority(&f, 3, 2);
	priority(&f, 5, 7);
	priority(&f, 40, 7);
	pull(&f, 3, true);
	pull(&f, 40, true);
	pull(&f, 5, true);
	pull(&f, 6, true); /* priority 0: never */
	assert_int_equal(f.lines[0], SEI);
	assert_int_equal(f.lines[1], 0);
	assert_int_equal(probe_read(&f.probe, PENDING, 4), 1 << 3 | 1 << 5 | 1 << 6);
	assert_int_equal(probe_read(&f.probe, PENDING + 4, 4), 1 << 8);
	assert_int_equal(claim(&f, 1), 5);
	assert_int_equal(claim(&f, 1), 40);
	assert_int_equal(f.lines[0], SEI);
	assert_int_equal(claim(&f, 1), 3);
	assert_int_equal(f.lines[0], 0);
	assert_int_equal(claim(&f, 1), 0);
}

static void gateway_waits_for_completion(void **state)
{
	struct fixture f;

	setup(&f);
	enable(&f, 0, 1 << 10);
	priority(&f, 10, 1);
	pull(&f, 10, true);
	assert_int_equal(f.lines[0], MEI);
	assert_int_equal(claim(&f, 0), 10);
	pull(&f, 10, false);
	pull(&f, 10, true);
	assert_int_equal(f.lines[0], 0);
	complete(&f, 0, 10);
	assert_int_equal(f.lines[0], MEI); /* still high: a new request */
	assert_int_equal(claim(&f, 0), 10);
	pull(&f, 10, false);
	complete(&f, 0, 10);
	assert_int_equal(f.lines[0], 0);
	/* A request that was made stays although the wire falls. */
	pull(&f, 10, true);
	pull(&f, 10, false);
	assert_int_equal(f.lines[0], MEI);
	assert_int_equal(claim(&f, 0), 10);
}

static void completion_needs_the_enable_bit(void **state)
{
	struct fixture f;

	setup(&f);
	enable(&f, 3, 1 << 4);
	priority(&f, 4, 1);
	pull(&f, 4, true);
	assert_int_equal(f.lines[1], SEI);
	assert_int_equal(claim(&f, 3), 4);
	complete(&f, 1, 4);
	complete(&f, 3, 5);
	complete(&f, 3, 0);
	complete(&f, 3, 0xffffffff);
	assert_int_equal(f.lines[1], 0);
	complete(&f, 3, 4);
	assert_int_equal(f.lines[1], SEI);
}

static void threshold_masks_the_line_not_the_claim(void **state)
{
	struct fixture f;

	setup(&f);
	enable(&f, 1, 1 << 7);
	priority(&f, 7, 3);
	pull(&f, 7, true);
	threshold(&f, 1, 3);
	assert_int_equal(f.lines[0], 0);
	threshold(&f, 1, 2);
	assert_int_equal(f.lines[0], SEI);
	threshold(&f, 1, 15);
	assert_int_equal(probe_read(&f.probe, CONTEXT + 0x1000, 4), 7);
	assert_int_equal(f.lines[0], 0);
	assert_int_equal(claim(&f, 1), 7);
}

static void one_source_two_contexts(void **state)
{
	struct fixture f;

	setup(&f);
	enable(&f, 1, 1 << 9);
	enable(&f, 3, 1 << 9);
	priority(&f, 9, 1);
	pull(&f, 9, true);
	assert_int_equal(f.lines[0] & f.lines[1], SEI);
	assert_int_equal(claim(&f, 3), 9);
	assert_int_equal(f.lines[0] | f.lines[1], 0);
	assert_int_equal(claim(&f, 1), 0);
}

static void registers_keep_only_what_exists(void **state)
{
	struct fixture f;

	setup(&f);
	enable(&f, 0, NEVER);
	assert_int_equal(probe_read(&f.probe, ENABLE, 4), 0xfffffffe);
	assert_int_equal(probe_read(&f.probe, ENABLE + 4, 4), (1 << (PLIC_SOURCES - 31)) - 1);
	assert_int_equal(probe_read(&f.probe, ENABLE + 8, 4), 0);
	priority(&f, 0, 7);
	priority(&f, PLIC_SOURCES, 0xff);
	priority(&f, PLIC_SOURCES + 1, 7);
	assert_int_equal(probe_read(&f.probe, 0, 4), 0);
	assert_int_equal(probe_read(&f.probe, 4 * PLIC_SOURCES, 4), 7);
	assert_int_equal(probe_read(&f.probe, 4 * (PLIC_SOURCES + 1), 4), 0);
	/* Contexts of harts that are not there. */
	enable(&f, 4, NEVER);
	assert_int_equal(probe_read(&f.probe, ENABLE + 4 * 0x80, 4), 0);
	assert_int_equal(claim(&f, 4), 0);
}

static void reset_keeps_the_wires(void **state)
{
	struct fixture f;

	setup(&f);
	enable(&f, 0, 1 << 2);
	priority(&f, 2, 1);
	pull(&f, 2, true);
	assert_int_equal(claim(&f, 0), 2);
	f.probe.device->reset(&f.plic);
	assert_int_equal(probe_read(&f.probe, PENDING, 4), 1 << 2);
	assert_int_equal(f.lines[0], 0);
	memset(&f.plic.state, 0xff, sizeof(f.plic.state));
	plic_restored(&f.plic);
	assert_int_equal(probe_read(&f.probe, CONTEXT, 4), 7);
	assert_int_equal(f.lines[0], 0);
	threshold(&f, 0, 6);
	assert_int_equal(f.lines[0], MEI);
	for (u32 i = 1; i <= PLIC_SOURCES; i++)
		assert_int_equal(claim(&f, 0), i);
	assert_int_equal(claim(&f, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(highest_priority_then_lowest_number),
		cmocka_unit_test(gateway_waits_for_completion),
		cmocka_unit_test(completion_needs_the_enable_bit),
		cmocka_unit_test(threshold_masks_the_line_not_the_claim),
		cmocka_unit_test(one_source_two_contexts),
		cmocka_unit_test(registers_keep_only_what_exists),
		cmocka_unit_test(reset_keeps_the_wires),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
