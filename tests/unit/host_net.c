/*
 * The networks at the other end of the cable: a link is the same however its machines take turns;
 * the user network answers at the same cycles on every run.
 */
#include "emu/host_net_link.h"
#include "emu/host_net_user.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/unit.h"

static void frames_wait_in_order(void **state)
{
	static struct frames frames;
	u8 frame[HOST_FRAME] = { 0 };

	frames.count = 0;
	assert_null(frames_first(&frames));
	for (u32 i = 0; i < FRAMES + 3; i++) {
		frame[0] = (u8)i;
		frames_put(&frames, i, frame, 60);
	}
	assert_int_equal(frames.count, FRAMES); /* the oldest are lost */
	assert_int_equal(frames_take(&frames, 2, frame, HOST_FRAME), 0);
	assert_int_equal(frames_take(&frames, 3, frame, 59), 0);
	assert_int_equal(frames_take(&frames, 3, frame, HOST_FRAME), 60);
	assert_int_equal(frame[0], 3);
	assert_int_equal(frames_take(&frames, 3, frame, HOST_FRAME), 0);
}

/* Two machines send now and then and ask when they are told to. Each runs `step` cycles at a time;
 * what comes in, and when, is mixed into a digest. */
static u64 converse(u64 step)
{
	struct fault fault;
	struct link *link = link_create(&fault);
	struct host_net net[2] = { link_host(link, 0), link_host(link, 1) };
	u64 asks[2] = { 0, 0 }, seed[2] = { 1, 2 }, sends[2] = { 500, 900 };
	u64 digest = 0;

	for (u64 until = step; until <= 40 * (u64)LINK_WINDOW; until += step) {
		for (u32 side = 0; side < 2; side++) {
			for (;;) {
				u64 now = asks[side] < sends[side] ? asks[side] : sends[side];
				u8 frame[HOST_FRAME] = { 0 };
				u32 length;

				if (now >= until)
					break;
				if (now == sends[side]) {
					frame[0] = (u8)seed[side];
					for (u32 i = 0; i < seed[side] % 90; i++)
						net[side].send(net[side].self, now, frame, 60 + i);
					seed[side] = seed[side] * 6364136223846793005u + 1;
					sends[side] += seed[side] >> 33 & 0x3ffff;
					continue;
				}
				/* Side 1 has no buffers for a while. */
				while ((side == 0 || now / LINK_WINDOW % 16 > 8) &&
						(length = net[side].receive(net[side].self, now,
						frame, HOST_FRAME)) != 0)
					digest = (digest ^ now ^ frame[0] ^ (u64)length << 32 ^
						(u64)side << 60) * 0x100000001b3;
				asks[side] = net[side].next(net[side].self, now);
				assert_true(asks[side] > now);
			}
		}
	}
	free(link);
	return digest;
}

static void a_link_does_not_depend_on_turns(void **state)
{
	u64 digest = converse(LINK_WINDOW);

	assert_true(digest != 0);
	assert_true(converse(LINK_WINDOW / 4) == digest);
	assert_true(converse(LINK_WINDOW / 100) == digest);
}

static void a_link_takes_its_time_and_no_more(void **state)
{
	struct fault fault;
	struct link *link = link_create(&fault);
	struct host_net a = link_host(link, 0), b = link_host(link, 1);
	u8 frame[HOST_FRAME] = { 7 };

	assert_memory_not_equal(a.mac, b.mac, 6);
	for (u32 i = 0; i < LINK_PER_WINDOW + 5; i++)
		a.send(a.self, LINK_WINDOW + 5, frame, 60);
	assert_int_equal(a.receive(a.self, 9 * LINK_WINDOW, frame, HOST_FRAME), 0);
	assert_int_equal(b.receive(b.self, 3 * LINK_WINDOW - 1, frame, HOST_FRAME), 0);
	for (u32 i = 0; i < LINK_PER_WINDOW; i++)
		assert_int_equal(b.receive(b.self, 3 * LINK_WINDOW, frame, HOST_FRAME), 60);
	assert_int_equal(b.receive(b.self, 3 * LINK_WINDOW, frame, HOST_FRAME), 0);
	a.send(a.self, 4 * LINK_WINDOW, frame, 60);
	assert_int_equal(b.receive(b.self, (6 + LINK_PATIENCE) * LINK_WINDOW, frame, HOST_FRAME), 0);
	free(link);
}

static void put_ends(u8 *frame, u32 type)
{
	static const u8 us[6] = { 2, 0, 0, 0, 0, 1 };

	memset(frame, 0xff, 6);
	memcpy(frame + 6, us, 6);
	frame[12] = (u8)(type >> 8);
	frame[13] = (u8)type;
}

/* Who has 10.0.2.2? */
static u32 arp_request(u8 *frame)
{
	static const u8 fixed[] = { 0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 1, 10, 0, 2, 15,
		0, 0, 0, 0, 0, 0, 10, 0, 2, 2 };

	memset(frame, 0, 60);
	put_ends(frame, 0x0806);
	memcpy(frame + 14, fixed, sizeof(fixed));
	return 60;
}

