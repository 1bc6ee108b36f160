/*
 * The three kinds of work that CoreMark measures, in a form of our own: a linked list that is
 * searched, reversed and sorted, matrices of short integers, and a state machine that tells numbers
 * apart; each result goes into a checksum, bit by bit.
 */
#include "guests/bench/bench.h"

enum { ITEMS = 200, SEARCHES = 40, SIZE = 9, INPUT = 400, ROUNDS = 4 };

static u16 crc(u16 sum, u16 value)
{
	for (u32 bit = 0; bit < 16; bit++, value >>= 1)
		sum = (u16)((sum ^ value) & 1 ? sum >> 1 ^ 0xa001 : sum >> 1);
	return sum;
}

/* The list. */

struct item {
	struct item *next;
	s16 value, place;
};

static struct item items[ITEMS];

static struct item *list_make(u64 *state)
{
	for (u32 i = 0; i < ITEMS; i++)
		items[i] = (struct item){ i + 1 < ITEMS ? &items[i + 1] : NULL,
			(s16)(bench_random(state) % 512), (s16)i };
	return items;
}

static struct item *list_find(struct item *item, s16 value)
{
	while (item != NULL && item->value != value)
		item = item->next;
	return item;
}

static struct item *list_reverse(struct item *item)
{
	struct item *done = NULL;

	while (item != NULL) {
		struct item *next = item->next;
		item->next = done;
		done = item;
		item = next;
	}
	return done;
}

static s32 by_value(const struct item *one, const struct item *other)
{
	return one->value != other->value ? one->value - other->value : one->place - other->place;
}

static s32 by_place(const struct item *one, const struct item *other)
{
	return one->place - other->place;
}

/* Merges runs of 1, 2, 4 ... items. */
static struct item *list_sort(struct item *list, s32 (*compare)(const struct item *one,
	const struct item *other))
{
	for (u32 run = 1;; run *= 2) {
		struct item *left = list, *tail = NULL;
		u32 merges = 0;
		list = NULL;
		while (left != NULL) {
			struct item *right = left;
			u32 lefts = 0, rights = run;
			merges++;
			for (; lefts < run && right != NULL; lefts++)
				right = right->next;
			while (lefts > 0 || (rights > 0 && right != NULL)) {
				struct item *least;
				if (lefts > 0 && (rights == 0 || right == NULL
					|| compare(left, right) <= 0)) {
					least = left;
					left = left->next;
					lefts--;
				} else {
					least = right;
					right = right->next;
					rights--;
				}
				if (tail != NULL)
					tail->next = least;
				else
					list = least;
				tail = least;
			}
			left = right;
		}
		tail->next = NULL;
		if (merges <= 1)
			return list;
	}
}

static u16 work_on_list(u64 *state, u16 sum)
{
	struct item *list = list_make(state);

	for (u32 i = 0; i < SEARCHES; i++) {
		struct item *found = list_find(list, (s16)(bench_random(state) % 512));
		sum = crc(sum, found != NULL ? (u16)found->place : 0xffff);
		list = list_reverse(list);
	}
	list = list_sort(list, by_value);
	for (const struct item *item = list; item != NULL; item = item->next)
		if (item->place % 16 == 0)
			sum = crc(sum, (u16)item->value);
	list = list_sort(list, by_place);
	return crc(sum, (u16)list->value);
}

/* The matrices. */

static s16 a[SIZE][SIZE], b[SIZE][SIZE];
static s32 c[SIZE][SIZE];

static u16 matrix_sum(u16 sum)
{
	s32 total = 0, last = 0;

	for (u32 i = 0; i < SIZE; i++) {
		for (u32 j = 0; j < SIZE; j++) {
			total += c[i][j] > last ? 10 : c[i][j] & 15;
			last = c[i][j];
		}
	}
	return crc(sum, (u16)total);
}

