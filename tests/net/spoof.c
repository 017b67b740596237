// IKE_SA_INIT requests from forged addresses, many a second.
//
// usage: spoof DEVICE MAC GATEWAY RATE SECONDS   send them to a gateway, and print the rate
//        spoof pcap FILE MAC GATEWAY COUNT       write them to a capture, for a port that replays
//        it spoof cookies SECONDS                   how many a negotiator answers on this core
//
// The sources are 100.64.0.0/10; every request has another source and SPI. RATE is per second; what
// the device does not take is not counted.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/bytes.h"
#include "crypto/rng.h"
#include "ike/ike.h"
#include "net/ip.h"
#include "sim/conf.h"

enum { BATCH = 64, FRAME = 1500, HEADS = ETH_HEAD + IP4_HEAD + UDP_HEAD, TICK_US = 500 };

static uint32_t random_source(void)
{
	uint32_t word;

	rng_fill(&rng_public, &word, sizeof(word));
	return 100u << 24 | 64u << 16 | (word & 0x3fffff);
}

// An honest request, as lib/ike writes it. returns its length.
static size_t request(uint8_t dst[static FRAME])
{
	const struct ike_params params = {.rng = rng_public};
	struct sim_conf conf;
	struct ike_out out = {};
	struct why why = {};
	struct ike *ike;
	size_t len = 0;

	sim_conf(&conf, "100.64.0.1", "192.0.2.1", 2, 1, true);
	conf.conf.natt = false;
	if (ike_new(&params, &ike) || ike_conf_set(ike, &conf.conf, mono_now(), &out, &why))
		abort();
	for (size_t i = 0; i < out.count; i++) {
		if (out.act[i].type != IKE_ACT_SEND)
			continue;
		len = out.act[i].send.len;
		memcpy(dst, out.act[i].send.data, len);
	}
	ike_out_free(&out);
	ike_free(ike);
	sim_conf_fini(&conf);
	return len;
}

static size_t frame_make(
	uint8_t *frame, const uint8_t *to, const uint8_t *from, const struct addr *gateway)
{
	size_t len = request(frame + HEADS);
	uint8_t *ip = frame + ETH_HEAD, *udp = ip + IP4_HEAD;

	memcpy(frame, to, 6);
	memcpy(frame + 6, from, 6);
	be16_put(frame + 12, ETHERTYPE_V4);
	ip[0] = 0x45;
	be16_put(ip + 2, (uint16_t)(IP4_HEAD + UDP_HEAD + len));
	ip[8] = 64;
	ip[9] = IP_UDP;
	memcpy(ip + 16, gateway->b, 4);
	be16_put(udp, IKE_PORT);
	be16_put(udp + 2, IKE_PORT);
	be16_put(udp + 4, (uint16_t)(UDP_HEAD + len));
	return HEADS + len;
}

// Another source and SPI.
static void vary(uint8_t *frame)
{
	be32_put(frame + ETH_HEAD + 12, random_source());
	ip4_csum_set(frame + ETH_HEAD, IP4_HEAD);
	rng_fill(&rng_public, frame + HEADS, 8);
}

static int device_open(const char *device, uint8_t mac[static 6])
{
	struct sockaddr_ll at = {
		.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(device)};
	socklen_t size = sizeof(at);
	int fd = socket(AF_PACKET, SOCK_RAW, 0), one = 1;

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) ||
		getsockname(fd, (struct sockaddr *)&at, &size)) {
		perror("spoof: device");
		exit(1);
	}
	memcpy(mac, at.sll_addr, 6);
	// Without it a full queue of the device would only slow us down.
	if (setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof(one)))
		perror("spoof: qdisc");
	return fd;
}

// Frames that are varied beforehand: all that is done while sending is sending.
static struct mmsghdr *frames_make(const uint8_t *frame, size_t len, unsigned int count)
{
	struct mmsghdr *msg = calloc(count, sizeof(*msg));
	struct iovec *iov = calloc(count, sizeof(*iov));
	uint8_t *all = calloc(count, len);

	if (!msg || !iov || !all)
		abort();
	for (unsigned int i = 0; i < count; i++) {
		memcpy(all + i * len, frame, len);
		vary(all + i * len);
		iov[i] = (struct iovec){all + i * len, len};
		msg[i].msg_hdr = (struct msghdr){.msg_iov = &iov[i], .msg_iovlen = 1};
	}
	return msg;
}

