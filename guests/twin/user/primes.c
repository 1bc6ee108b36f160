/* primes [LIMIT]: how many primes there are below the limit, by a chain of processes and pipes, one
 * for each prime up to its root: the sieve that C. A. R. Hoare's processes are known for. */
#include "guests/twin/user/user.h"

/* Passes on what its prime does not divide; at the end of the chain, counts. */
static u32 sieve(s64 input, u32 limit)
{
	u32 prime, number, count = 0;

	if (read(input, &prime, sizeof(prime)) != (s64)sizeof(prime))
		return 0;
	if (prime * prime >= limit) { /* what has come so far is prime */
		do
			count++;
		while (read(input, &number, sizeof(number)) == (s64)sizeof(number));
		return count;
	}
	s32 ends[2];
	if (pipe(ends) < 0)
		fail("primes: no pipe is left");
	s64 child = fork();
	if (child < 0)
		fail("primes: no process is left");
	if (child == 0) {
		close(ends[1]);
		close(input);
		exit(sieve(ends[0], limit));
	}
	close(ends[0]);
	while (read(input, &number, sizeof(number)) == (s64)sizeof(number))
		if (number % prime != 0)
			write(ends[1], &number, sizeof(number));
	close(ends[1]);
	s64 below = 0;
	while (wait(&below) != child)
		;
	return 1 + (u32)below;
}

int main(int argc, char **argv)
{
	u32 limit = argc > 1 ? (u32)string_number(argv[1]) : 1000;
	s32 ends[2];

	if (limit > 10000)
		fail("primes: the limit is at most 10000");
	if (pipe(ends) < 0)
		fail("primes: no pipe is left");
	s64 child = fork();
	if (child == 0) {
		close(ends[0]);
		for (u32 number = 2; number < limit; number++)
			write(ends[1], &number, sizeof(number));
		return 0;
	}
	close(ends[1]);
	print("%u primes below %u\n", sieve(ends[0], limit), limit);
	while (wait(NULL) > 0)
		;
	return 0;
}
