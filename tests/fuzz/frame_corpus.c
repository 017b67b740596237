// Write the corpora of the frame and netlink targets: frame_corpus DIRECTORY fills DIRECTORY/frame
// and DIRECTORY/netlink with what hosts, peers, forgers and the kernel say.
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include "base/bytes.h"
#include "fuzz/frame_op.h"
#include "net/ip.h"

static const char *directory;
static uint8_t room[65536];
static struct wr program;

static void save(const char *target, const char *name, const void *data, size_t len)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, target);
	(void)mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/%s/%s", directory, target, name);
	file = fopen(path, "w");
	if (!file || fwrite(data, 1, len, file) != len || fclose(file))
		abort();
}

static void end(const char *name)
{
	if (program.bad)
		abort();
	save("frame", name, program.base, wr_len(&program));
	program = wr_of(room, sizeof(room));
}

static void op(enum frame_kind kind, unsigned int how, const void *b, size_t len)
{
	wr_u8(&program, (uint8_t)kind);
	wr_u8(&program, (uint8_t)how);
	wr_u16(&program, (uint16_t)len);
	wr_copy(&program, b, len);
}

static void event(const char *events, size_t n)
{
	op(FRAME_EVENTS, 0, events, n);
}

#define EVENTS(...) event((const char[]){__VA_ARGS__}, sizeof((const char[]){__VA_ARGS__}))

// Packets

enum { IN, OUT, OUT2 };

static uint8_t packet[2048];

// A packet between two addresses of either family; its payload counts upwards.
static uint16_t ip(const char *src, const char *dst, uint8_t proto, uint16_t payload)
{
	bool v6 = strchr(src, ':');
	uint16_t head = v6 ? IP6_HEAD : IP4_HEAD;

	memset(packet, 0, head);
	for (unsigned int i = 0; i < payload; i++)
		packet[head + i] = (uint8_t)i;
	if (v6) {
		packet[0] = 0x60;
		be16_put(packet + 4, payload);
		packet[6] = proto;
		packet[7] = 64;
		inet_pton(AF_INET6, src, packet + 8);
		inet_pton(AF_INET6, dst, packet + 24);
	} else {
		packet[0] = 0x45;
		be16_put(packet + 2, (uint16_t)(head + payload));
		packet[8] = 64;
		packet[9] = proto;
		inet_pton(AF_INET, src, packet + 12);
		inet_pton(AF_INET, dst, packet + 16);
		ip4_csum_set(packet, head);
	}
	return (uint16_t)(head + payload);
}

static uint16_t udp(
	const char *src, const char *dst, uint16_t sport, uint16_t dport, uint16_t payload)
{
	uint16_t len = ip(src, dst, IP_UDP, (uint16_t)(UDP_HEAD + payload));
	uint8_t *l4 = packet + len - UDP_HEAD - payload;

	be16_put(l4, sport);
	be16_put(l4 + 2, dport);
	be16_put(l4 + 4, (uint16_t)(UDP_HEAD + payload));
	be16_put(l4 + 6, 0);
	return len;
}

// A SYN with these options.
static uint16_t syn(const char *src, const char *dst, const uint8_t *options, uint8_t n)
{
	uint16_t len = ip(src, dst, IP_TCP, (uint16_t)(20 + n));
	uint8_t *l4 = packet + len - 20 - n;

	memset(l4, 0, 20);
	be16_put(l4, 1234);
	be16_put(l4 + 2, 80);
	l4[12] = (uint8_t)((20 + n) / 4 << 4);
	l4[13] = 2;
	memcpy(l4 + 20, options, n);
	return len;
}

static void flags(uint16_t word)
{
	be16_put(packet + 6, word);
	ip4_csum_set(packet, IP4_HEAD);
}

static void ttl(uint8_t hops)
{
	packet[packet[0] >> 4 == 4 ? 8 : 7] = hops;
	if (packet[0] >> 4 == 4)
		ip4_csum_set(packet, IP4_HEAD);
}

