// What the negotiator is told about one tunnel: peer, identities, proposals, children.
//
// The caller's structures; ike_conf_set copies everything that they point at.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alg/proposal.h"
#include "base/secret.h"
#include "net/addr.h"
#include "net/ike_id.h"

enum {
	IKE_NAME = 64,	    // with the terminator
	IKE_PROPOSALS = 8,  // per list
	IKE_SELECTORS = 32, // per side
	IKE_CHILDREN = 32,  // per tunnel
};

enum ike_start {
	IKE_START_NONE, // answer only, until IKE_IN_INITIATE
	IKE_START_TRAP, // begin at IKE_IN_ACQUIRE (a packet wants the child)
	IKE_START_NOW,	// begin at once, and again whenever it is lost
};

enum ike_version { IKE_V2, IKE_V1, IKE_VERSIONS };

// One child: a pair of selector lists, and the SAs that protect them.
//
// Byte and packet limits are the dataplane's to count: at one, send IKE_IN_REKEY_CHILD.
struct ike_child_conf {
	uint32_t id; // unique within the tunnel, never 0
	char name[IKE_NAME];
	const struct selector *local, *remote;
	size_t local_count, remote_count; // 1 .. IKE_SELECTORS
	const struct proposal *esp;	  // with a group in it: PFS
	size_t esp_count;		  // 1 .. IKE_PROPOSALS
	uint32_t lifetime_s;		  // 0: no limit; rekeyed at 75 to 92 per cent of it
	enum ike_start start;
};

// What follows when the peer is dead.
enum ike_dpd_action {
	IKE_DPD_RESTART, // begin again by ourselves, unless the tunnel only answers
	IKE_DPD_CLEAR,	 // stay down until the operator, a packet or the peer begins
	IKE_DPD_ACTIONS,
};

// The n-th repetition of a request follows after first_ms * (factor_pct / 100) ^ n, at most max_ms.
struct ike_retransmit {
	uint32_t first_ms;   // 0: 1500
	uint32_t factor_pct; // 0: 180
	uint32_t max_ms;     // 0: 15000
	uint32_t tries;	     // 0: 5; repetitions before the peer counts as silent
};

struct ike_conf {
	uint32_t tunnel; // the caller's id, unique, never 0
	char name[IKE_NAME];
	enum ike_version version;
	bool aggressive;	// IKEv1: aggressive instead of main mode, and nothing else
	struct endpoint local;	// our address; port 0: 500
	struct endpoint remote; // family ADDR_NONE: any (answers only); port 0: 500
	struct ike_id local_id; // never "any"
	struct ike_id remote_id;
	struct secret psk;	    // copied
	const struct proposal *ike; // most wanted first; the first one's first group goes into KE
	size_t ike_count;	    // 1 .. IKE_PROPOSALS
	uint32_t lifetime_s;	    // of the IKE SA; 0: no limit
	bool fragmentation;	    // RFC 7383
	bool natt;		// detect NATs, float to 4500; false: no detection payloads, ever
	uint32_t dpd_delay_s;	// silence before asking "are you there"; 0: never ask
	uint32_t dpd_timeout_s; // silence after asking before the peer is dead; 0: 30
	enum ike_dpd_action dpd_action;
	bool reauth;	      // renew the IKE SA by a new one with IKE_AUTH, not by a rekey
	uint32_t keepalive_s; // NAT keepalives when we are behind one; 0: 20
	uint32_t retry_max_s; // longest pause between attempts (it doubles); 0: 30
	struct ike_retransmit retransmit;
	const struct ike_child_conf *child;
	size_t child_count; // 1 .. IKE_CHILDREN
};
