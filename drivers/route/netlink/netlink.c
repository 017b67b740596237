#include "route/netlink/netlink.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "route/netlink/parse.h"

enum {
	BUFFER = 32768,		  // what the kernel fills at most per datagram of a dump
	RECEIVE_BUFFER = 4 << 20, // holds some 10,000 changes at once
	DATAGRAMS_PER_READ = 64,  // then the event loop has its turn
	REQUEST = 256,
};

struct route_source {
	struct mnl_socket *events;  // changes and dumps, non-blocking
	struct mnl_socket *command; // requests with an answer at once
	uint32_t seq;		    // of the last message sent on either

	// The dump under way. The kernel answers one at a time per socket.
	unsigned int step;    // index into dumps[]; DUMPS: none
	uint32_t step_seq;    // its sequence number
	bool torn, once_more; // the step's answer is inconsistent; asked for again meanwhile

	alignas(struct nlmsghdr) uint8_t buffer[BUFFER];
};

// In this order, so that a route's device and gateway are known before the route.
static const struct {
	uint16_t type;
	size_t head;
} dumps[] = {
	{RTM_GETLINK, sizeof(struct ifinfomsg)},
	{RTM_GETADDR, sizeof(struct ifaddrmsg)},
	{RTM_GETNEIGH, sizeof(struct ndmsg)},
	{RTM_GETROUTE, sizeof(struct rtmsg)},
};

enum { DUMPS = sizeof(dumps) / sizeof(dumps[0]) };

static struct mnl_socket *socket_open(unsigned int groups, int flags)
{
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | flags);

	if (nl && mnl_socket_bind(nl, groups, MNL_SOCKET_AUTOPID) < 0) {
		mnl_socket_close(nl);
		return NULL;
	}
	return nl;
}