static const char *const host = "10.1.0.2", *const far = "10.2.0.9", *const far_udp = "10.4.0.9",
			 *const peer = "198.51.100.9", *const us = "192.0.2.1",
			 *const host6 = "fd00:1::2", *const far6 = "fd00:2::9";

static void outward(void)
{
	static const uint8_t mss[] = {1, 2, 4, 5, 0xb4, 1, 4, 2, 0, 0, 0, 0};
	static const uint8_t odd[] = {2, 4, 5, 0xb4}, broken[] = {5, 60, 1, 1};

	op(FRAME_IP, IN, packet, ip(host, far, IP_ICMP, 32));
	op(FRAME_IP, IN | FRAME_QUEUE, packet, ip(host, far, IP_ICMP, 32));
	op(FRAME_IP, IN | FRAME_STAY, packet, udp(host, far, 1, 2, 100));
	op(FRAME_IP, IN | FRAME_TIGHT, packet, udp(host, far_udp, 1, 2, 100));
	op(FRAME_IP, IN, packet, udp(host, far_udp, 1, 2, 0));
	op(FRAME_IP, IN, packet, ip(host6, far6, IP_UDP, 60));
	end("esp");
	op(FRAME_IP, IN, packet, syn(host, far, mss, sizeof(mss)));
	op(FRAME_IP, IN, packet, syn(host, far, odd, sizeof(odd)));
	op(FRAME_IP, IN, packet, syn(host, far, broken, sizeof(broken)));
	op(FRAME_IP, IN, packet, syn(host6, far6, mss, sizeof(mss)));
	end("syn");
	op(FRAME_IP, IN, packet, udp(host, far, 1, 2, 1472));
	op(FRAME_IP, IN, packet, udp(host, far_udp, 1, 2, 1472));
	ip(host, far, IP_UDP, 1480);
	flags(IP4_DF);
	op(FRAME_IP, IN, packet, 1500);
	op(FRAME_IP, IN, packet, ip(host6, far6, IP_UDP, 1460));
	ip(host, far, IP_UDP, 1480);
	flags(IP4_MF | 100);
	op(FRAME_IP, IN, packet, 1500);
	end("long");
	ip(host, far, IP_UDP, 32);
	ttl(1);
	op(FRAME_IP, IN, packet, 52);
	ip(host6, far6, IP_UDP, 32);
	ttl(1);
	op(FRAME_IP, IN, packet, 72);
	end("ttl");
	op(FRAME_IP, IN, packet, udp("10.1.0.1", far, 1, 2, 8));
	op(FRAME_IP, IN, packet, udp("127.0.0.1", far, 1, 2, 8));
	op(FRAME_IP, IN, packet, udp("10.7.0.1", far, 1, 2, 8));
	op(FRAME_IP, IN, packet, udp(host, "224.0.0.5", 1, 2, 8));
	op(FRAME_IP, IN, packet, udp(host, "8.8.8.8", 1, 2, 8));
	op(FRAME_IP, IN, packet, udp(host, "10.1.8.1", 1, 2, 8));
	op(FRAME_IP, IN, packet, udp("10.1.6.1", far, 1, 2, 8));
	op(FRAME_IP, IN, packet, udp(host6, "fd00:9::1", 1, 2, 8));
	op(FRAME_IP, IN, packet, ip(host, "10.1.0.1", IP_ICMP, 8));
	op(FRAME_IP, IN, packet, ip(host, us, IP_ICMP, 8));
	op(FRAME_IP, IN, packet, udp(host, "10.1.9.1", 1, 2, 8));
	end("not_out");
	op(FRAME_IP, IN, packet, udp("10.1.5.7", "100.64.0.9", 1, 2, 8));
	op(FRAME_IP, OUT, packet, udp("100.64.0.9", "10.1.5.7", 1, 2, 8));
	EVENTS(FRAME_ANSWER);
	op(FRAME_IP, OUT, packet, udp("100.64.0.9", "10.1.5.7", 1, 2, 8));
	op(FRAME_IP, OUT, packet, udp("224.0.0.1", "10.1.5.7", 1, 2, 8));
	op(FRAME_IP, OUT, packet, udp("192.0.2.1", "10.1.5.7", 1, 2, 8));
	ip("10.1.5.7", "100.64.0.9", IP_UDP, 1480);
	op(FRAME_IP, IN, packet, 1500);
	ttl(1);
	op(FRAME_IP, IN, packet, 1500);
	end("bypass");
	op(FRAME_IP, IN, packet, udp(host, "10.3.0.9", 1, 2, 8));
	EVENTS(FRAME_TRAPPED);
	op(FRAME_IP, IN, packet, udp(host, "10.3.0.9", 1, 2, 8));
	end("trap");
	EVENTS(FRAME_FORGET_HOP);
	op(FRAME_IP, IN, packet, udp(host, far, 1, 2, 8));
	op(FRAME_IP, IN, packet, udp("10.1.5.7", "100.64.0.9", 1, 2, 8));
	EVENTS(FRAME_ANSWER);
	op(FRAME_IP, IN, packet, udp(host, far, 1, 2, 8));
	end("hop");
	op(FRAME_IP, IN, packet, udp(host, "10.1.0.77", 1, 2, 8));
	op(FRAME_IP, IN, packet, udp(host, "10.1.0.77", 1, 2, 8));
	EVENTS(FRAME_ANSWER);
	op(FRAME_IP, IN, packet, udp("10.1.0.77", host, 1, 2, 8));
	op(FRAME_IP, IN, packet, udp(host, "10.1.0.78", 1, 2, 8));
	EVENTS(FRAME_SILENCE);
	op(FRAME_IP, IN, packet, syn(host, "10.1.0.79", broken, sizeof(broken)));
	ip(host, "10.1.0.80", IP_UDP, 8);
	ttl(1);
	op(FRAME_IP, IN, packet, 28);
	EVENTS(FRAME_FORGET_HOST);
	op(FRAME_IP, IN, packet, udp("10.1.0.77", host, 1, 2, 8));
	end("inside");
}

