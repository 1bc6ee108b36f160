/*
 * Scripts, on a console in memory: what is heard in which pieces does not matter, and everything
 * happens at its own modelled time.
 */
#include "emu/script.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const u64 second = 1000000000;

struct fixture {
	char path[64];
	char output[64]; /* its beginning */
	u64 length;
	const char *keys;
	struct script script;
	struct host host;
};

static void below_write(void *self, u32 port, u64 cycle, const u8 *bytes, u64 length)
{
	struct fixture *fixture = self;

	for (u64 i = 0; i < length; i++, fixture->length++)
		if (fixture->length < sizeof(fixture->output))
			fixture->output[fixture->length] = (char)bytes[i];
}

static int below_read(void *self, u32 port, u64 cycle)
{
	struct fixture *fixture = self;

	return *fixture->keys ? *fixture->keys++ : HOST_END;
}

static void begin(struct fixture *fixture, const char *text, bool keyboard)
{
	struct host below = { fixture, below_write, below_read };
	struct fault fault;
	FILE *file;

	memset(fixture, 0, sizeof(*fixture));
	fixture->keys = "keys";
	strcpy(fixture->path, "/tmp/ringside-script-XXXXXX");
	file = fdopen(mkstemp(fixture->path), "w");
	fputs(text, file);
	fclose(file);
	assert_true(script_create(&fixture->script, fixture->path, &below, keyboard, &fault));
	fixture->host = script_host(&fixture->script);
}

static void end(struct fixture *fixture)
{
	script_destroy(&fixture->script);
	unlink(fixture->path);
}

static void hear(struct fixture *fixture, u64 cycle, const char *text)
{
	fixture->host.console_write(fixture->host.self, 0, cycle, (const u8 *)text, strlen(text));
}

static int key(struct fixture *fixture, u64 cycle)
{
	return fixture->host.console_read(fixture->host.self, 0, cycle);
}

static void pieces_do_not_matter(void **state)
{
	static const char output[] = "aab aaab login: abc";

	for (size_t piece = 1; piece < sizeof(output); piece++) {
		struct fixture fixture;
		char part[sizeof(output)];

		begin(&fixture, "expect aaab\nexpect login:\nexpect c\ntype !\n", false);
		for (size_t at = 0; at < strlen(output); at += piece) {
			snprintf(part, sizeof(part), "%.*s", (int)piece, output + at);
			assert_int_equal(key(&fixture, at), HOST_NONE);
			hear(&fixture, at, part);
		}
		assert_int_equal(key(&fixture, 100), '!');
		assert_true(script_done(&fixture.script));
		assert_int_equal(key(&fixture, 101), HOST_END);
		assert_int_equal(fixture.length, strlen(output));
		assert_memory_equal(fixture.output, output, strlen(output));
		end(&fixture);
	}
}

static void one_write_can_meet_several(void **state)
{
	struct fixture fixture;

	begin(&fixture, "expect one\ntype ab\nexpect two\n", false);
	hear(&fixture, 5, "one two");
	assert_false(script_done(&fixture.script));
	assert_int_equal(key(&fixture, 6), 'a');
	assert_int_equal(key(&fixture, 7), 'b');
	assert_true(script_done(&fixture.script));
	end(&fixture);
}

static void waiting_ends_at_its_own_time(void **state)
{
	struct fixture fixture;

	begin(&fixture, "wait 2\ntimeout 1.5\nexpect x\ntype !\n", false);
	assert_int_equal(script_deadline(&fixture.script), 2 * second);
	assert_int_equal(key(&fixture, 2 * second - 1), HOST_NONE);
	/* Heard of late, the wait ended at 2 s all the same. */
	script_advance(&fixture.script, 3 * second);
	assert_int_equal(script_deadline(&fixture.script), 3 * second + second / 2);
	hear(&fixture, 3 * second + second / 2 - 1, "x");
	assert_int_equal(script_deadline(&fixture.script), NEVER);
	assert_int_equal(key(&fixture, 9 * second), '!');
	end(&fixture);
}

static void lateness_is_failure(void **state)
{
	struct fixture fixture;
	struct fault fault;

	begin(&fixture, "expect x\n", false);
	assert_int_equal(script_deadline(&fixture.script), 60 * second);
	hear(&fixture, 60 * second, "x");
	assert_true(fixture.script.failed);
	assert_false(script_result(&fixture.script, &fault));
	assert_non_null(strstr(fault.text, ":1: 'x'"));
	end(&fixture);
}

static void time_goes_on_across_a_reboot(void **state)
{
	struct fixture fixture;

	begin(&fixture, "wait 3\ntimeout 1\nexpect x\n", false);
	script_advance(&fixture.script, 2 * second);
	script_rebooted(&fixture.script);
	assert_int_equal(script_deadline(&fixture.script), second);
	script_advance(&fixture.script, second);
	assert_int_equal(script_deadline(&fixture.script), 2 * second);
	hear(&fixture, 2 * second - 1, "x");
	assert_true(script_done(&fixture.script));
	end(&fixture);
}

static void much_output_is_no_burden(void **state)
{
	enum { LENGTH = 5 << 20 };
	struct fixture fixture;
	char *much = malloc(LENGTH + 1);

	memset(much, '.', LENGTH);
	much[LENGTH] = 0;
	begin(&fixture, "expect ..end\ntype !\n", false);
	hear(&fixture, 1, "..en");
	hear(&fixture, 2, much);
	for (u32 i = 0; i < 50; i++)
		hear(&fixture, 3, "................................................");
	hear(&fixture, 4, "end");
	assert_int_equal(key(&fixture, 5), '!');
	free(much);
	end(&fixture);
}

static void the_keyboard_takes_over(void **state)
{
	struct fixture fixture;

	begin(&fixture, "send ok\n", true);
	assert_int_equal(key(&fixture, 1), 'o');
	assert_int_equal(key(&fixture, 2), 'k');
	assert_int_equal(key(&fixture, 3), '\r');
	assert_int_equal(key(&fixture, 4), 'k');
	assert_int_equal(key(&fixture, 5), 'e');
	end(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_do_not_matter),
		cmocka_unit_test(one_write_can_meet_several),
		cmocka_unit_test(waiting_ends_at_its_own_time),
		cmocka_unit_test(lateness_is_failure),
		cmocka_unit_test(time_goes_on_across_a_reboot),
		cmocka_unit_test(much_output_is_no_burden),
		cmocka_unit_test(the_keyboard_takes_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
