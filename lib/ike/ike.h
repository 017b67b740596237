// The IKE negotiator: bytes and time in, actions out. The whole interface.
//
// One struct ike speaks for all tunnels of the appliance, as initiator and responder. It has no
// clock, socket, log or thread: the control core (or the simulated network, or a fuzzer) hands it
// datagrams, commands and the time, and carries out what it answers. docs/ike.md draws it.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alg/proposal.h"
#include "base/err.h"
#include "base/mono.h"
#include "base/rng.h"
#include "base/secret.h"
#include "ike/conf.h"
#include "ike/reason.h"
#include "ike/view.h"
#include "net/addr.h"

struct ike;

struct ike_params {
	struct rng rng;
	uint32_t cookie_above;	   // half-open exchanges above which cookies are demanded; 0: 64
	uint32_t half_open_max;	   // more are refused silently; 0: 1024
	uint32_t half_open_source; // the same for one source (IPv4 address, IPv6 /64); 0: 64
	uint32_t sa_max;	   // IKE SAs altogether; 0: 65536
	uint32_t start_rate;   // IKE SAs that we begin in a second, at most 1000000; 0: no limit.
			       // What an operator or a packet asks for comes first.
	bool steps;	       // tell every message (IKE_ACT_STEP); costs some microseconds each
	uint32_t fragment_len; // largest IP datagram sent when fragmenting; 0: 1280
	bool jobs;	       // hand out slow arithmetic (IKE_ACT_JOB); false: compute in the step
	// Whether an inbound ESP SPI is used elsewhere; NULL: never.
	bool (*spi_taken)(void *ctx, uint32_t spi);
	void *ctx;
};

// returns 0 or -ENOMEM
[[nodiscard]] int ike_new(const struct ike_params *params, struct ike **ike);
// Wipe and free; no job runs any more. Nothing is sent: terminate the tunnels first for an orderly
// goodbye.
void ike_free(struct ike *ike);

enum ike_in_type {
	IKE_IN_DATAGRAM,    // local, remote, data, len
	IKE_IN_TICK,	    // the time has come to out->deadline (or past it)
	IKE_IN_INITIATE,    // tunnel, child (0: all): bring up; ends an earlier IKE_IN_TERMINATE
	IKE_IN_TERMINATE,   // tunnel, child (0: all, with the IKE SA): close and stay down
	IKE_IN_ACQUIRE,	    // tunnel, child: a packet wants a child that is down
	IKE_IN_REKEY_CHILD, // tunnel, child (0: all) or spi: operator, or a limit of the dataplane
	IKE_IN_REKEY_IKE,   // tunnel
	IKE_IN_TRAFFIC, // tunnel, spi: ESP came in lately under this inbound SPI (a hint that the
			// peer lives and uses it; repeat it every second or so, not per packet)
	IKE_IN_MOVED,	// spi, remote: the newest ESP under this inbound SPI came from there
	IKE_IN_ASK,	// tunnel: ask the peer at once whether it lives (DPD); an answer shows in
			// ike_tunnel_view.last_in. -ENOENT, too, when it cannot be asked
	IKE_IN_UNKNOWN_SPI, // local, remote (port 0: not in UDP), spi: ESP that nothing here
			    // expects
	IKE_IN_JOB,	    // job: it was run, or nobody could (then the step runs it)
	IKE_IN_TYPES,
};

struct ike_in {
	enum ike_in_type type;
	mono_us_t now; // never less than the last step's
	uint32_t tunnel, child;
	uint32_t spi; // host order
	// The whole UDP payload. A port of 4500 on our side means that it begins with the four
	// zero bytes of RFC 3948, or is a keepalive; what is neither is ignored.
	struct endpoint local, remote;
	const uint8_t *data;
	size_t len;
	struct ike_job *job;
};

enum ike_act_type {
	IKE_ACT_SEND,	    // a UDP datagram
	IKE_ACT_CHILD_ADD,  // install both directions; do not send with it yet
	IKE_ACT_CHILD_USE,  // send with it from now on; what was used stays open inbound
	IKE_ACT_CHILD_MOVE, // its outer addresses changed
	IKE_ACT_CHILD_DEL,  // remove both directions
	IKE_ACT_EVENT,
	IKE_ACT_STEP, // with ike_params.steps
	IKE_ACT_JOB,  // slow arithmetic: ike_job_run, then IKE_IN_JOB, in any order among jobs
};

// The whole UDP payload, as it stands on the wire: RFC 3948's marker is already in front.
struct ike_act_send {
	struct endpoint local, remote;
	uint8_t *data; // the ike_out's
	size_t len;
};

