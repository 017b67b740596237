// State for the operator: `show tunnels`, `show ike`. Values, no pointers into the negotiator
// beyond the call.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "alg/proposal.h"
#include "base/err.h"
#include "base/mono.h"
#include "ike/conf.h"

struct ike;

enum ike_tunnel_state {
	IKE_TUNNEL_DOWN,       // nothing wanted, nothing there
	IKE_TUNNEL_CONNECTING, // phase 1 under way
	IKE_TUNNEL_WAITING,    // failed; the next attempt comes at retry_at
	IKE_TUNNEL_IKE_UP,     // IKE SA established, no child
	IKE_TUNNEL_UP,	       // at least one child carries traffic
	IKE_TUNNEL_STATES,
};

// "down", "connecting" ...
const char *ike_tunnel_state_name(enum ike_tunnel_state state);

struct ike_tunnel_view {
	uint32_t tunnel;
	const char *name;
	enum ike_version version;
	bool aggressive; // IKEv1
	enum ike_tunnel_state state;
	bool closed;	    // by IKE_IN_TERMINATE
	mono_us_t since;    // of this state
	mono_us_t retry_at; // 0: no attempt is planned
	uint32_t attempts;  // since the tunnel was last up
	uint32_t sas, children;
	mono_us_t last_in;     // the latest of its SAs' last_in; 0: none is established
	const struct why *why; // the last failure; NULL: none since the tunnel was configured
	mono_us_t why_at;
};

struct ike_sa_view {
	uint32_t tunnel; // 0: not yet known which (a half-open exchange that a peer began)
	const char *name;
	const char *state;
	enum ike_version version;
	bool aggressive; // IKEv1
	bool initiator;
	uint64_t spi_i, spi_r;
	struct endpoint local, remote;
	const struct ike_id *local_id, *remote_id; // NULL: not yet known
	struct suite suite;			   // all NULL before IKE_SA_INIT is done
	bool nat_local, nat_remote;		   // who is behind a NAT
	bool fragmentation;
	uint32_t children;
	uint32_t retransmits;  // of all requests of this SA
	mono_us_t established; // 0: not yet
	mono_us_t rekey_at;    // 0: never
	mono_us_t expires_at;  // 0: never
	mono_us_t last_in;     // last authenticated message or hint of ESP
};

struct ike_child_view {
	uint32_t tunnel, child;
	const char *name; // the child's
	const char *state;
	uint64_t spi_i, spi_r; // of its IKE SA
	uint32_t spi_in, spi_out;
	struct suite suite;
	const struct selector *local, *remote;
	size_t local_count, remote_count;
	bool udp;
	bool outbound; // it is the one that carries what we send
	mono_us_t created, rekey_at, expires_at;
};

// Call each for every one, in no particular order. Control core.
void ike_each_tunnel(const struct ike *ike,
	void (*each)(void *ctx, const struct ike_tunnel_view *view), void *ctx);
void ike_each_sa(
	const struct ike *ike, void (*each)(void *ctx, const struct ike_sa_view *view), void *ctx);
void ike_each_child(const struct ike *ike,
	void (*each)(void *ctx, const struct ike_child_view *view), void *ctx);

// One tunnel's. returns false when there is no such tunnel.
bool ike_tunnel_view(const struct ike *ike, uint32_t tunnel, struct ike_tunnel_view *view);
