// Quick mode (RFC 2409 s5.5): children, new and in place of others; as many at once as are wanted.
#pragma once

#include "ike/keymat.h"
#include "ike/v1/exchange.h"

// Begin one. old: the child that it is to replace; NULL: none.
//
// returns 0, or -errno: nothing was sent; later, or never
[[nodiscard]] int v1_quick_begin(
	struct ike_sa *sa, const struct ike_child_conf *conf, struct ike_child *old);

// Rows of v1_rows.
int v1_quick_1(struct ike_sa *sa, struct v1_quick *quick, const struct v1_msg *msg);
int v1_quick_2(struct ike_sa *sa, struct v1_quick *quick, const struct v1_msg *msg);
int v1_quick_3(struct ike_sa *sa, struct v1_quick *quick, const struct v1_msg *msg);

// ESP came in under a child that waits for message 3: the peer has it, too.
void v1_quick_confirmed(struct ike_child *child);

// A refusal: an authentic notification.
void v1_quick_refused(struct ike_sa *sa, const struct v1_notify *notify);
// RESPONDER-LIFETIME (RFC 2407 s4.6.3.1) for a child of this outbound SPI.
void v1_quick_lifetime(struct ike_sa *sa, uint32_t spi_out, struct rd data);

// Of ours, under way: one that rekeys this child; one that makes a child of conf.
bool v1_quick_rekeys(const struct ike_sa *sa, uint32_t spi_in);
bool v1_quick_makes(const struct ike_tunnel *tunnel, const struct ike_child_conf *conf);
// The operator closes children of a number: what is under way is not wanted any more.
void v1_quick_unwanted(struct ike_sa *sa, uint32_t child);
// The peer deleted a child that we do not have yet.
void v1_quick_gone(struct ike_sa *sa, uint32_t spi_out);

// A row of ike/version.h.
int v1_quick_keys(const struct ike_child *child, const struct secret *shared,
	struct ike_nonces nonces, bool initiator, struct ike_child_keys *keys);
void v1_quick_drop_all(struct ike_sa *sa);