// ADD fills everything; the others the ids, SPIs and, for MOVE, addresses and udp.
struct ike_act_child {
	uint32_t tunnel, child;
	uint32_t spi_in, spi_out; // host order
	uint32_t replaces;	  // ADD: spi_in of the SA that this one takes over from, 0: none
	struct endpoint local, remote; // outer; the ports matter with udp
	bool udp;		       // UDP-encapsulated (RFC 3948)
	bool initiator;		       // we began the exchange that made it
	struct suite suite;
	// Cipher key with its salt behind; HMAC key (none with AEAD). RFC 7296 s2.17.
	// The ike_out's; take one over by copying the struct and zeroing it here.
	struct secret encr_in, integ_in, encr_out, integ_out;
	// As negotiated, seen from us.
	struct selector *local_ts, *remote_ts; // the ike_out's
	size_t local_ts_count, remote_ts_count;
	uint32_t lifetime_s; // hard; 0: none. The negotiator deletes it by itself.
};

enum ike_event {
	IKE_EVENT_IKE_UP,
	IKE_EVENT_IKE_REKEYED,
	IKE_EVENT_IKE_DOWN,
	IKE_EVENT_CHILD_UP,
	IKE_EVENT_CHILD_REKEYED,
	IKE_EVENT_CHILD_DOWN,
	IKE_EVENT_REFUSED,   // a negotiation failed, at our side or the peer's: why
	IKE_EVENT_PEER_DEAD, // no answer: why
	IKE_EVENT_MOVED,     // the peer's address or port changed
	IKE_EVENT_NOTED, // nothing has failed that was not to, but the operator should know: why
	IKE_EVENTS,
};

// "ike up", "peer dead" ...
const char *ike_event_name(enum ike_event event);

// A message that was sent or understood, as one line without contents.
struct ike_act_step {
	uint32_t tunnel;
	char text[192];
};

struct ike_act_event {
	enum ike_event event;
	uint32_t tunnel; // 0: not known (a stranger)
	uint32_t child;	 // 0: about the IKE SA
	uint64_t spi_i, spi_r;
	uint32_t spi_in, spi_out; // of the child
	struct endpoint local, remote;
	struct suite suite; // of the child, or of the IKE SA
	bool child_level;   // REFUSED: the IKE SA stands, a child was refused ("phase 2")
	struct why why;	    // empty strings: nothing to tell; code: enum ike_reason
};

// The slow arithmetic of one handshake (a Diffie-Hellman exchange); the negotiator's. Each one that
// a step hands out comes back exactly once, and all before ike_free.
struct ike_job;

// Any thread; the negotiator does not touch it until it is back.
void ike_job_run(struct ike_job *job);

struct ike_act_job {
	struct ike_job *job;
	bool stranger; // of a peer that has yet to prove itself: after the others
};

struct ike_act {
	enum ike_act_type type;
	union {
		struct ike_act_send send;
		struct ike_act_child child;
		struct ike_act_event event;
		struct ike_act_step step;
		struct ike_act_job job;
	};
};

// What one step answers: actions in the order in which they must be carried out.
// Zero-initialise; the same one may be given to every step after ike_out_clear.
struct ike_out {
	struct ike_act *act;
	size_t count;
	size_t room;
	mono_us_t deadline; // send IKE_IN_TICK then; 0: never. Replaces the last step's.
};

// Wipe and free what the actions hold; keeps the array.
void ike_out_clear(struct ike_out *out);
// The same, and the array.
void ike_out_free(struct ike_out *out);

// Take one input. Appends to out.
//
// returns 0, -ENOENT (a command names no tunnel or child), -EINVAL (unknown input) or -ENOMEM (an
// exchange was given up or an action lost; the views tell the truth). A datagram is never an error.
[[nodiscard]] int ike_step(struct ike *ike, const struct ike_in *in, struct ike_out *out);

// Configure a tunnel, new or known by its id. An unchanged one is left alone; a changed one is
// closed and begins anew; no other tunnel notices. What is to start now starts within the call.
//
// returns 0, -EINVAL with why, or -ENOMEM (nothing changed)
[[nodiscard]] int ike_conf_set(struct ike *ike, const struct ike_conf *conf, mono_us_t now,
	struct ike_out *out, struct why *why);

// Close a tunnel and forget it. returns 0 or -ENOENT.
[[nodiscard]] int ike_conf_del(
	struct ike *ike, uint32_t tunnel, mono_us_t now, struct ike_out *out);
