/*
 * The user network: a little Ethernet inside the process (libslirp) with a gateway that answers
 * DHCP and pings, and that carries the guest's TCP and UDP over the host's own sockets. No rights
 * are needed. It has the addresses that users know from elsewhere:
 *
 *	10.0.2.0/24   guest 10.0.2.15   gateway 10.0.2.2
 *
 * The guest reaches what this host reaches, but not what listens on the host's loopback alone.
 *
 * Its clock is the machine's: what it does by itself (ARP, DHCP, pings) comes at the same cycle on
 * every run. What comes from real sockets comes when it comes.
 */
#ifndef EMU_HOST_NET_USER_H
#define EMU_HOST_NET_USER_H

#include "core/fault.h"
#include "core/host.h"

enum { USER_NET_FORWARDS = 8 };

/* TCP to a port of the host (127.0.0.1 only) goes to a port of the guest. */
struct user_net_forward {
	u16 host, guest;
};

struct user_net;

struct user_net *user_net_create(const struct user_net_forward *forwards, u32 count,
	struct fault *fault);
void user_net_destroy(struct user_net *net); /* null: nothing */

struct host_net user_net_host(struct user_net *net);

/* The machine begins again, its cycles from 0. */
void user_net_reboot(struct user_net *net);

/* Are sockets of the host open? Then idle time should pass as it does on the wall clock. */
bool user_net_busy(const struct user_net *net);

/* Waits until one of them has something, at most so long. */
void user_net_wait(struct user_net *net, u64 nanoseconds);

#endif