static void arriving(void)
{
	static const uint8_t mss[] = {2, 4, 5, 0xb4};
	static const char *const srcs[] = {"10.2.0.9", "10.4.0.9"};

	for (unsigned int i = 0; i < 2; i++) {
		unsigned int how = i ? FRAME_UDP : 0;

		op(FRAME_INNER, how, packet, udp(srcs[i], host, 1, 2, 30));
		op(FRAME_INNER, how | FRAME_TIGHT | FRAME_QUEUE, packet,
			udp(srcs[i], host, 1, 2, 31));
		op(FRAME_INNER, how | FRAME_REPLAY, packet, udp(srcs[i], host, 1, 2, 30));
		op(FRAME_INNER, how | FRAME_STAY, packet, syn(srcs[i], host, mss, 4));
		op(FRAME_INNER, how, packet, ip(far6, host6, IP_UDP, 80));
		end(i ? "inner_udp" : "inner");
	}
	op(FRAME_INNER, 0, packet, udp("10.5.0.9", host, 1, 2, 8));
	op(FRAME_INNER, 0, packet, udp(far, "10.1.0.1", 1, 2, 8));
	op(FRAME_INNER, 0, packet, udp(far, "10.1.9.1", 1, 2, 8));
	op(FRAME_INNER, 0, packet, udp(far, "10.9.9.1", 1, 2, 8));
	op(FRAME_INNER, 0, packet, udp(far, "10.1.0.77", 1, 2, 8));
	op(FRAME_INNER, 0, packet, udp(far, "10.3.0.77", 1, 2, 8));
	op(FRAME_INNER, FRAME_UDP, packet, udp(far_udp, "10.4.0.1", 1, 2, 8));
	ip(far, "10.1.0.2", IP_UDP, 40);
	flags(IP4_MF);
	op(FRAME_INNER, 0, packet, 60);
	ip(far, "10.1.0.2", IP_UDP, 40);
	ttl(1);
	op(FRAME_INNER, 0, packet, 60);
	end("inner_elsewhere");
	op(FRAME_INNER, 0, packet, udp(far, "10.4.0.9", 1, 2, 8));
	op(FRAME_INNER, FRAME_QUEUE, packet, udp(far, "10.4.0.9", 1, 2, 1400));
	op(FRAME_INNER, FRAME_UDP, packet, udp(far_udp, far, 1, 2, 1400));
	end("hub");
	op(FRAME_INNER, FRAME_UDP | 1, packet, udp(far_udp, host, 1, 2, 8));
	EVENTS(FRAME_MOVE);
	op(FRAME_INNER, FRAME_UDP | 1, packet, udp(far_udp, host, 1, 2, 8));
	op(FRAME_IP, IN, packet, udp(host, far_udp, 1, 2, 8));
	end("moved");
	op(FRAME_INNER, FRAME_UDP | 1 | FRAME_STAY, packet, udp(far_udp, host, 1, 2, 8));
	EVENTS(FRAME_RENEW);
	op(FRAME_INNER, FRAME_UDP, packet, udp(far_udp, host, 1, 2, 8));
	op(FRAME_IP, IN, packet, udp(host, far_udp, 1, 2, 8));
	end("renewed");
	op(FRAME_INNER, 0, packet, udp(far, host, 1, 2, 1600));
	ip(far, host, IP_UDP, 1600);
	flags(IP4_DF);
	op(FRAME_INNER, 0, packet, 1620);
	op(FRAME_INNER, 0, packet, ip(far6, host6, IP_UDP, 1600));
	EVENTS(FRAME_FULL);
	for (unsigned int i = 0; i < 4; i++)
		op(FRAME_INNER, FRAME_STAY, packet, udp(far, host, 1, 2, 20));
	op(FRAME_INNER, FRAME_UDP, packet, udp(far_udp, host, 1, 2, 20));
	end("inner_long");
	op(FRAME_TEXT, 0, "\1\2\2\73", 4);
	op(FRAME_TEXT, 0, "\1\2\2\4", 4);
	op(FRAME_TEXT, 0, "\1\2\2\6", 4);
	op(FRAME_TEXT, 0, "\1\3\2\4", 4);
	op(FRAME_TEXT, 0, "", 0);
	op(FRAME_TEXT, 0, "\0\4\4", 3);
	end("text");
}

