// CREATE_CHILD_SA for children: a new one, or a rekeyed one (RFC 7296 s1.3.1, s1.3.3, s2.8).
#pragma once

#include "ike/v2/exchange.h"

bool v2_create_is_rekey(const struct ike_msg *msg);
bool v2_create_is_new(const struct ike_msg *msg);

// The child that is to be rekeyed next; NULL: none.
struct ike_child *v2_create_to_rekey(const struct ike_sa *sa);

int v2_create_build_new(struct ike_sa *sa, struct ike_request *req, struct ike_chain *chain);
int v2_create_build_rekey(struct ike_sa *sa, struct ike_request *req, struct ike_chain *chain);
void v2_create_respond_new(struct ike_sa *sa, const struct ike_msg *msg, struct ike_chain *chain);
void v2_create_respond_rekey(struct ike_sa *sa, const struct ike_msg *msg, struct ike_chain *chain);
void v2_create_accept_new(struct ike_sa *sa, const struct ike_msg *msg);
void v2_create_accept_rekey(struct ike_sa *sa, const struct ike_msg *msg);