static u16 work_on_matrices(u64 *state, u16 sum)
{
	for (u32 i = 0; i < SIZE; i++) {
		for (u32 j = 0; j < SIZE; j++) {
			a[i][j] = (s16)bench_random(state);
			b[i][j] = (s16)(bench_random(state) & 255);
		}
	}
	for (u32 i = 0; i < SIZE; i++)
		for (u32 j = 0; j < SIZE; j++)
			c[i][j] = a[i][j] * 7;
	sum = matrix_sum(sum);
	for (u32 i = 0; i < SIZE; i++) {
		for (u32 j = 0; j < SIZE; j++) {
			u32 dot = 0;
			for (u32 k = 0; k < SIZE; k++)
				dot += (u32)(a[i][k] * b[k][j]);
			c[i][j] = (s32)dot;
		}
	}
	sum = matrix_sum(sum);
	for (u32 i = 0; i < SIZE; i++) {
		for (u32 j = 0; j < SIZE; j++) {
			u32 dot = 0;
			for (u32 k = 0; k < SIZE; k++) {
				u32 product = (u32)(a[i][k] * b[k][j]);
				dot += (product >> 2 & 15) * (product >> 5 & 127);
			}
			c[i][j] = (s32)dot;
		}
	}
	return matrix_sum(sum);
}

/* The state machine: words between commas are integers, fractions, powers or no numbers. */

enum state { START, SIGN, INTEGER, POINT, FRACTION, EXPONENT, EXPONENT_SIGN, POWER, WRONG, STATES };

static char input[INPUT];

static void make_input(u64 *state)
{
	static const char *const words[] = { "5012", "-874", "+122", "35.54400", ".1234500",
		"-110.700", "+0.64400", "5.500e+3", "-.123e-2", "-87e+832", "T0.3e-1F", "-T.T++Tq",
		"1T3.4e4z", "34.0e-T^" };
	u32 at = 0;

	while (at + 10 < INPUT) {
		const char *word = words[bench_random(state) % (sizeof(words) / sizeof(words[0]))];
		while (*word != 0)
			input[at++] = *word++;
		input[at++] = ',';
	}
	input[at] = 0;
}

static bool is_digit(char letter)
{
	return letter >= '0' && letter <= '9';
}

static enum state step(enum state state, char letter)
{
	switch (state) {
	case START:
		if (is_digit(letter))
			return INTEGER;
		if (letter == '+' || letter == '-')
			return SIGN;
		return letter == '.' ? POINT : WRONG;
	case SIGN:
		if (is_digit(letter))
			return INTEGER;
		return letter == '.' ? POINT : WRONG;
	case INTEGER:
		if (letter == '.')
			return POINT;
		if (letter == 'e')
			return EXPONENT;
		return is_digit(letter) ? INTEGER : WRONG;
	case POINT:
	case FRACTION:
		if (letter == 'e')
			return EXPONENT;
		return is_digit(letter) ? FRACTION : WRONG;
	case EXPONENT:
		return letter == '+' || letter == '-' ? EXPONENT_SIGN : WRONG;
	case EXPONENT_SIGN:
	case POWER:
		return is_digit(letter) ? POWER : WRONG;
	default:
		return WRONG;
	}
}

static u16 work_on_input(u64 *state, u16 sum)
{
	u32 final[STATES] = {0}, passed[STATES] = {0};
	enum state at = START;

	make_input(state);
	for (const char *letter = input; *letter != 0; letter++) {
		if (*letter == ',') {
			final[at]++;
			at = START;
		} else {
			at = step(at, *letter);
			passed[at]++;
		}
	}
	for (u32 i = 0; i < STATES; i++)
		sum = crc(crc(sum, (u16)final[i]), (u16)passed[i]);
	return sum;
}

static u64 iterate(void)
{
	u64 state = 1;
	u16 sum = 0;

	for (u32 i = 0; i < ROUNDS; i++) {
		sum = work_on_list(&state, sum);
		for (u32 j = 0; j < 4; j++)
			sum = work_on_matrices(&state, sum);
		for (u32 j = 0; j < 4; j++)
			sum = work_on_input(&state, sum);
	}
	return sum;
}

const struct bench bench = {
	.name = "coremark", .iterations = 500, .operations = ROUNDS,
	.checksum = 0xbead,
	.iterate = iterate,
};
