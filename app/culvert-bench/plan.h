// The traffic of a benchmark: tunnels, flows and sizes, as frames. tests/perf/traffic.py writes the
// same frames into pcap files: change both.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "alg/proposal.h"
#include "drv/crypto.h"
#include "net/addr.h"

enum {
	PLAN_FIRST_SPI = 1000,
	PLAN_KEY = 128,
	PLAN_MTU = 1500,
};

struct plan {
	struct suite suite;
	unsigned int tunnels, flows;
	bool inward;
	bool imix;	   // 64, 576 and 1400 bytes, 7 : 4 : 1
	unsigned int size; // of inner packets, without imix
};

struct frames {
	unsigned int n;
	uint16_t *len;
	uint32_t *at; // offset in data, each at a cache line
	uint8_t *data;
};

struct addr plan_gateway(void);
struct addr plan_peer(unsigned int tunnel); // and its next hop is behind the outside port
// What lies behind a tunnel, and behind the gateway.
struct cidr plan_remote(const struct plan *plan, unsigned int tunnel);
struct cidr plan_local(void);
// The key material that every SA uses, as much as anybody wants of it.
const uint8_t *plan_key(void);

// Frames for the port where the traffic enters: clear, or sealed by the back end when inward, with
// sequence numbers from 1 on in each tunnel. n grows to a multiple of the tunnels and of 64.
//
// returns 0, -EINVAL (the back end cannot do the suite) or -ENOMEM
[[nodiscard]] int plan_frames(const struct plan *plan, const struct crypto_driver *driver,
	unsigned int n, struct frames *frames);
void frames_free(struct frames *frames);
