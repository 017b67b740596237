// The negotiator's own structures; for files within lib/ike alone.
//
// Everything belongs to the control core. During a step, ike->now is its time and ike->out takes
// its actions. What dies in a step is freed at the step's end, so that no caller on the stack holds
// a dangling pointer.
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <uthash.h>

#include "crypto/ke.h"
#include "ike/cookie.h"
#include "ike/frag.h"
#include "ike/ike.h"
#include "ike/keymat.h"
#include "ike/msg.h"
#include "ike/natt.h"
#include "ike/timer.h"
#include "ike/wire.h"

enum { IKE_NONCE = 32 }; // ours

struct v2_exchange; // v2/exchange.h
struct v1_sa;	    // v1/sa.h

// The datagrams of one message: all but the last are each bytes long.
struct ike_packets {
	uint8_t *bytes; // malloc'ed; NULL: none
	uint32_t len;
	uint32_t each;
};

enum ike_child_state {
	IKE_CHILD_NEW,	    // an SPI is reserved; not installed
	IKE_CHILD_OPEN,	    // installed; the peer has yet to confirm that it is (IKEv1)
	IKE_CHILD_LIVE,	    // installed
	IKE_CHILD_REPLACED, // installed; a newer one took over, the delete is to come
	IKE_CHILD_CLOSED,   // removed; the peer has yet to hear of it
	IKE_CHILD_DYING,    // deleted by both; open a moment for packets still under way
	IKE_CHILD_STATES,
};

struct ike_child {
	UT_hash_handle hh; // ike->children by spi_in
	TAILQ_ENTRY(ike_child) link;
	struct ike_sa *sa;
	const struct ike_child_conf *conf;
	uint32_t spi_in, spi_out;
	struct suite suite;
	struct selector *ts; // local, then remote
	// Of the exchange that made the first of its line, handed on from rekey to rekey: the lower
	// nonce, as far as it goes, and who began. They break a tie (ike_child_stays).
	uint8_t low[IKE_NONCE];
	bool began;
	uint8_t local_count, remote_count;
	uint8_t state;	// enum ike_child_state
	bool initiator; // we began the exchange that made it
	bool outbound;	// it carries what we send
	bool want_rekey;
	bool want_delete;
	uint32_t lifetime_s; // as configured, or less if the peer wants it so; 0: no limit
	mono_us_t begun;     // its exchange
	mono_us_t created, rekey_at, expires_at, dies_at; // 0: never
	mono_us_t use_at;  // send with it then at the latest; 0: nothing to wait for
	mono_us_t hard_at; // of one that is replaced: when it would have expired
};
TAILQ_HEAD(ike_children, ike_child);

// What the peer made with its own rekey of the same thing, while ours is under way (s2.8.1).
struct ike_rival {
	uint32_t child_spi; // rekeying a child: spi_in of the peer's new one; 0: none
	struct ike_sa *sa;  // rekeying an IKE SA
	uint16_t low_len;
	uint8_t low[IKE_NONCE_MAX]; // the lower nonce of its exchange
};

// A request of ours, until it is answered.
struct ike_request {
	const struct v2_exchange *row;
	uint32_t id;
	struct ike_packets sent;
	uint32_t tries;
	mono_us_t sent_at, again_at, dead_at; // dead_at 0: the tries decide
	uint64_t gap_us;
	// What it is about; most are empty for most exchanges.
	struct ike_child *fresh; // the child being made
	struct ike_sa *next;	 // the IKE SA being made
	uint32_t subject;	 // spi_in of the child being rekeyed or deleted
	struct ke *ke;
	uint8_t nonce[IKE_NONCE];
	bool unwanted;	   // the operator closed what fresh is to become
	uint32_t gone_spi; // the peer deleted a child of this SPI that we do not have yet
	struct ike_rival *rival;
};

// What is needed until the IKE SA is up.
struct ike_half_key {
	uint64_t spi_i;
	uint8_t addr[16];
	uint32_t port;
	uint32_t family;
};

struct ike_half {
	UT_hash_handle hh; // ike->halves; where we respond
	struct ike_half_key key;
	struct ike_sa *sa;
	uint8_t *init[2]; // IKE_SA_INIT messages: ours, the peer's; malloc'ed
	size_t init_len[2];
	uint8_t nonce[IKE_NONCE];
	uint8_t peer_nonce[IKE_NONCE_MAX];
	uint16_t peer_nonce_len;
	struct ke *ke;
	const struct alg *group;
	uint8_t restarts; // after COOKIE and INVALID_KE_PAYLOAD
	uint8_t cookie[IKE_COOKIE_MAX];
	uint8_t cookie_len;
	uint32_t candidate;	   // the tunnel whose proposals were chosen; where we respond
	struct ike_source *source; // limit.h; where we respond
	bool proven;		   // the peer's address is its own
	bool doubted; // where we began: an answer that anybody may have sent refuses us, and was
		      // told
};

enum ike_sa_state {
	IKE_SA_CONNECTING, // IKE_SA_INIT
	IKE_SA_PROVING,	   // IKE_AUTH
	IKE_SA_UP,
	IKE_SA_REPLACED, // rekeyed; waits for its delete
	IKE_SA_ORPHANED, // ended by the peer (IKEv1); its children wait for another one
	IKE_SA_CLOSING,	 // our delete is under way, or (dead_at) we only repeat our last answer
	IKE_SA_GONE,	 // freed at the end of the step
	IKE_SA_STATES,
};

