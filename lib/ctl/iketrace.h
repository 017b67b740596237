// A tunnel's negotiation written to a file that Wireshark reads, and at an explicit command the
// keys beside it.
#pragma once

#include "ctl/core.h"

enum {
	IKETRACE_S = 60, // unless it is said otherwise
	IKETRACE_MAX_S = 3600,
	IKETRACE_PACKETS = 100000,
};

// Begin: every IKE datagram of the tunnel's peer, both ways, goes to file, until iketrace_end or
// for so many seconds. file is made anew, readable by its owner alone; one that is there is not
// touched.
//
// keys    also make the directory file.keys with the tables ikev1_decryption_table,
//         ikev2_decryption_table and esp_sa of
//         what is negotiated now and from now on. Whoever reads them can read the traffic.
// returns 0, -EBUSY (the tunnel is being traced) or -errno with why
[[nodiscard]] int iketrace_begin(struct ctl *ctl, struct tunnel *tunnel, const char *file,
	unsigned int seconds, bool keys, struct why *why);
// returns 0 or -ENOENT (it was not being traced)
int iketrace_end(struct ctl *ctl, const struct tunnel *tunnel);

// A datagram that came in or goes out.
void iketrace_packet(struct ctl *ctl, const struct endpoint *local, const struct endpoint *remote,
	bool inbound, bool marker, const uint8_t *payload, size_t len);
// The negotiator has taken a step: there may be new keys.
void iketrace_stepped(struct ctl *ctl);
// A child with its keys is about to be installed.
void iketrace_child(struct ctl *ctl, const struct ike_act_child *child);
