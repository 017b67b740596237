// Child SAs: from a reserved SPI over installation to removal; for files within lib/ike alone.
#pragma once

#include "ike/core.h"
#include "ike/propose.h"

// A child in the making: an inbound SPI is reserved, nothing installed. NULL: no memory.
struct ike_child *ike_child_new(struct ike_sa *sa, const struct ike_child_conf *conf);

struct ike_child *ike_child_find(const struct ike *ike, uint32_t spi_in);
// By the peer's inbound SPI, as deletes and rekeys name it; children in the making have none.
struct ike_child *ike_child_find_out(const struct ike_sa *sa, uint32_t spi_out);

// What an exchange agreed on.
struct ike_child_deal {
	const struct ike_choice *choice;
	const struct selector *local, *remote;
	size_t local_count, remote_count;
	struct ike_nonces nonces;
	const struct secret *shared; // PFS; NULL: none
	bool initiator;
	uint32_t replaces; // spi_in; 0: none
	uint32_t life_s;   // the peer's limit, if it told us (IKEv1); 0: none
};

// Make the keys and have both directions installed (IKE_ACT_CHILD_ADD).
//
// returns 0 or -errno: the child is still in the making
[[nodiscard]] int ike_child_install(struct ike_child *child, const struct ike_child_deal *deal);

// The two halves of that, where the peer has yet to confirm: keys and IKE_ACT_CHILD_ADD; then its
// life begins.
[[nodiscard]] int ike_child_open(struct ike_child *child, const struct ike_child_deal *deal);
void ike_child_live(struct ike_child *child, bool rekeyed);

// The same configured child, peer and selectors.
bool ike_child_is_twin(const struct ike_child *a, const struct ike_child *b);

// Both sides may make the same child at the same moment. As with rekeying (RFC 7296 s2.8.1), the
// one with the lowest nonce goes, and who began it deletes it.
//
// returns whether child, just made, is the one to use
bool ike_child_stays(struct ike_child *child);

// Send with it from now on.
void ike_child_use(struct ike_child *child);

// As responder: send with it once the peer is known to have it. What carries the same traffic in
// another IKE SA (the peer authenticates anew) goes on for a moment, until something comes in under
// the new one.
void ike_child_offer(struct ike_child *child);

// ESP came in under it: the peer sends with what replaced the old one, so may we.
void ike_child_heard(struct ike_child *child);

// Whether another IKE SA has a child for the same traffic.
bool ike_child_has_other(const struct ike_child *child);

// Remove it. What carried our traffic hands it to another child with the same selectors, if there
// is one. linger: keep it open inbound for a moment (after a rekey, packets may still be under
// way).
void ike_child_drop(struct ike_child *child, bool linger);

// Remove it at once, and tell the peer as soon as an exchange is free for it.
void ike_child_close(struct ike_child *child);

// A newer one has taken over; whoever made that deletes this.
void ike_child_replaced(struct ike_child *child);

// What took over has gone again: it goes on, and is rekeyed soon.
void ike_child_revive(struct ike_child *child);

// Its limits, from its lifetime.
void ike_child_set_lifetime(struct ike_child *child);

// Timers of one child: what is due at sa->ike->now; and when something will be (0: never).
void ike_child_due(struct ike_child *child);
mono_us_t ike_child_deadline(const struct ike_child *child);

// Try the rekey again after a refusal.
void ike_child_rekey_later(struct ike_child *child);

// Bits of the tunnel's children that have an installed SA.
uint32_t ike_children_up(const struct ike_tunnel *tunnel);
