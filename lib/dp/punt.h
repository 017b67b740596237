// What workers hand up to the control core, and what it sends down. Included by dp/dp.h.
#pragma once

#include "dp/dp.h"

enum dp_event_type {
	DP_SOFT_LIMIT,	// child: time to rekey
	DP_HARD_LIMIT,	// child: must not be used any more
	DP_SEQ_LOW,	// child: sequence numbers run out (7/8 used)
	DP_ACQUIRE,	// tunnel: a packet waits for an SA; it is sent when dp_child_use comes
	DP_NAT_MOVED,	// child: authentic packets come from another endpoint: from
	DP_PMTU,	// tunnel: path MTU is now mtu
	DP_UNKNOWN_SPI, // from (port 0: not in UDP), addr (ours), spi: ESP that no SA expects
	DP_NEIGH,	// port, addr: a packet needs this neighbour's MAC
};

// Hints: one may get lost when its ring is full, and is repeated while its cause lasts.
struct dp_event {
	enum dp_event_type type;
	struct dp_tunnel *tunnel;
	struct dp_child *child;
	struct endpoint from;
	struct addr addr;
	unsigned int port;
	uint16_t mtu;
	uint32_t spi;
};

// Where dp_poll delivers. Bytes belong to the dataplane and are gone after the call.
struct dp_sink {
	void (*event)(void *ctx, const struct dp_event *event);
	// One IKE message (without non-ESP marker), fragments put together.
	// marker: it came with one, so answers need one (dp_send_ike adds it)
	void (*ike)(void *ctx, unsigned int port, const struct endpoint *local,
		const struct endpoint *remote, bool marker, const uint8_t *msg, size_t len);
	// A frame for the kernel's mirror of a port.
	void (*host)(void *ctx, unsigned int port, const uint8_t *frame, size_t len);
	// What may be an echo reply, decrypted by a tunnel, to an address of ours. returns whether
	// it was taken; what was not is the kernel's, and goes to host. NULL: takes none.
	bool (*echo)(void *ctx, struct dp_tunnel *from, const uint8_t *packet, size_t len);
	// A decrypted IP packet for a tunnel's TUN device.
	void (*tun)(void *ctx, struct dp_tunnel *tunnel, const uint8_t *packet, size_t len);
};

// Readable when workers have something for dp_poll.
int dp_fd(const struct dp *dp);
// Deliver what is there, known IKE first: before each packet of a class, the classes before it are
// looked at.
//
// budget  how many of each class at most, so that a flood of strangers delays nothing else that the
//         caller has to do; NULL: all
// returns how many were delivered. What a budget left over makes dp_fd readable at once.
unsigned int dp_poll(struct dp *dp, const struct dp_sink *sink, void *ctx,
	const unsigned int budget[DP_CLASSES], mono_us_t now);

// Send a UDP datagram with an IKE message from an address of ours. The frame waits when the next
// hop's MAC is not known yet (DP_NEIGH comes; one per neighbour, the newest).
//
// port, next_hop  as in struct dp_tunnel_conf
// marker          RFC 3948 s2.2: put the non-ESP marker before it
// msg, len        len 1 and byte 0xff with marker false is a NAT keepalive
// returns 0, -EMSGSIZE (does not fit the port's MTU: use IKE fragmentation; IPv4 is sent in
//         fragments up to 8 KiB), -ENOBUFS (pool or ring)
[[nodiscard]] int dp_send_ike(struct dp *dp, unsigned int port, const struct addr *next_hop,
	const struct endpoint *local, const struct endpoint *remote, bool marker,
	const uint8_t *msg, size_t len);

// A frame that the kernel sent on a port's mirror. ARP and neighbour discovery leave directly. An
// IP packet enters Outward at spd; only when its source is an address of that port and neither
// policy nor route claims it for a connection, it leaves directly too.
//
// returns 0, -EMSGSIZE or -ENOBUFS
[[nodiscard]] int dp_from_kernel(
	struct dp *dp, unsigned int port, const uint8_t *frame, size_t len);
// An IP packet that the kernel sent on a tunnel's TUN: leaves through that tunnel, active or not.
[[nodiscard]] int dp_from_tun(struct dp_tunnel *tunnel, const uint8_t *packet, size_t len);
