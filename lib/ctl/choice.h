// Which of a connection's two tunnels carries its traffic. Pure: time is an argument.
//
// The roles are fixed: tunnel 1 carries the traffic while it is usable, else tunnel 2 does
// and tunnel 1 has it back when it has been usable for the hold-down.
#pragma once

#include <stdbool.h>

#include "base/mono.h"

// Why a tunnel is not usable; several may hold at once.
enum failover_reason {
	FAILOVER_NO_SA,	   // nothing to send with: not negotiated, deleted by the peer, peer dead
	FAILOVER_OPERATOR, // the operator took it down
	FAILOVER_LINK,	   // the link of its port is down
	FAILOVER_SILENT,   // the link is back, but the peer has not been heard since
	FAILOVER_PROBE,	   // its probe (tunnel.probe) is not answered
	FAILOVER_HEALTH,   // the connection's health check has failed
	FAILOVER_REASONS,
};

// Zero is a tunnel that is usable since ever; say FAILOVER_NO_SA of a new one.
struct standing {
	mono_us_t down[FAILOVER_REASONS]; // since when the reason holds; 0: it does not
	mono_us_t usable_since;		  // 0: it is not, or was not told anything yet
	bool relapsed;			  // it was usable and ceased to be: the hold-down counts
};

// A reason begins or ceases to hold. returns whether that is news
bool choice_say(struct standing *s, enum failover_reason reason, bool down, mono_us_t now);
bool choice_usable(const struct standing *s);
// The reason that began last, of those that hold; FAILOVER_REASONS: none.
enum failover_reason choice_newest(const struct standing *s);

// The tunnel, 0 or 1, that is to carry the traffic.
//
// first, second  NULL: there is none; not both
// active         the one that carries it now
// again          when this answer must be asked for anew, though nobody has said a thing; 0: never
//
// When neither is usable it is the one that is nearer to being so, for a packet may be what brings
// it up: one that only fails a probe before one without an SA before one that cannot have any.
unsigned int choice_make(const struct standing *first, const struct standing *second,
	unsigned int active, mono_us_t hold_down, mono_us_t now, mono_us_t *again);
