// Pings through one tunnel, whichever tunnel is active, at a pace of their own, and what they say
// about it (pulse.h). Sent by the gateway itself from an address of its ports; the answers are
// taken before the kernel sees them.
#pragma once

#include "ctl/core.h"
#include "ctl/pulse.h"

struct echo;

struct echo_conf {
	struct addr source, address;
	struct pulse_conf pulse;
	bool always; // without an SA, too: what cannot be sent is lost
};

// What the pings of a tunnel are to be; conf NULL: none. What is so already is left alone, what
// changes begins anew.
//
// echo    where the tunnel has them; NULL: none yet
// judged  called when the state is another one, but not when it begins. Must not call echo_set
// returns 0 or -ENOMEM
[[nodiscard]] int echo_set(struct echo **echo, struct tunnel *tunnel, const struct echo_conf *conf,
	void (*judged)(struct tunnel *tunnel, enum pulse_state state));
void echo_free(struct echo *echo); // NULL is fine

const struct echo_conf *echo_conf_of(const struct echo *echo);
const struct pulse *echo_pulse(const struct echo *echo);
// Answers with our mark that did not fit: altered, repeated, or out of another connection's tunnel.
uint64_t echo_strange(const struct echo *echo);

// An echo reply that came out of a tunnel; as struct dp_sink's echo.
bool echo_take(struct ctl *ctl, struct dp_tunnel *from, const uint8_t *packet, size_t len);

// Do what is due. The timer calls it; so must whoever has given the tunnel an SA.
void echo_turn(struct echo *echo, mono_us_t now);