/* Asks as a card would, until `until`; how many frames came, the last in `frame`. */
static u32 listen_until(const struct host_net *net, u64 *now, u64 until, u8 *frame, u64 *when)
{
	u32 count = 0;

	for (;;) {
		u64 next = net->next(net->self, *now);
		u8 other[HOST_FRAME];
		u32 length;

		if (next > until)
			break;
		*now = next > *now ? next : *now + 1;
		while ((length = net->receive(net->self, *now, other, HOST_FRAME)) != 0) {
			memcpy(frame, other, length);
			*when = *now;
			count++;
		}
	}
	return count;
}

static void the_gateway_answers_at_the_same_cycle(void **state)
{
	u8 first[HOST_FRAME] = { 0 };
	u64 first_when = 0;

	for (u32 i = 0; i < 2; i++) {
		struct fault fault;
		struct user_net *user = user_net_create(NULL, 0, &fault);
		struct host_net net;
		u8 frame[HOST_FRAME];
		u64 now = 12345, when = 0;

		assert_non_null(user);
		net = user_net_host(user);
		assert_true(net.next(net.self, now) == NEVER);
		assert_false(user_net_busy(user));
		net.send(net.self, now, frame, arp_request(frame));
		assert_int_equal(listen_until(&net, &now, 1000000000, frame, &when), 1);
		assert_int_equal(frame[21], 2); /* a reply, to us, from the address asked for */
		assert_int_equal(frame[0], 2);
		assert_int_equal(frame[5], 1);
		assert_int_equal(frame[31], 2);
		assert_true(when > 12345);
		if (i == 0) {
			memcpy(first, frame, 42);
			first_when = when;
		}
		assert_memory_equal(first, frame, 42);
		assert_true(when == first_when);

		/* A life later: cycles begin again, and the network is still there. */
		user_net_reboot(user);
		now = 10;
		net.send(net.self, now, frame, arp_request(frame));
		assert_int_equal(listen_until(&net, &now, 1000000000, frame, &when), 1);
		assert_in_range(when, 11, 100000);
		user_net_destroy(user);
	}
}

/* Frames that are none of anything: the network stands. */
static void nonsense_does_no_harm(void **state)
{
	struct fault fault;
	struct user_net *user = user_net_create(NULL, 0, &fault);
	struct host_net net = user_net_host(user);
	u64 seed = 5, now = 0, when;
	u8 frame[HOST_FRAME];

	for (u32 i = 0; i < 20000; i++) {
		u32 length = HOST_FRAME_LEAST + (u32)(seed >> 40) % (HOST_FRAME - HOST_FRAME_LEAST + 1);
		static const u32 types[] = { 0x0800, 0x0806, 0x86dd, 0x1234 };

		for (u32 j = 0; j < length; j++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			frame[j] = (u8)(seed >> 33);
		}
		put_ends(frame, types[i % 4]);
		if (i % 8 == 0)
			frame[14] = 0x45;
		/* Nowhere that a socket could lead to. */
		memset(frame + 30, i % 16 ? 0 : 0xff, 4);
		net.send(net.self, now += 1000, frame, length);
		listen_until(&net, &now, now + 1000, frame, &when);
	}
	net.send(net.self, now, frame, arp_request(frame));
	assert_true(listen_until(&net, &now, now + 1000000, frame, &when) >= 1);
	user_net_destroy(user);
}

/* A port that is taken is a sentence. */
static void a_port_can_be_forwarded_once(void **state)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(address);
	int taken = socket(AF_INET, SOCK_STREAM, 0);
	struct user_net_forward forward = { 0, 80 };
	struct user_net *user;
	struct fault fault;

	assert_true(taken >= 0);
	assert_int_equal(bind(taken, (struct sockaddr *)&address, length), 0);
	assert_int_equal(listen(taken, 1), 0);
	assert_int_equal(getsockname(taken, (struct sockaddr *)&address, &length), 0);
	forward.host = ntohs(address.sin_port);
	assert_null(user_net_create(&forward, 1, &fault));
	assert_non_null(strstr(fault.text, "cannot listen"));
	close(taken);
	user = user_net_create(&forward, 1, &fault);
	assert_non_null(user);

	struct host_net net = user_net_host(user);

	assert_true(net.next(net.self, 5) != NEVER);
	assert_true(user_net_busy(user));
	user_net_destroy(user);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_wait_in_order),
		cmocka_unit_test(a_link_does_not_depend_on_turns),
		cmocka_unit_test(a_link_takes_its_time_and_no_more),
		cmocka_unit_test(the_gateway_answers_at_the_same_cycle),
		cmocka_unit_test(nonsense_does_no_harm),
		cmocka_unit_test(a_port_can_be_forwarded_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