// ICMP about a packet of ours: type and code, MTU in the last word of its header.
static uint16_t unreachable(uint8_t code, uint16_t mtu, uint8_t proto)
{
	uint8_t quote[64];
	uint16_t len;

	len = ip(us, peer, proto, 16);
	memcpy(quote, packet, len);
	if (proto == IP_UDP) {
		be16_put(quote + IP4_HEAD, NATT_PORT);
		be16_put(quote + IP4_HEAD + 2, NATT_PORT);
		be32_put(quote + IP4_HEAD + 8, 0x2002);
	} else {
		be32_put(quote + IP4_HEAD, 0x2001);
	}
	ip("192.0.2.254", us, IP_ICMP, (uint16_t)(8 + len));
	packet[20] = 3;
	packet[21] = code;
	be16_put(packet + 22, 0);
	be32_put(packet + 24, mtu);
	memcpy(packet + 28, quote, len);
	be16_put(packet + 22, csum_fold(csum_add(0, packet + 20, 8u + len)));
	return (uint16_t)(28 + len);
}

static void to_gateway(void)
{
	uint16_t len;

	op(FRAME_IP, OUT, packet, udp(peer, us, 500, 500, 60));
	len = udp(peer, us, 500, 500, 60);
	memset(packet + 28, 0, 16);
	be32_put(packet + 28 + 12, 0xaaaa);
	op(FRAME_IP, OUT, packet, len);
	op(FRAME_IP, OUT, packet, udp(peer, us, 500, 500, 4));
	len = udp(peer, us, 4500, 4500, 80);
	memset(packet + 28, 0, 4);
	op(FRAME_IP, OUT, packet, len);
	op(FRAME_IP, OUT, packet, udp(peer, us, 4500, 4500, 80));
	op(FRAME_IP, OUT, packet, udp(peer, us, 4500, 4500, 2));
	len = udp(peer, us, 4500, 4500, 1);
	packet[28] = 0xff;
	op(FRAME_IP, OUT, packet, len);
	op(FRAME_IP, OUT, packet, udp(peer, us, 1, 53, 20));
	op(FRAME_IP, OUT, packet, ip(peer, us, IP_ICMP, 20));
	op(FRAME_IP, OUT, packet, ip(peer, us, IP_TCP, 20));
	op(FRAME_IP, OUT2, packet, udp(peer, "203.0.113.1", 500, 500, 60));
	op(FRAME_IP, OUT2, packet, udp(peer, us, 500, 500, 60));
	end("gateway");
	len = udp(peer, us, 4500, 4500, 80);
	be16_put(packet + 24, 500);
	op(FRAME_IP, OUT, packet, len);
	op(FRAME_IP, OUT, packet, ip(peer, us, IP_ESP, 60));
	op(FRAME_IP, OUT, packet, ip(peer, us, IP_ESP, 6));
	op(FRAME_IP, OUT, packet, ip(peer, "10.1.0.2", IP_ESP, 60));
	ip(peer, us, IP_ESP, 60);
	flags(IP4_MF);
	op(FRAME_IP, OUT, packet, 80);
	ip(peer, us, IP_TCP, 60);
	flags(IP4_MF);
	op(FRAME_IP, OUT, packet, 80);
	len = ip(peer, "203.0.113.1", IP_ESP, 60);
	be32_put(packet + 20, 0x1001);
	op(FRAME_IP, OUT2, packet, len);
	op(FRAME_IP, OUT, packet, udp(far, host, 1, 2, 8));
	op(FRAME_IP, OUT, packet, udp(us, us, 500, 500, 60));
	op(FRAME_IP, OUT, packet, ip(far6, host6, IP_UDP, 8));
	packet[0] = 0x46;
	op(FRAME_IP, OUT, packet, 60);
	op(FRAME_IP, OUT | FRAME_AS_IS, packet, 48);
	op(FRAME_IP, OUT | FRAME_AS_IS, packet, 10);
	end("forged");
	op(FRAME_IP, OUT, packet, unreachable(4, 1300, IP_ESP));
	op(FRAME_IP, OUT, packet, unreachable(4, 1280, IP_UDP));
	op(FRAME_IP, OUT, packet, unreachable(4, 0, IP_ESP));
	op(FRAME_IP, OUT, packet, unreachable(2, 0, IP_ESP));
	op(FRAME_IP, IN, packet, udp(host, far, 1, 2, 1400));
	ip(host, far, IP_UDP, 1400);
	flags(IP4_DF);
	op(FRAME_IP, IN, packet, 1420);
	EVENTS(FRAME_WAIT_LONG, FRAME_WAIT);
	end("pmtu");
}

