#include "ike_udp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/mono.h"

enum { DATAGRAM_MAX = 4096, ROOM = 8 << 20, LONGEST_S = 120 };

struct end {
	struct ike *ike;
	struct ike_out out;
	int fd;
	unsigned int children;
};

static double cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int listen_at(const struct endpoint *at)
{
	struct sockaddr_in sin = {.sin_family = AF_INET,
		.sin_port = htons(at->port),
		.sin_addr.s_addr = htonl(addr_v4_host(&at->addr))};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1, room = ROOM;

	if (fd < 0)
		return -errno;
	// As root beyond the system's limit, else up to it.
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)))
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	if (setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on)) ||
		bind(fd, (struct sockaddr *)&sin, sizeof(sin))) {
		int err = -errno;

		close(fd);
		return err;
	}
	return fd;
}

static void send_one(const struct end *end, const struct ike_act_send *send)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
		.sin_port = htons(send->remote.port),
		.sin_addr.s_addr = htonl(addr_v4_host(&send->remote.addr))};
	struct iovec iov = {.iov_base = send->data, .iov_len = send->len};
	union {
		struct cmsghdr head;
		uint8_t room[CMSG_SPACE(sizeof(struct in_pktinfo))];
	} control = {};
	struct msghdr msg = {.msg_name = &to,
		.msg_namelen = sizeof(to),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control)};
	struct in_pktinfo info = {.ipi_spec_dst.s_addr = htonl(addr_v4_host(&send->local.addr))};

	control.head = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(info)),
		.cmsg_level = IPPROTO_IP,
		.cmsg_type = IP_PKTINFO};
	memcpy(CMSG_DATA(&control.head), &info, sizeof(info));
	(void)sendmsg(end->fd, &msg, 0); // what is lost is repeated
}

static void take(struct end *end, struct ike_in *in)
{
	in->now = mono_now();
	(void)ike_step(end->ike, in, &end->out);
	for (size_t i = 0; i < end->out.count; i++) {
		const struct ike_act *act = &end->out.act[i];

		if (act->type == IKE_ACT_SEND)
			send_one(end, &act->send);
		end->children += act->type == IKE_ACT_CHILD_ADD;
	}
	ike_out_clear(&end->out);
}

// returns whether there was one.
static bool receive(struct end *end, uint16_t port)
{
	uint8_t data[DATAGRAM_MAX];
	struct sockaddr_in from = {};
	struct iovec iov = {.iov_base = data, .iov_len = sizeof(data)};
	union {
		struct cmsghdr head;
		uint8_t room[CMSG_SPACE(sizeof(struct in_pktinfo))];
	} control = {};
	struct msghdr msg = {.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control)};
	ssize_t len = recvmsg(end->fd, &msg, 0);
	struct in_pktinfo info = {};
	struct ike_in in = {.type = IKE_IN_DATAGRAM, .data = data};

	if (len < 0)
		return false;
	memcpy(&info, CMSG_DATA(&control.head), sizeof(info));
	in.len = (size_t)len;
	in.local = (struct endpoint){addr_v4(ntohl(info.ipi_addr.s_addr)), port};
	in.remote = (struct endpoint){addr_v4(ntohl(from.sin_addr.s_addr)), ntohs(from.sin_port)};
	take(end, &in);
	return true;
}

// Sleep until something comes, here or on other (-1: nothing there), or is due.
static void wait_for(struct end *end, int other)
{
	struct pollfd fd[2] = {{.fd = end->fd, .events = POLLIN}, {.fd = other, .events = POLLIN}};
	mono_us_t now = mono_now(), at = end->out.deadline;
	struct ike_in tick = {.type = IKE_IN_TICK};
	int ms = 1000;

	if (at && at <= now)
		ms = 0;
	else if (at && at < now + MONO_S(1))
		ms = (int)((at - now) / 1000) + 1;
	(void)poll(fd, 2, ms);
	if (at && mono_now() >= at)
		take(end, &tick);
}

static int end_new(const struct ike_plan *plan, bool responder, struct end *end)
{
	struct endpoint at = ike_plan_responder(plan);
	int err = ike_plan_new(plan, responder, &end->ike);

	if (!responder)
		at = (struct endpoint){addr_v4(0), IKE_PLAN_PORT_INITIATOR};
	end->fd = err ? -1 : listen_at(&at);
	return err ? err : end->fd < 0 ? end->fd : 0;
}

static void end_fini(struct end *end)
{
	if (end->fd >= 0)
		close(end->fd);
	ike_free(end->ike);
	ike_out_free(&end->out);
}

// The responder, in a thread of its own, until a byte comes.
struct responder {
	struct end end;
	uint16_t port;
	int stop[2]; // pipe
	double used_us;
};

static void *respond(void *arg)
{
	struct responder *r = arg;
	double start = cpu_us();
	struct pollfd fd = {.fd = r->stop[0], .events = POLLIN};

	while (poll(&fd, 1, 0) == 0) {
		while (receive(&r->end, r->port))
			;
		wait_for(&r->end, r->stop[0]);
	}
	r->used_us = cpu_us() - start;
	return NULL;
}

static void count_repeated(void *ctx, const struct ike_sa_view *view)
{
	*(unsigned int *)ctx += view->retransmits;
}

// How many tunnels may have been begun by now.
static unsigned int may_begin(
	const struct ike_plan *plan, unsigned int window, unsigned int children)
{
	unsigned int n = children / plan->children + window;

	return n < plan->tunnels ? n : plan->tunnels;
}

static int initiate(const struct ike_plan *plan, unsigned int window, struct ike_udp_result *result)
{
	struct end end = {.fd = -1};
	unsigned int begun = 0;
	double start;
	mono_us_t at;
	int err = end_new(plan, false, &end);

	start = cpu_us();
	at = mono_now();
	while (!err && end.children < plan->tunnels * plan->children) {
		while (begun < may_begin(plan, window, end.children)) {
			struct ike_in in = {.type = IKE_IN_INITIATE, .tunnel = ++begun};

			take(&end, &in);
		}
		while (receive(&end, IKE_PLAN_PORT_INITIATOR))
			;
		if (end.children < plan->tunnels * plan->children &&
			begun == may_begin(plan, window, end.children))
			wait_for(&end, -1);
		if (mono_now() - at > MONO_S(LONGEST_S))
			err = -ETIMEDOUT;
	}
	result->seconds = (double)(mono_now() - at) / 1e6;
	result->cpu_us[0] = (cpu_us() - start) / plan->tunnels;
	if (!err)
		ike_each_sa(end.ike, count_repeated, &result->lost);
	end_fini(&end);
	return err;
}

int ike_udp_run(const struct ike_plan *plan, unsigned int window, struct ike_udp_result *result)
{
	struct responder r = {.end.fd = -1, .port = ike_plan_responder(plan).port};
	pthread_t thread;
	int err;

	*result = (struct ike_udp_result){};
	if (pipe(r.stop))
		return -errno;
	err = end_new(plan, true, &r.end);
	if (!err)
		err = -pthread_create(&thread, NULL, respond, &r);
	if (!err) {
		err = initiate(plan, window, result);
		(void)!write(r.stop[1], "", 1);
		pthread_join(thread, NULL);
		result->cpu_us[1] = r.used_us / plan->tunnels;
	}
	end_fini(&r.end);
	close(r.stop[0]);
	close(r.stop[1]);
	return err;
}