static void flood(
	int fd, struct mmsghdr *msg, unsigned int count, unsigned int rate, unsigned int seconds)
{
	mono_us_t start = mono_now(), end = start + MONO_S(seconds), now;
	uint64_t sent = 0, taken = 0;

	while ((now = mono_now()) < end) {
		uint64_t due = (now - start) * rate / 1000000;

		while (sent < due && mono_now() < end) {
			unsigned int at = (unsigned int)(sent % count);
			unsigned int n = count - at < BATCH ? count - at : BATCH;
			int done = sendmmsg(fd, msg + at, n, MSG_DONTWAIT);

			taken += done > 0 ? (uint64_t)done : 0;
			sent += n;
		}
		nanosleep(&(struct timespec){.tv_nsec = TICK_US * 1000}, NULL);
	}
	now = mono_now() - start;
	printf("offered %lu in %.1f s, %lu per second\n", (unsigned long)taken, (double)now / 1e6,
		(unsigned long)(taken * 1000000 / now));
}

// A frame to a gateway's MAC and address, both as text. returns its length.
static size_t frame_read(uint8_t *frame, const char *mac, const char *address, const uint8_t *from)
{
	struct addr gateway;
	unsigned int m[6];
	uint8_t to[6];

	if (sscanf(mac, "%x:%x:%x:%x:%x:%x", &m[0], &m[1], &m[2], &m[3], &m[4], &m[5]) != 6 ||
		addr_read(address, &gateway)) {
		fprintf(stderr, "spoof: MAC or gateway\n");
		exit(2);
	}
	for (unsigned int i = 0; i < 6; i++)
		to[i] = (uint8_t)m[i];
	return frame_make(frame, to, from, &gateway);
}

static int write_all(char **argv)
{
	static const uint8_t from[6] = {2, 0, 0, 0, 0, 9};
	uint32_t head[6] = {0xa1b2c3d4, 2 | 4 << 16, 0, 0, 65535, 1}, record[4] = {};
	uint8_t frame[FRAME + HEADS] = {};
	uint32_t len = (uint32_t)frame_read(frame, argv[3], argv[4], from);
	FILE *file = fopen(argv[2], "w");

	if (!file) {
		perror("spoof: file");
		return 1;
	}
	record[2] = record[3] = len;
	fwrite(head, sizeof(head), 1, file);
	for (int i = 0; i < atoi(argv[5]); i++) {
		vary(frame);
		fwrite(record, sizeof(record), 1, file);
		fwrite(frame, len, 1, file);
	}
	return fclose(file) ? 1 : 0;
}

static int send_all(char **argv)
{
	uint8_t frame[FRAME + HEADS] = {}, from[6];
	enum { COUNT = 1 << 16 };
	size_t len;
	int fd = device_open(argv[1], from);

	len = frame_read(frame, argv[2], argv[3], from);
	flood(fd, frames_make(frame, len, COUNT), COUNT, (unsigned int)atoi(argv[4]),
		(unsigned int)atoi(argv[5]));
	return 0;
}

// One negotiator with as many half-open exchanges as it takes without cookies.
static int cookies(unsigned int seconds)
{
	const struct ike_params params = {.rng = rng_public};
	uint8_t msg[FRAME];
	struct sim_conf conf;
	struct ike_out out = {};
	struct why why = {};
	struct ike *ike;
	uint64_t asked = 0, answered = 0;
	struct timespec cpu;
	struct ike_in in = {.type = IKE_IN_DATAGRAM, .data = msg, .len = request(msg)};

	sim_conf(&conf, "192.0.2.1", NULL, 1, 2, false);
	conf.conf.remote_id = (struct ike_id){.type = IKE_ID_ANY};
	if (ike_new(&params, &ike) || ike_conf_set(ike, &conf.conf, mono_now(), &out, &why)) {
		fprintf(stderr, "spoof: %s\n", why.what);
		return 1;
	}
	in.local = (struct endpoint){conf.conf.local.addr, IKE_PORT};
	for (mono_us_t end = mono_now() + MONO_S(seconds); (in.now = mono_now()) < end; asked++) {
		in.remote = (struct endpoint){addr_v4(random_source()), IKE_PORT};
		rng_fill(&rng_public, msg, 8);
		if (ike_step(ike, &in, &out))
			abort();
		for (size_t i = 0; i < out.count; i++)
			answered += out.act[i].type == IKE_ACT_SEND;
		ike_out_clear(&out);
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
	printf("%lu requests, %lu answered: %.0f per second of CPU\n", (unsigned long)asked,
		(unsigned long)answered,
		(double)answered / ((double)cpu.tv_sec + (double)cpu.tv_nsec / 1e9));
	ike_out_free(&out);
	ike_free(ike);
	sim_conf_fini(&conf);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 6 && !strcmp(argv[1], "pcap"))
		return write_all(argv);
	if (argc == 6)
		return send_all(argv);
	if (argc == 3 && !strcmp(argv[1], "cookies"))
		return cookies((unsigned int)atoi(argv[2]));
	fprintf(stderr, "usage: spoof DEVICE MAC GATEWAY RATE SECONDS, "
			"spoof pcap FILE MAC GATEWAY COUNT, spoof cookies SECONDS\n");
	return 2;
}