// A piece of a datagram: where it begins and how long it is, in units of 8 bytes.
struct piece {
	uint16_t at, units;
	bool last;
};

static void fragments(const char *name, uint16_t dport, const struct piece *piece, unsigned int n)
{
	uint8_t whole[256];
	uint16_t all = udp(peer, us, 500, dport, 120);

	if (dport == NATT_PORT)
		memset(packet + IP4_HEAD + UDP_HEAD, 0, 4);
	memcpy(whole, packet, all);
	for (unsigned int i = 0; i < n; i++) {
		size_t len = piece[i].units * 8u;

		memcpy(packet, whole, IP4_HEAD);
		memcpy(packet + IP4_HEAD, whole + IP4_HEAD + piece[i].at * 8u, len);
		flags((uint16_t)(piece[i].at | (piece[i].last ? 0 : IP4_MF)));
		op(FRAME_IP, OUT, packet, IP4_HEAD + len);
	}
	end(name);
}

static void in_fragments(void)
{
	static const struct piece right[] = {{0, 5, false}, {10, 6, true}, {5, 5, false}},
				  twice[] = {{0, 5, false}, {4, 5, false}},
				  beyond[] = {{5, 5, true}, {8, 5, false}},
				  ends_twice[] = {{5, 5, true}, {12, 2, true}},
				  empty[] = {{0, 0, false}};

	fragments("fragments_ike", 500, right, 3);
	fragments("fragments_natt", 4500, right, 3);
	fragments("fragments_host", 53, right, 3);
	fragments("fragments_twice", 500, twice, 2);
	fragments("fragments_beyond", 500, beyond, 2);
	fragments("fragments_end_twice", 500, ends_twice, 2);
	fragments("fragments_empty", 500, empty, 1);
	// ESP in UDP must not come in fragments.
	for (uint16_t at = 0; at < 2; at++) {
		udp(peer, us, 4500, 4500, 24);
		if (at)
			memmove(packet + 20, packet + 36, 16);
		flags(at ? 2 : IP4_MF);
		op(FRAME_IP, OUT, packet, 36);
	}
	end("fragments_esp");
	for (uint16_t id = 0; id < 20; id++) {
		udp(peer, us, 500, 500, 24);
		be16_put(packet + 4, id);
		flags(IP4_MF);
		op(FRAME_IP, OUT, packet, 36);
	}
	EVENTS(FRAME_WAIT_LONG);
	end("fragments_many");
}

