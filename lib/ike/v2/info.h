// INFORMATIONAL: deletes, and the question whether the peer lives (RFC 7296 s1.4, s2.4).
#pragma once

#include "ike/v2/exchange.h"

bool v2_info_is_delete_ike(const struct ike_msg *msg);
bool v2_info_is_delete_child(const struct ike_msg *msg);
bool v2_info_is_any(const struct ike_msg *msg);

int v2_info_build_delete_ike(struct ike_sa *sa, struct ike_request *req, struct ike_chain *chain);
int v2_info_build_delete_child(struct ike_sa *sa, struct ike_request *req, struct ike_chain *chain);
int v2_info_build_question(struct ike_sa *sa, struct ike_request *req, struct ike_chain *chain);
void v2_info_respond_delete_ike(
	struct ike_sa *sa, const struct ike_msg *msg, struct ike_chain *chain);
void v2_info_respond_delete_child(
	struct ike_sa *sa, const struct ike_msg *msg, struct ike_chain *chain);
void v2_info_respond_any(struct ike_sa *sa, const struct ike_msg *msg, struct ike_chain *chain);
void v2_info_accept_delete_ike(struct ike_sa *sa, const struct ike_msg *msg);
void v2_info_accept_delete_child(struct ike_sa *sa, const struct ike_msg *msg);
void v2_info_accept_empty(struct ike_sa *sa, const struct ike_msg *msg);
