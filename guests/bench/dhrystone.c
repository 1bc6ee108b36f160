/*
 * What system programs do, in the proportions that Dhrystone made known: assignments, small
 * functions with arguments by value and by reference, records copied and reached through pointers,
 * comparisons of strings and of enumerations, a little arithmetic and arrays of one and two
 * dimensions. The functions are kept apart, so that calls stay calls.
 */
#include "guests/bench/bench.h"

#include "guests/lib/string.h"

enum { PASSES = 1000, TEXT = 31, ROW = 50 };

#define APART __attribute__((noinline, noipa))

enum choice { CHOICE_A, CHOICE_B, CHOICE_C, CHOICE_D, CHOICE_E };

struct record {
	struct record *next;
	enum choice choice, other;
	s32 number;
	char text[TEXT];
};

struct globals {
	struct record *record;
	s32 number;
	bool truth;
	char letter, second_letter;
	s32 line[ROW], square[ROW][ROW];
};

static struct globals globals;
static struct record first, second;

static APART enum choice compare_letters(char one, char other)
{
	char copy = one;

	if (copy != other)
		return CHOICE_A;
	globals.letter = copy;
	return CHOICE_B;
}

static APART bool compare_texts(const char *one, const char *other)
{
	u32 at = 2;
	char letter = 'A';

	while (at <= 2) {
		if (compare_letters(one[at], other[at + 1]) == CHOICE_A) {
			letter = 'A';
			at++;
		}
	}
	if (letter >= 'W' && letter < 'Z')
		at = 7;
	if (letter == 'R')
		return true;
	if (strcmp(one, other) > 0) {
		globals.number = (s32)at + 7;
		return true;
	}
	return false;
}

static APART bool is_third(enum choice choice)
{
	enum choice copy = choice;

	return copy == CHOICE_C;
}

static APART void add_both(s32 one, s32 other, s32 *sum)
{
	s32 more = one + 2;

	*sum = other + more;
}

static APART void next_choice(enum choice choice, enum choice *result)
{
	*result = is_third(choice) ? choice : CHOICE_D;
	switch (choice) {
	case CHOICE_A:
		*result = CHOICE_A;
		break;
	case CHOICE_B:
		*result = globals.number > 100 ? CHOICE_A : CHOICE_D;
		break;
	case CHOICE_C:
		*result = CHOICE_B;
		break;
	case CHOICE_D:
		break;
	case CHOICE_E:
		*result = CHOICE_C;
		break;
	}
}

static APART void follow_record(struct record **record)
{
	if (globals.record != NULL)
		*record = globals.record->next;
	add_both(10, globals.number, &globals.record->number);
}

static APART void change_record(struct record *record)
{
	struct record *next = record->next;

	*next = *globals.record;
	record->number = 5;
	next->number = record->number;
	next->next = record->next;
	follow_record(&next->next);
	if (next->choice == CHOICE_A) {
		next->number = 6;
		next_choice(record->other, &next->other);
		next->next = globals.record->next;
		add_both(next->number, 10, &next->number);
	} else {
		*record = *record->next;
	}
}

static APART void fill_arrays(s32 *line, s32 square[][ROW], s32 row, s32 value)
{
	s32 at = row + 5;

	line[at] = value;
	line[at + 1] = line[at];
	line[at + 30 - 10] = at;
	for (s32 i = at; i <= at + 1; i++)
		square[at][i] = at;
	square[at][at - 1] += 1;
	square[at + 20][at] = line[at];
	globals.number = 5;
}

static APART void set_letters(void)
{
	bool truth = globals.letter == 'A';

	globals.truth |= truth;
	globals.second_letter = 'B';
}

static APART void adjust(s32 *number)
{
	s32 result = *number + 10;

	for (bool done = false; !done;) {
		if (globals.letter == 'A') {
			result--;
			*number = result - globals.number;
			done = true;
		}
	}
}

static APART u64 pass(s32 number)
{
	char text[TEXT], other[TEXT];
	enum choice choice = CHOICE_B;
	s32 one = 2, two = 3, three;

	globals.letter = 'A';
	set_letters();
	memcpy(text, "DHRYSTONE IN MANNER, 1ST STRING", TEXT - 1);
	memcpy(other, "DHRYSTONE IN MANNER, 2ND STRING", TEXT - 1);
	text[TEXT - 1] = other[TEXT - 1] = 0;
	globals.truth = !compare_texts(text, other);
	while (one < two) {
		three = 5 * one - two;
		add_both(one, two, &three);
		one++;
	}
	fill_arrays(globals.line, globals.square, one, three);
	change_record(globals.record);
	for (char letter = 'A'; letter <= globals.second_letter; letter++)
		if (choice == compare_letters(letter, 'C'))
			next_choice(CHOICE_A, &choice);
	two = two * one;
	one = two / (three + (number & 1));
	two = 7 * (two - three) - one;
	globals.letter = 'A';
	adjust(&one);
	return (u64)(u32)(one + two + three) + choice + globals.truth;
}

static u64 iterate(void)
{
	u64 sum = 0;

	memset(&globals, 0, sizeof(globals));
	globals.record = &first;
	first = (struct record){ .next = &second, .choice = CHOICE_A, .other = CHOICE_C,
		.number = 40, .text = "DHRYSTONE IN MANNER, SOME TEXT" };
	for (s32 i = 0; i < PASSES; i++)
		sum = sum * 5 + pass(i);
	return sum ^ (u64)(u32)second.number << 32 ^ (u64)(u32)globals.square[8][7];
}

const struct bench bench = {
	.name = "dhrystone", .iterations = 500, .operations = PASSES,
	.checksum = 0xa9c31a091a2780e0,
	.iterate = iterate,
};