// The frame of a packet, for a port or from its kernel.
static uint16_t framed(uint8_t *frame, unsigned int port, uint16_t type, uint16_t len)
{
	memcpy(frame, (const uint8_t[]){2, 0, 0, 0, 0, (uint8_t)port, 2, 1, 1, 1, 1, 1}, 12);
	be16_put(frame + 12, type);
	memcpy(frame + ETH_HEAD, packet, len);
	return (uint16_t)(ETH_HEAD + len);
}

// RFC 4861 s4.3: to all nodes.
static uint16_t nd(void)
{
	uint16_t len = ip(host6, "ff02::1:ff00:1", IP_ICMP6, 24);

	packet[7] = 255;
	packet[IP6_HEAD] = 135;
	return len;
}

static void ethernet(void)
{
	static const uint16_t types[] = {ETHERTYPE_V4, ETHERTYPE_V6, ETHERTYPE_ARP, 0x88cc};
	uint8_t frame[2048];
	uint16_t len;

	for (unsigned int to = 0; to < 3; to++) {
		for (unsigned int t = 0; t < 4; t++) {
			len = framed(frame, IN, types[t], udp(host, far, 1, 2, 8));
			if (to)
				memset(frame, to == 1 ? 0xff : 6, 6);
			op(FRAME_ETHERNET, IN, frame, len);
		}
	}
	len = framed(frame, IN, ETHERTYPE_V6, nd());
	memset(frame, 0x33, 6);
	op(FRAME_ETHERNET, IN, frame, len);
	op(FRAME_ETHERNET, OUT, frame, len);
	op(FRAME_ETHERNET, IN, frame, 13);
	op(FRAME_ETHERNET, IN, frame, 14);
	end("ethernet");
	// A sum over the pseudo header alone: the rest was left to hardware.
	len = udp(host, far, 1, 2, 8);
	be16_put(packet + 26, (uint16_t)~csum_fold(csum_add(IP_UDP + 16u, packet + 12, 8)));
	op(FRAME_IP, IN, packet, len);
	len = udp(host6, far6, 1, 2, 8);
	be16_put(packet + 46, (uint16_t)~csum_fold(csum_add(IP_UDP + 16u, packet + 8, 32)));
	op(FRAME_IP, IN, packet, len);
	op(FRAME_IP, IN, packet, ip(host, far, IP_TCP, 8));
	end("unfinished");
}

