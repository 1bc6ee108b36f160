/*
 * The user network, made of libslirp: here are its clock, its timers, the sockets that it asks to
 * poll, and the frames that it has for the guest. Everything happens inside the three calls of
 * struct host_net. See host_net_user.h.
 */
#include "emu/host_net_user.h"

#include <arpa/inet.h>
#include <libslirp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "emu/frames.h"

enum {
	USER_LATENCY = 20000,    /* cycles from an answer to its arrival */
	USER_POLL = 1000000,     /* cycles between two looks at real sockets */
	USER_IDLE = 1000,        /* milliseconds: slirp never asks for a longer rest than this */
	USER_SOCKETS = 1024,
	USER_TIMERS = 4,
	MILLISECOND = 1000000    /* in cycles of 1 GHz, which are nanoseconds */
};

struct user_timer {
	SlirpTimerCb fire;
	void *opaque;
	u64 when;
};

struct user_net {
	Slirp *slirp;
	u64 base;               /* cycles of the machine's lives before the last reboot */
	u64 now;                /* base and the machine's cycle */
	u32 polled;             /* sockets at the last look */
	struct pollfd poll[USER_SOCKETS];
	struct user_timer timer[USER_TIMERS]; /* free: fire is null */
	struct frames frames;
};

/* What slirp asks of us. */

static ssize_t user_packet(const void *bytes, size_t length, void *opaque)
{
	struct user_net *net = opaque;

	if (length <= HOST_FRAME)
		frames_put(&net->frames, net->now + USER_LATENCY, bytes, (u32)length);
	return (ssize_t)length;
}

/* What the guest does wrong is its own affair. */
static void user_guest_error(const char *message, void *opaque)
{
}

static int64_t user_clock(void *opaque)
{
	const struct user_net *net = opaque;

	return (int64_t)net->now;
}

static void *user_timer_new(SlirpTimerCb fire, void *timer_opaque, void *opaque)
{
	struct user_net *net = opaque;

	for (u32 i = 0; i < USER_TIMERS; i++) {
		if (net->timer[i].fire)
			continue;
		net->timer[i] = (struct user_timer){ fire, timer_opaque, NEVER };
		return &net->timer[i];
	}
	return NULL;
}

static void user_timer_free(void *timer, void *opaque)
{
	if (timer)
		*(struct user_timer *)timer = (struct user_timer){ .when = NEVER };
}

static void user_timer_set(void *timer, int64_t milliseconds, void *opaque)
{
	if (timer)
		((struct user_timer *)timer)->when = (u64)milliseconds * MILLISECOND;
}

static void user_socket(int socket, void *opaque)
{
}

static void user_notify(void *opaque)
{
}

static const SlirpCb user_callbacks = {
	.send_packet = user_packet,
	.guest_error = user_guest_error,
	.clock_get_ns = user_clock,
	.timer_new = user_timer_new,
	.timer_free = user_timer_free,
	.timer_mod = user_timer_set,
	.register_poll_fd = user_socket,
	.unregister_poll_fd = user_socket,
	.notify = user_notify,
};

/* Real sockets. slirp's bits and poll's, side by side. */

static const struct { int slirp; short poll; } user_bits[] = {
	{ SLIRP_POLL_IN, POLLIN }, { SLIRP_POLL_OUT, POLLOUT }, { SLIRP_POLL_PRI, POLLPRI },
	{ SLIRP_POLL_ERR, POLLERR }, { SLIRP_POLL_HUP, POLLHUP },
};

enum { USER_BITS = sizeof(user_bits) / sizeof(user_bits[0]) };

static int user_add_poll(int socket, int events, void *opaque)
{
	struct user_net *net = opaque;
	struct pollfd *poll = &net->poll[net->polled];

	if (net->polled == USER_SOCKETS)
		return -1;
	*poll = (struct pollfd){ .fd = socket };
	for (u32 i = 0; i < USER_BITS; i++)
		if (events & user_bits[i].slirp)
			poll->events |= user_bits[i].poll;
	return (int)net->polled++;
}

static int user_revents(int index, void *opaque)
{
	const struct user_net *net = opaque;
	int events = 0;

	for (u32 i = 0; index >= 0 && i < USER_BITS; i++)
		if (net->poll[index].revents & user_bits[i].poll)
			events |= user_bits[i].slirp;
	return events;
}

