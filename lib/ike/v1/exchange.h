// The exchanges of IKEv1, one row for each message that we may wait for; for files within lib/ike
// alone.
#pragma once

#include "ike/v1/msg.h"
#include "ike/v1/sa.h"

enum v1_row_id {
	V1_MAIN_1,
	V1_MAIN_2,
	V1_MAIN_3,
	V1_MAIN_4,
	V1_MAIN_5,
	V1_MAIN_6,
	V1_AGGR_1,
	V1_AGGR_2,
	V1_AGGR_3,
	V1_QUICK_1,
	V1_QUICK_2,
	V1_QUICK_3,
	V1_ROWS,
};

struct v1_row {
	const char *name; // for the operator
	uint8_t exchange; // enum v1_exchange_type
	bool clear;	  // may be in clear
	bool encrypted;	  // may be encrypted
	uint32_t needs;	  // payloads without which it is malformed: bits of enum v1_payload
	const char *rfc;

	// Take it: check, act, answer, and say what is waited for next. quick: NULL in phase 1.
	//
	// returns 0; -EINPROGRESS (a job runs: it will be taken again); else it was not accepted,
	// and nothing is as if it had come (but the SA may be gone)
	int (*take)(struct ike_sa *sa, struct v1_quick *quick, const struct v1_msg *msg);
};

extern const struct v1_row v1_rows[V1_ROWS];

// A datagram of major version 1. data: head->len bytes.
void v1_datagram(
	struct ike *ike, const struct ike_head *head, const struct ike_in *in, const uint8_t *data);

// A whole message of an SA, from the endpoints in sa->v1. The fuzzer enters here.
void v1_take(struct ike_sa *sa, const struct ike_head *head, const uint8_t *data);