static void kernel(void)
{
	uint8_t frame[2048];

	op(FRAME_KERNEL, OUT, frame, framed(frame, OUT, ETHERTYPE_V4, udp(us, "8.8.8.8", 1, 2, 8)));
	op(FRAME_KERNEL, OUT, frame, framed(frame, OUT, ETHERTYPE_V4, udp(us, far, 1, 2, 8)));
	op(FRAME_KERNEL, OUT, frame,
		framed(frame, OUT, ETHERTYPE_V4, udp(us, "224.0.0.5", 1, 2, 8)));
	op(FRAME_KERNEL, OUT, frame,
		framed(frame, OUT, ETHERTYPE_V4, udp("10.1.0.9", "8.8.8.8", 1, 2, 8)));
	op(FRAME_KERNEL, OUT, frame, framed(frame, OUT, ETHERTYPE_ARP, 28));
	op(FRAME_KERNEL, OUT, frame, framed(frame, OUT, 0x88cc, 28));
	op(FRAME_KERNEL, OUT, frame, 14);
	op(FRAME_KERNEL, IN, frame, framed(frame, IN, ETHERTYPE_V6, nd()));
	op(FRAME_KERNEL, IN, frame, framed(frame, IN, ETHERTYPE_V4, udp("10.1.0.1", far, 1, 2, 8)));
	op(FRAME_KERNEL, IN, frame,
		framed(frame, IN, ETHERTYPE_V4, udp("10.1.0.1", host, 1, 2, 8)));
	op(FRAME_KERNEL, IN, frame,
		framed(frame, IN, ETHERTYPE_V4, udp("10.7.0.1", "10.1.0.77", 1, 2, 8)));
	op(FRAME_KERNEL, IN, frame,
		framed(frame, IN, ETHERTYPE_V4, udp("10.7.0.1", "224.0.0.5", 1, 2, 8)));
	end("kernel");
	op(FRAME_TUN, 0, packet, udp("10.1.9.1", far, 1, 2, 8));
	op(FRAME_TUN, 0, packet, udp("10.1.9.1", "10.4.0.1", 1, 2, 8));
	op(FRAME_TUN, 0, packet, ip("fd00:1::9", far6, IP_UDP, 8));
	op(FRAME_TUN, 0, packet, 0);
	end("tun");
}

// Our own messages, whole, in fragments, and while the next hop is not known.
static void sent(void)
{
	static const uint8_t message[2000] = {1};

	op(FRAME_IKE, 0, message, 300);
	op(FRAME_IKE, FRAME_UDP, message, sizeof(message));
	EVENTS(FRAME_FORGET_HOP);
	op(FRAME_IKE, FRAME_UDP, "\xff", 1);
	op(FRAME_IKE, 0, message, 300);
	EVENTS(FRAME_ANSWER);
	end("ike");
}

// What a trace tells, at each end of the pipelines.
static void traced(void)
{
	uint8_t frame[2048];

	EVENTS(FRAME_TRACE);
	op(FRAME_IP, IN, packet, udp(host, far, 1, 2, 8));
	op(FRAME_INNER, FRAME_QUEUE, packet, udp(far, host, 1, 2, 8));
	op(FRAME_INNER, 0, packet, udp(far, "10.4.0.9", 1, 2, 8));
	op(FRAME_ETHERNET, IN, frame, framed(frame, IN, ETHERTYPE_ARP, 28));
	EVENTS(FRAME_TRACE);
	op(FRAME_IP, IN, packet, ip(host6, far6, IP_UDP, 60));
	op(FRAME_IP, OUT, packet, ip(host6, far6, 0, 60));
	op(FRAME_IP, IN, packet, 1);
	op(FRAME_IP, IN, packet, udp("10.1.5.7", "100.64.0.9", 1, 2, 8));
	end("trace");
}

// Messages of the kernel

static struct nlmsghdr *message;

static void *begin(uint16_t type, size_t head)
{
	memset(room, 0, 1024);
	message = mnl_nlmsg_put_header(room);
	message->nlmsg_type = type;
	return mnl_nlmsg_put_extra_header(message, head);
}

static void attr_addr(uint16_t type, const char *text)
{
	uint8_t b[16];
	int family = strchr(text, ':') ? AF_INET6 : AF_INET;

	inet_pton(family, text, b);
	mnl_attr_put(message, type, family == AF_INET ? 4 : 16, b);
}

static void said(const char *name)
{
	save("netlink", name, room, message->nlmsg_len);
}

static void links(void)
{
	struct ifinfomsg *link = begin(RTM_NEWLINK, sizeof(*link));

	link->ifi_index = 3;
	link->ifi_flags = IFF_UP;
	mnl_attr_put_strz(message, IFLA_IFNAME, "eth0");
	said("link");
	link = begin(RTM_DELLINK, sizeof(*link));
	said("link_gone");
	link->ifi_family = AF_BRIDGE;
	said("link_of_bridge");
}

