/*
 * Bodies that attract each other, step by step: additions, products, quotients and roots of doubles.
 * The checksum is the bits of their energy, so the last bit of every operation counts.
 */
#include "guests/bench/bench.h"

#include "guests/lib/string.h"

enum { BODIES = 5, STEPS = 500, AXES = 3 };

struct body {
	double mass, place[AXES], speed[AXES];
};

static const struct body initial[BODIES] = {
	{ 40.0,   { 0, 0, 0 },          { 0, 0, 0 } },
	{ 0.0375, { 5, -1, -0.125 },    { 0.5, 2.75, -0.0625 } },
	{ 0.0125, { 8.5, 4, -0.375 },   { -1, 1.75, 0.0078125 } },
	{ 0.0018, { 13, -15, -0.25 },   { 1, 0.875, -0.0078125 } },
	{ 0.002,  { 15.5, -26, 0.125 }, { 1, 0.5, -0.03125 } },
};

static struct body bodies[BODIES];

static double root(double value)
{
	asm("fsqrt.d %0, %0" : "+f"(value));
	return value;
}

/* Squared distance of two bodies, and what lies between them on each axis. */
static double between(const struct body *one, const struct body *other, double *apart)
{
	double square = 0;

	for (u32 axis = 0; axis < AXES; axis++) {
		apart[axis] = one->place[axis] - other->place[axis];
		square += apart[axis] * apart[axis];
	}
	return square;
}

static void step(double time)
{
	for (u32 i = 0; i < BODIES; i++) {
		for (u32 j = i + 1; j < BODIES; j++) {
			double apart[AXES];
			double square = between(&bodies[i], &bodies[j], apart);
			double pull = time / (square * root(square));
			for (u32 axis = 0; axis < AXES; axis++) {
				bodies[i].speed[axis] -= apart[axis] * bodies[j].mass * pull;
				bodies[j].speed[axis] += apart[axis] * bodies[i].mass * pull;
			}
		}
	}
	for (u32 i = 0; i < BODIES; i++)
		for (u32 axis = 0; axis < AXES; axis++)
			bodies[i].place[axis] += time * bodies[i].speed[axis];
}

static double energy(void)
{
	double sum = 0;

	for (u32 i = 0; i < BODIES; i++) {
		for (u32 axis = 0; axis < AXES; axis++)
			sum += 0.5 * bodies[i].mass * bodies[i].speed[axis] * bodies[i].speed[axis];
		for (u32 j = i + 1; j < BODIES; j++) {
			double apart[AXES];
			sum -= bodies[i].mass * bodies[j].mass
				/ root(between(&bodies[i], &bodies[j], apart));
		}
	}
	return sum;
}

static u64 iterate(void)
{
	double result;
	u64 bits;

	memcpy(bodies, initial, sizeof(bodies));
	for (u32 i = 0; i < STEPS; i++)
		step(0.01);
	result = energy();
	memcpy(&bits, &result, sizeof(bits));
	return bits;
}

const struct bench bench = {
	.name = "nbody", .iterations = 500, .operations = STEPS,
	.checksum = 0xbfc6e321290f1529,
	.floating = true,
	.iterate = iterate,
};
