// What an IKE SA of version 1 holds beside struct ike_sa; for files within lib/ike alone.
#pragma once

#include "ike/core.h"
#include "ike/v1/keymat.h"
#include "ike/v1/packet.h"
#include "ike/v1/vendor.h"

struct v1_row;

// Our last message of an exchange, and the peer's that it answers.
struct v1_talk {
	struct ike_packets sent;
	uint8_t heard[V1_SUM]; // of the peer's last message that was accepted
	bool waits;	       // for an answer: sent is repeated
	uint32_t tries;
	uint64_t gap_us;
	mono_us_t first_at, again_at;
};

// A quick mode, ours or the peer's; owner: the IKE SA.
struct v1_quick {
	TAILQ_ENTRY(v1_quick) link;
	const struct v1_row *next; // the message that we wait for; NULL: done
	uint32_t id;
	bool initiator;
	struct v1_iv iv;
	struct v1_talk talk;
	const struct ike_child_conf *conf;
	uint32_t spi;	  // spi_in of the child being made
	uint32_t subject; // spi_in of the child being rekeyed; 0: none
	struct ke *ke;
	uint8_t nonce[IKE_NONCE];
	uint8_t peer_nonce[IKE_NONCE_MAX];
	uint16_t peer_nonce_len;
	bool unwanted;	   // the operator closed what is to come
	uint32_t gone_spi; // the peer deleted a child of this SPI that we do not have yet
	mono_us_t over_at; // done: kept until then to repeat the last message
};

// A message that nobody acknowledges: sent a few times.
struct v1_again {
	TAILQ_ENTRY(v1_again) link;
	struct ike_packets packets;
	uint8_t left;
	mono_us_t at;
};

// Are-you-there and its answer (RFC 3706).
struct v1_dpd {
	bool can;	 // the peer understands it
	bool waits;	 // for the answer to ours
	bool heard;	 // theirs is known
	uint32_t ours;	 // sequence number of our last question
	uint32_t theirs; // and of the peer's
	mono_us_t first_at, again_at;
	uint64_t gap_us;
};

enum { V1_SEEN = 32 };

struct v1_sa {
	const struct v1_row *next; // the message of phase 1 that we wait for; NULL: done
	bool aggressive;
	bool told;	     // of a message of phase 1 that could not be read
	enum v1_vendor natt; // V1_VENDORS: none
	struct v1_keys keys;
	struct v1_iv iv; // of phase 1
	struct v1_talk talk;
	TAILQ_HEAD(, v1_quick) quicks;
	TAILQ_HEAD(, v1_again) repeats;
	struct v1_dpd dpd;
	struct v1_frag frag;
	uint32_t seen[V1_SEEN]; // message ids of the peer's last quick modes
	uint8_t seen_at;
	uint8_t peer_id[IKE_ID_MAX + 4]; // aggressive mode: the body that the proof covers
	uint8_t peer_id_len;
	struct endpoint from_local, from_remote; // of the message being taken
};

// Make sa one of version 1. returns 0 or -ENOMEM
[[nodiscard]] int v1_sa_init(struct ike_sa *sa, bool aggressive);
// NULL is allowed.
void v1_sa_free(struct v1_sa *v1);