static int netlink_open(struct route_source **source, struct why *why)
{
	static const unsigned int groups = RTMGRP_LINK | RTMGRP_NEIGH | RTMGRP_IPV4_IFADDR |
					   RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_IFADDR |
					   RTMGRP_IPV6_ROUTE;
	struct route_source *s = calloc(1, sizeof(*s));
	int err, size = RECEIVE_BUFFER;

	if (!s)
		return -ENOMEM;
	s->step = DUMPS;
	s->events = socket_open(groups, SOCK_NONBLOCK);
	if (!s->events)
		goto free_source;
	s->command = socket_open(0, 0);
	if (!s->command)
		goto close_events;
	// A smaller buffer works as well: losses are noticed and asked for again.
	(void)setsockopt(
		mnl_socket_get_fd(s->events), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	*source = s;
	return 0;

close_events:
	err = errno;
	mnl_socket_close(s->events);
	errno = err;
free_source:
	err = -errno;
	free(s);
	return why_set(
		why, err, "cannot open a netlink socket", "kernel routes", "", strerror(-err));
}

static void netlink_close(struct route_source *source)
{
	if (!source)
		return;
	mnl_socket_close(source->command);
	mnl_socket_close(source->events);
	free(source);
}

static int netlink_fd(struct route_source *source)
{
	return mnl_socket_get_fd(source->events);
}

// A request in buf, with a zeroed head of its type.
static struct nlmsghdr *request(
	struct route_source *source, void *buf, uint16_t type, unsigned int flags, size_t head)
{
	struct nlmsghdr *msg = mnl_nlmsg_put_header(buf);

	msg->nlmsg_type = type;
	msg->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	msg->nlmsg_seq = ++source->seq;
	mnl_nlmsg_put_extra_header(msg, head);
	return msg;
}

static int step_begin(struct route_source *source, unsigned int step)
{
	alignas(struct nlmsghdr) uint8_t buf[REQUEST];
	struct nlmsghdr *msg = request(source, buf, dumps[step].type, NLM_F_DUMP, dumps[step].head);

	source->torn = false;
	source->step_seq = msg->nlmsg_seq;
	source->step = step;
	if (mnl_socket_sendto(source->events, msg, msg->nlmsg_len) >= 0)
		return 0;
	source->step = DUMPS;
	return -errno;
}

static int netlink_dump(struct route_source *source)
{
	if (source->step == DUMPS)
		return step_begin(source, 0);
	source->once_more = true;
	return 0;
}

// The kernel has answered a step of the dump: the next one.
static int step_end(struct route_source *source, const struct nlmsghdr *msg,
	void (*event)(void *ctx, const struct route_event *event), void *ctx)
{
	unsigned int next = source->torn ? source->step : source->step + 1;

	if (msg->nlmsg_type == NLMSG_ERROR) {
		const struct nlmsgerr *answer = mnl_nlmsg_get_payload(msg);

		source->step = DUMPS;
		return mnl_nlmsg_get_payload_len(msg) < sizeof(*answer) ? -EPROTO : answer->error;
	}
	if (source->once_more) {
		source->once_more = false;
		next = 0;
	}
	if (next < DUMPS)
		return step_begin(source, next);
	source->step = DUMPS;
	event(ctx, &(struct route_event){.type = ROUTE_SYNCED});
	return 0;
}

static int datagram(struct route_source *source, int len,
	void (*event)(void *ctx, const struct route_event *event), void *ctx)
{
	const struct nlmsghdr *msg = (const struct nlmsghdr *)source->buffer;

	for (; mnl_nlmsg_ok(msg, len); msg = mnl_nlmsg_next(msg, &len)) {
		bool ours = source->step < DUMPS && msg->nlmsg_seq == source->step_seq &&
			    msg->nlmsg_pid == mnl_socket_get_portid(source->events);
		struct route_event out;
		int err = 0;

		if (ours && msg->nlmsg_flags & NLM_F_DUMP_INTR)
			source->torn = true;
		if (ours && (msg->nlmsg_type == NLMSG_DONE || msg->nlmsg_type == NLMSG_ERROR))
			err = step_end(source, msg, event, ctx);
		else if (netlink_parse(msg, &out))
			event(ctx, &out);
		if (err)
			return err;
	}
	return 0;
}

static int netlink_read(struct route_source *source,
	void (*event)(void *ctx, const struct route_event *event), void *ctx)
{
	int lost = 0;

	for (unsigned int i = 0; i < DATAGRAMS_PER_READ; i++) {
		struct sockaddr_nl from = {};
		socklen_t from_len = sizeof(from);
		ssize_t len = recvfrom(mnl_socket_get_fd(source->events), source->buffer,
			sizeof(source->buffer), 0, (struct sockaddr *)&from, &from_len);
		int err;

		// What is queued still counts, and a dump needs its room.
		if (len < 0 && errno == ENOBUFS) {
			lost = -ENOBUFS;
			continue;
		}
		if (len < 0)
			return errno == EAGAIN || errno == EINTR ? lost : -errno;
		if (from.nl_pid) // not from the kernel
			continue;
		err = datagram(source, (int)len, event, ctx);
		if (err)
			return err;
	}
	return lost;
}

// Send a request and read its acknowledgement; the kernel has it ready when sendto returns.
static int command(struct route_source *source, struct nlmsghdr *msg)
{
	alignas(struct nlmsghdr) uint8_t buf[1024]; // the acknowledgement quotes the request
	ssize_t len;

	msg->nlmsg_flags |= NLM_F_ACK;
	if (mnl_socket_sendto(source->command, msg, msg->nlmsg_len) < 0)
		return -errno;
	len = mnl_socket_recvfrom(source->command, buf, sizeof(buf));
	if (len < 0)
		return -errno;
	if (mnl_cb_run(buf, (size_t)len, msg->nlmsg_seq, mnl_socket_get_portid(source->command),
		    NULL, NULL) < 0)
		return -errno;
	return 0;
}

static uint8_t af_of(const struct addr *addr)
{
	return addr->family == ADDR_V6 ? AF_INET6 : AF_INET;
}

static void put_addr(struct nlmsghdr *msg, uint16_t type, const struct addr *addr)
{
	mnl_attr_put(msg, type, addr_len(addr), addr->b);
}

static int netlink_resolve(
	struct route_source *source, unsigned int ifindex, const struct addr *addr)
{
	alignas(struct nlmsghdr) uint8_t buf[REQUEST];
	struct nlmsghdr *msg = request(
		source, buf, RTM_NEWNEIGH, NLM_F_CREATE, sizeof(struct ndmsg));
	struct ndmsg *head = mnl_nlmsg_get_payload(msg);

	head->ndm_family = af_of(addr);
	head->ndm_ifindex = (int)ifindex;
	head->ndm_flags = NTF_USE; // as if a packet were to be sent there
	put_addr(msg, NDA_DST, addr);
	return command(source, msg);
}

static int netlink_addr_set(
	struct route_source *source, unsigned int ifindex, const struct cidr *addr, bool on)
{
	alignas(struct nlmsghdr) uint8_t buf[REQUEST];
	struct nlmsghdr *msg = request(source, buf, on ? RTM_NEWADDR : RTM_DELADDR,
		on ? NLM_F_CREATE | NLM_F_REPLACE : 0, sizeof(struct ifaddrmsg));
	struct ifaddrmsg *head = mnl_nlmsg_get_payload(msg);
	int err;

	head->ifa_family = af_of(&addr->addr);
	head->ifa_prefixlen = addr->bits;
	head->ifa_index = ifindex;
	put_addr(msg, IFA_LOCAL, &addr->addr);
	put_addr(msg, IFA_ADDRESS, &addr->addr);
	err = command(source, msg);
	return !on && err == -EADDRNOTAVAIL ? 0 : err;
}

static int netlink_route_set(struct route_source *source, const struct cidr *dst,
	unsigned int ifindex, const struct addr *gateway, bool on)
{
	bool via = gateway && gateway->family;
	alignas(struct nlmsghdr) uint8_t buf[REQUEST];
	struct nlmsghdr *msg = request(source, buf, on ? RTM_NEWROUTE : RTM_DELROUTE,
		on ? NLM_F_CREATE | NLM_F_REPLACE : 0, sizeof(struct rtmsg));
	struct rtmsg *head = mnl_nlmsg_get_payload(msg);
	int err;

	head->rtm_family = af_of(&dst->addr);
	head->rtm_dst_len = dst->bits;
	head->rtm_table = RT_TABLE_MAIN;
	head->rtm_protocol = NETLINK_PROTOCOL;
	head->rtm_scope = via ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
	head->rtm_type = RTN_UNICAST;
	put_addr(msg, RTA_DST, &dst->addr);
	mnl_attr_put_u32(msg, RTA_OIF, ifindex);
	// The metric keeps ours apart, so that REPLACE never takes a route that is not ours.
	mnl_attr_put_u32(msg, RTA_PRIORITY, NETLINK_METRIC);
	if (via)
		put_addr(msg, RTA_GATEWAY, gateway);
	err = command(source, msg);
	return !on && err == -ESRCH ? 0 : err;
}

const struct route_driver route_netlink = {
	.name = "netlink",
	.open = netlink_open,
	.close = netlink_close,
	.fd = netlink_fd,
	.dump = netlink_dump,
	.read = netlink_read,
	.resolve = netlink_resolve,
	.addr_set = netlink_addr_set,
	.route_set = netlink_route_set,
};