static void addresses(void)
{
	static const char *const texts[] = {"192.0.2.1", "2001:db8::1"};

	for (unsigned int v6 = 0; v6 < 2; v6++) {
		struct ifaddrmsg *addr = begin(RTM_NEWADDR, sizeof(*addr));

		addr->ifa_family = v6 ? AF_INET6 : AF_INET;
		addr->ifa_prefixlen = 24;
		addr->ifa_index = 3;
		attr_addr(IFA_ADDRESS, texts[v6]);
		mnl_attr_put_u32(message, IFA_FLAGS, IFA_F_DADFAILED);
		said(v6 ? "addr6" : "addr4");
		attr_addr(IFA_LOCAL, texts[v6]);
		said(v6 ? "addr6_local" : "addr4_local");
		addr->ifa_prefixlen = 129;
		said(v6 ? "addr6_too_long" : "addr4_too_long");
		message->nlmsg_type = RTM_DELADDR;
		addr->ifa_family = v6 ? AF_INET : AF_MPLS;
		said(v6 ? "addr6_gone" : "addr4_gone");
	}
}

static void neighbours(void)
{
	static const uint16_t states[] = {NUD_REACHABLE, NUD_FAILED, NUD_NOARP};

	for (unsigned int i = 0; i < 3; i++) {
		struct ndmsg *neigh = begin(RTM_NEWNEIGH, sizeof(*neigh));
		char name[32];

		neigh->ndm_family = AF_INET;
		neigh->ndm_ifindex = 3;
		neigh->ndm_state = states[i];
		attr_addr(NDA_DST, "192.0.2.254");
		mnl_attr_put(message, NDA_LLADDR, 6, "\2\1\1\1\1\1");
		snprintf(name, sizeof(name), "neigh_%u", i);
		said(name);
	}
}

static void routes(void)
{
	struct rtmsg *to = begin(RTM_NEWROUTE, sizeof(*to));
	struct rtnexthop *hop;
	struct nlattr *nest;

	*to = (struct rtmsg){.rtm_family = AF_INET,
		.rtm_dst_len = 16,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_type = RTN_UNICAST,
		.rtm_protocol = RTPROT_STATIC};
	attr_addr(RTA_DST, "10.2.0.0");
	attr_addr(RTA_GATEWAY, "192.0.2.254");
	mnl_attr_put_u32(message, RTA_OIF, 3);
	mnl_attr_put_u32(message, RTA_PRIORITY, 20);
	mnl_attr_put_u32(message, RTA_TABLE, RT_TABLE_MAIN);
	said("route");
	to->rtm_dst_len = 200;
	said("route_too_long");
	to->rtm_dst_len = 16;
	to->rtm_protocol = 204;
	said("route_ours");
	to = begin(RTM_NEWROUTE, sizeof(*to));
	*to = (struct rtmsg){
		.rtm_family = AF_INET6, .rtm_table = RT_TABLE_MAIN, .rtm_type = RTN_UNICAST};
	nest = mnl_attr_nest_start(message, RTA_MULTIPATH);
	hop = (struct rtnexthop *)(room + message->nlmsg_len);
	*hop = (struct rtnexthop){.rtnh_len = sizeof(*hop) + 20, .rtnh_ifindex = 3};
	message->nlmsg_len += sizeof(*hop);
	attr_addr(RTA_GATEWAY, "2001:db8::1");
	mnl_attr_nest_end(message, nest);
	said("route_multipath");
	hop->rtnh_len = 300;
	said("route_multipath_broken");
	to->rtm_dst_len = 16;
	said("route_without_prefix");
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: frame_corpus DIRECTORY\n");
		return 2;
	}
	directory = argv[1];
	program = wr_of(room, sizeof(room));
	outward();
	arriving();
	to_gateway();
	in_fragments();
	ethernet();
	kernel();
	sent();
	traced();
	links();
	addresses();
	neighbours();
	routes();
	begin(NLMSG_DONE, 4);
	said("other");
	return 0;
}