/* Which sockets slirp wants looked at; the cycle by which it wants to be called anyway. */
static u64 user_gather(struct user_net *net)
{
	u32 wait = UINT32_MAX;

	net->polled = 0;
	slirp_pollfds_fill(net->slirp, &wait, user_add_poll, net);
	return wait >= USER_IDLE ? NEVER : net->now + (u64)wait * MILLISECOND;
}

/* Lets slirp do what is due: timers, then sockets and what it keeps back. */
static void user_turn(struct user_net *net)
{
	int ready;

	for (u32 i = 0; i < USER_TIMERS; i++) {
		struct user_timer *timer = &net->timer[i];

		if (!timer->fire || timer->when > net->now)
			continue;
		timer->when = NEVER;
		timer->fire(timer->opaque);
	}
	user_gather(net);
	ready = poll(net->poll, net->polled, 0);
	slirp_pollfds_poll(net->slirp, ready < 0, user_revents, net);
}

/* struct host_net. Time here never runs back. */

static void user_time(struct user_net *net, u64 cycle)
{
	if (net->base + cycle > net->now)
		net->now = net->base + cycle;
}

static void user_send(void *self, u64 cycle, const u8 *frame, u32 length)
{
	struct user_net *net = self;

	user_time(net, cycle);
	slirp_input(net->slirp, frame, (int)length);
}

static u32 user_receive(void *self, u64 cycle, u8 *frame, u32 room)
{
	struct user_net *net = self;
	u32 length;

	user_time(net, cycle);
	length = frames_take(&net->frames, net->now, frame, room);
	if (length)
		return length;
	user_turn(net);
	return frames_take(&net->frames, net->now, frame, room);
}

static u64 user_next(void *self, u64 cycle)
{
	struct user_net *net = self;
	const struct frame *first = frames_first(&net->frames);
	u64 when;

	user_time(net, cycle);
	when = user_gather(net);
	if (net->polled && when > net->now + USER_POLL)
		when = net->now + USER_POLL;
	for (u32 i = 0; i < USER_TIMERS; i++)
		if (net->timer[i].fire && net->timer[i].when < when)
			when = net->timer[i].when;
	if (first && first->when < when)
		when = first->when;
	return when == NEVER ? NEVER : when - net->base;
}

struct host_net user_net_host(struct user_net *net)
{
	return (struct host_net){ net, { 2, 0, 0, 0, 0, 1 }, user_send, user_receive, user_next };
}

void user_net_reboot(struct user_net *net)
{
	net->base = net->now;
	net->frames.count = 0;
}

bool user_net_busy(const struct user_net *net)
{
	return net->polled != 0;
}

void user_net_wait(struct user_net *net, u64 nanoseconds)
{
	poll(net->poll, net->polled, (int)((nanoseconds + MILLISECOND - 1) / MILLISECOND));
}

/* Making and ending. */

static bool user_forward(struct user_net *net, const struct user_net_forward *forward,
	struct fault *fault)
{
	struct in_addr host = { htonl(INADDR_LOOPBACK) }, guest = { 0 };

	return slirp_add_hostfwd(net->slirp, 0, host, forward->host, guest, forward->guest) == 0
		|| fault_set(fault, "cannot listen on port %u of this host: it is in use, or not ours",
			forward->host);
}

struct user_net *user_net_create(const struct user_net_forward *forwards, u32 count,
	struct fault *fault)
{
	SlirpConfig config = { .version = 4, .in_enabled = true, .disable_dns = true,
		.disable_host_loopback = true };
	struct user_net *net = calloc(1, sizeof(*net));

	inet_pton(AF_INET, "10.0.2.0", &config.vnetwork);
	inet_pton(AF_INET, "255.255.255.0", &config.vnetmask);
	inet_pton(AF_INET, "10.0.2.2", &config.vhost);
	inet_pton(AF_INET, "10.0.2.15", &config.vdhcp_start);
	inet_pton(AF_INET, "10.0.2.3", &config.vnameserver);
	if (net)
		net->slirp = slirp_new(&config, &user_callbacks, net);
	if (!net || !net->slirp) {
		free(net);
		fault_set(fault, "the user network cannot be made: no memory");
		return NULL;
	}
	for (u32 i = 0; i < count; i++) {
		if (!user_forward(net, &forwards[i], fault)) {
			user_net_destroy(net);
			return NULL;
		}
	}
	return net;
}

void user_net_destroy(struct user_net *net)
{
	if (!net)
		return;
	slirp_cleanup(net->slirp);
	free(net);
}
