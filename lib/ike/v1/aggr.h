// Aggressive mode with a pre-shared key (RFC 2409 s5.4): only for tunnels that ask for it.
#pragma once

#include "ike/v1/exchange.h"

[[nodiscard]] int v1_aggr_begin(struct ike_sa *sa);

// Rows of v1_rows.
int v1_aggr_1(struct ike_sa *sa, struct v1_quick *quick, const struct v1_msg *msg);
int v1_aggr_2(struct ike_sa *sa, struct v1_quick *quick, const struct v1_msg *msg);
int v1_aggr_3(struct ike_sa *sa, struct v1_quick *quick, const struct v1_msg *msg);
