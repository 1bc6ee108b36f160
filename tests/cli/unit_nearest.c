/*
 * Which word is offered for a mistyped one.
 */
#include "emu/nearest.h"
#include "tests/unit/unit.h"

static const char *nearest_of(const char *typed)
{
	static const char *const words[] = { "run", "compare", "follow", "explain", "list",
		"help" };
	struct nearest nearest;

	nearest_begin(&nearest, typed);
	for (size_t i = 0; i < COUNT_OF(words); i++)
		nearest_try(&nearest, words[i]);
	return nearest.best;
}

static void one_edit_is_near(void **state)
{
	assert_string_equal(nearest_of("rnu"), "run");
	assert_string_equal(nearest_of("ru"), "run");
	assert_string_equal(nearest_of("runn"), "run");
	assert_string_equal(nearest_of("lost"), "list");
	assert_string_equal(nearest_of("HELP"), "help");
	assert_string_equal(nearest_of("compart"), "compare");
	assert_string_equal(nearest_of("exlpain"), "explain");
}

static void others_are_far(void **state)
{
	assert_null(nearest_of(""));
	assert_null(nearest_of("r"));
	assert_null(nearest_of("frob"));
	assert_null(nearest_of("debug"));
	assert_null(nearest_of("a word that is longer than any that there could be here"));
}

static void the_first_of_equals_wins(void **state)
{
	struct nearest nearest;

	nearest_begin(&nearest, "bat");
	nearest_try(&nearest, "cat");
	nearest_try(&nearest, "hat");
	assert_string_equal(nearest.best, "cat");
	nearest_try(&nearest, "bat");
	assert_string_equal(nearest.best, "bat");
	assert_int_equal(nearest.distance, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_edit_is_near),
		cmocka_unit_test(others_are_far),
		cmocka_unit_test(the_first_of_equals_wins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
