// Simulated peers over UDP: endpoints of lib/ike at addresses of their own, without a dataplane.
//
// usage: crowd GATEWAY FIRST COUNT SECONDS
//
// Peer i speaks from FIRST + i, port 500, and protects 10.N.0.0/16, N the last byte of its address,
// against 10.1.0.0/24. Children live 5 s; peers are asked after 2 s of silence and dead after 10.
// Prints what happened, once a second and at the end.
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "crypto/rng.h"
#include "ike/ike.h"
#include "net/ip.h"
#include "sim/conf.h"

enum { PEERS = 64, DATAGRAM = 65536, CHILD_S = 5, DPD_S = 2, DEAD_S = 10 };

struct peer {
	struct ike *ike;
	struct ike_out out;
	struct sim_conf conf;
	struct endpoint local;
	int fd;
	mono_us_t began, up_at;
	unsigned int events[IKE_EVENTS];
};

static void carry_out(struct peer *p)
{
	for (size_t i = 0; i < p->out.count; i++) {
		const struct ike_act *act = &p->out.act[i];
		struct sockaddr_in to = {.sin_family = AF_INET};

		if (act->type == IKE_ACT_EVENT) {
			p->events[act->event.event]++;
			if (act->event.event == IKE_EVENT_CHILD_UP && !p->up_at)
				p->up_at = mono_now();
		}
		if (act->type != IKE_ACT_SEND)
			continue;
		memcpy(&to.sin_addr, act->send.remote.addr.b, 4);
		to.sin_port = htons(act->send.remote.port);
		// What the network does not take is lost, as on any network.
		if (sendto(p->fd, act->send.data, act->send.len, 0, (struct sockaddr *)&to,
			    sizeof(to)) < 0)
			perror("crowd: sendto");
	}
	ike_out_clear(&p->out);
}

static void step(struct peer *p, struct ike_in *in)
{
	in->now = mono_now();
	if (ike_step(p->ike, in, &p->out))
		abort();
	carry_out(p);
}

static void hear(struct peer *p)
{
	static uint8_t data[DATAGRAM];
	struct sockaddr_in from;
	socklen_t size = sizeof(from);
	ssize_t len;

	while ((len = recvfrom(p->fd, data, sizeof(data), MSG_DONTWAIT, (struct sockaddr *)&from,
			&size)) >= 0) {
		struct ike_in in = {.type = IKE_IN_DATAGRAM,
			.local = p->local,
			.remote = {addr_v4(ntohl(from.sin_addr.s_addr)), ntohs(from.sin_port)},
			.data = data,
			.len = (size_t)len};

		step(p, &in);
	}
}

static void start(struct peer *p, const char *gateway, uint32_t local)
{
	const struct ike_params params = {.rng = rng_public};
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(IKE_PORT)};
	char text[ADDR_TEXT];
	struct why why = {};

	p->local = (struct endpoint){addr_v4(local), IKE_PORT};
	at.sin_addr.s_addr = htonl(local);
	p->fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (p->fd < 0 || bind(p->fd, (struct sockaddr *)&at, sizeof(at))) {
		perror("crowd: bind");
		exit(1);
	}
	sim_conf(&p->conf, addr_show(&p->local.addr, text), gateway, local & 0xff, 1, true);
	p->conf.remote[0].last = addr_v4(10u << 24 | 1 << 16 | 255);
	p->conf.child[0].lifetime_s = CHILD_S;
	p->conf.conf.natt = false;
	p->conf.conf.dpd_delay_s = DPD_S;
	p->conf.conf.dpd_timeout_s = DEAD_S;
	p->began = mono_now();
	if (ike_new(&params, &p->ike) ||
		ike_conf_set(p->ike, &p->conf.conf, p->began, &p->out, &why)) {
		fprintf(stderr, "crowd: %s\n", why.what);
		exit(1);
	}
	carry_out(p);
}

static void report(const struct peer *p, unsigned int count)
{
	unsigned int up = 0, events[IKE_EVENTS] = {};
	mono_us_t slowest = 0;

	for (unsigned int i = 0; i < count; i++) {
		up += p[i].events[IKE_EVENT_CHILD_UP] != 0;
		if (p[i].up_at && p[i].up_at - p[i].began > slowest)
			slowest = p[i].up_at - p[i].began;
		for (unsigned int e = 0; e < IKE_EVENTS; e++)
			events[e] += p[i].events[e];
	}
	printf("peers %u up %u slowest_ms %lu ike_up %u ike_down %u dead %u refused %u children %u "
	       "rekeyed "
	       "%u\n",
		count, up, (unsigned long)(slowest / 1000), events[IKE_EVENT_IKE_UP],
		events[IKE_EVENT_IKE_DOWN], events[IKE_EVENT_PEER_DEAD], events[IKE_EVENT_REFUSED],
		events[IKE_EVENT_CHILD_UP], events[IKE_EVENT_CHILD_REKEYED]);
	fflush(stdout);
}

static int patience_ms(const struct peer *p, unsigned int count)
{
	mono_us_t now = mono_now(), next = now + MONO_MS(100);

	for (unsigned int i = 0; i < count; i++) {
		if (p[i].out.deadline && p[i].out.deadline < next)
			next = p[i].out.deadline;
	}
	return next > now ? (int)((next - now) / 1000 + 1) : 0;
}

static void run(struct peer *p, unsigned int count, unsigned int seconds)
{
	mono_us_t start = mono_now(), told = start;
	struct pollfd fd[PEERS];

	for (unsigned int i = 0; i < count; i++)
		fd[i] = (struct pollfd){.fd = p[i].fd, .events = POLLIN};
	while (mono_now() < start + MONO_S(seconds)) {
		poll(fd, count, patience_ms(p, count));
		for (unsigned int i = 0; i < count; i++) {
			struct ike_in tick = {.type = IKE_IN_TICK};

			if (fd[i].revents)
				hear(&p[i]);
			if (p[i].out.deadline && p[i].out.deadline <= mono_now())
				step(&p[i], &tick);
		}
		if (mono_now() < told + MONO_S(1))
			continue;
		told = mono_now();
		report(p, count);
	}
	report(p, count);
}

int main(int argc, char **argv)
{
	static struct peer peer[PEERS];
	struct addr first;
	unsigned int count = argc == 5 ? (unsigned int)atoi(argv[3]) : 0;

	if (!count || count > PEERS || addr_read(argv[2], &first)) {
		fprintf(stderr, "usage: crowd GATEWAY FIRST COUNT SECONDS\n");
		return 2;
	}
	for (unsigned int i = 0; i < count; i++)
		start(&peer[i], argv[1], be32_get(first.b) + i);
	run(peer, count, (unsigned int)atoi(argv[4]));
	for (unsigned int i = 0; i < count; i++) {
		ike_free(peer[i].ike);
		ike_out_free(&peer[i].out);
		sim_conf_fini(&peer[i].conf);
		close(peer[i].fd);
	}
	return 0;
}