struct ike_sa {
	UT_hash_handle hh;	  // ike->sas by spi
	TAILQ_ENTRY(ike_sa) link; // tunnel->sas, ike->loose or ike->gone
	struct ike *ike;
	struct ike_tunnel *tunnel; // NULL: not known (responder before IKE_AUTH), or forgotten
	uint64_t spi;		   // ours: spi_i or spi_r
	uint64_t spi_i, spi_r;
	uint8_t state;	// enum ike_sa_state
	bool initiator; // of this IKE SA
	bool fragmentation;
	bool want_rekey, want_dpd;
	bool leaving;	     // another SA has taken over its children: it closes when they are gone
	uint64_t follows;    // our SPI of the SA that this one is to replace (v2/reauth.h); 0: none
	uint16_t group_hint; // what INVALID_KE_PAYLOAD asked for; 0: none
	struct ike_natt natt;
	struct endpoint local, remote;
	struct ike_id *remote_id; // malloc'ed; NULL: not yet known
	struct suite suite;
	struct ike_keys keys;
	// Of IKE_SA_INIT, handed on from rekey to rekey: its lower nonce, as far as it goes, who
	// began it and when it came up. They break a tie (ike_tunnel_unique).
	uint8_t low[IKE_NONCE];
	bool began;
	mono_us_t first_up;
	uint32_t id_out, id_in;	     // next message ids
	struct ike_packets response; // to id_in - 1
	struct ike_frag *frag_request, *frag_response;
	struct ike_request *req;
	struct ike_half *half;
	struct v1_sa *v1;    // IKEv1; NULL: IKEv2
	struct ike_job *job; // runs for it (ike/dh.h); NULL: none
	// Made by a rekey that is not over yet: it takes no part. other: where the peer made it,
	// the SA whose rekey of ours is under way.
	bool waiting;
	struct ike_sa *other;
	struct ike_children children;
	struct ike_timer timer;
	uint32_t retransmits;
	mono_us_t not_before; // no new request: the last one could not be built
	mono_us_t created, established, rekey_at, expires_at, dead_at;
	mono_us_t reauth_at;	       // of the line, handed on from rekey to rekey; 0: never
	mono_us_t told_at, suspect_at; // of the last INVALID_SPI to the peer, the last hint heard
	uint32_t tell_spi; // of ESP that came and is unknown: the peer is to hear of it; 0: none
	mono_us_t last_in, last_out;
};
TAILQ_HEAD(ike_sas, ike_sa);

// The tunnels between two addresses; remote of family ADDR_NONE: those with any peer address.
struct ike_between {
	UT_hash_handle hh; // ike->between by key
	struct ike_between_key {
		struct addr local, remote;
	} key;
	TAILQ_HEAD(, ike_tunnel) tunnels; // never empty; in the order of configuration
};

struct ike_tunnel {
	UT_hash_handle hh; // ike->tunnels by conf.tunnel
	TAILQ_ENTRY(ike_tunnel) beside;
	struct ike_between *between;
	struct ike *ike;
	struct ike_conf conf; // a deep copy
	struct ike_sas sas;
	uint32_t wanted; // bit per child: bring it up, and again after each loss if start is now
	bool down;	 // by IKE_IN_TERMINATE
	bool cleared;	 // its peer died, and nobody has asked for it since (IKE_DPD_CLEAR)
	uint32_t again;	 // bits of children whose peer died: wanted until they are up
	uint32_t attempts;
	mono_us_t retry_at;	  // no attempt before
	mono_us_t child_retry_at; // no new child before
	uint32_t child_attempts;
	mono_us_t turn_at; // pace.h: when it may begin; 0: it does not wait for that
	bool urgent;	   // somebody waits for it: it begins before its turn
	struct ike_timer timer;
	uint8_t state; // enum ike_tunnel_state, as last seen
	mono_us_t since;
	struct why *why; // malloc'ed
	mono_us_t why_at;
};

struct ike_source; // limit.h

struct ike {
	struct ike_params params;
	struct ike_tunnel *tunnels;
	struct ike_between *between;
	struct ike_sa *sas;
	struct ike_half *halves;
	struct ike_source *sources;
	mono_us_t looks_until; // limit.h: one LOOK_US for each request without proof
	struct ike_child *children;
	struct ike_sas loose; // of no tunnel
	struct ike_sas gone;
	struct ike_timers timers;
	struct ike_cookies cookies;
	TAILQ_HEAD(, ike_job) jobs; // that have been handed out
	struct ike_job *job_done;   // its result is to be used in this step; NULL: none
	uint32_t half_count;	    // where we respond
	uint32_t turns;		    // pace.h: tunnels that wait for theirs
	mono_us_t turn_at;	    // the next one that is free
	uint32_t sa_count;
	// Unsigned notifications about SPIs (v2/hint.h): answers of this second, and when the last
	// of the others was said and heard.
	mono_us_t hints_since, unknown_at, named_at;
	uint32_t hints;
	mono_us_t stranger_at; // when an event about an unknown peer was last raised
	mono_us_t now;
	struct ike_out *out;
	struct ike_act spare; // takes an action for which there was no memory
	bool lost;
	uint8_t plain[IKE_MESSAGE_MAX];		// payloads being written
	uint8_t sealed[2 * IKE_MESSAGE_MAX];	// a message being sealed
	uint8_t opened[IKE_MESSAGE_MAX + 1024]; // a received one being opened
};

// A random number of 0 .. below - 1.
uint32_t ike_random(struct ike *ike, uint32_t below);
