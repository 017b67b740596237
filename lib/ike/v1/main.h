// Main mode with a pre-shared key (RFC 2409 s5.4).
#pragma once

#include "ike/v1/exchange.h"

[[nodiscard]] int v1_main_begin(struct ike_sa *sa);

// Rows of v1_rows.
int v1_main_1(struct ike_sa *sa, struct v1_quick *quick, const struct v1_msg *msg);
int v1_main_2(struct ike_sa *sa, struct v1_quick *quick, const struct v1_msg *msg);
int v1_main_3(struct ike_sa *sa, struct v1_quick *quick, const struct v1_msg *msg);
int v1_main_4(struct ike_sa *sa, struct v1_quick *quick, const struct v1_msg *msg);
int v1_main_5(struct ike_sa *sa, struct v1_quick *quick, const struct v1_msg *msg);
int v1_main_6(struct ike_sa *sa, struct v1_quick *quick, const struct v1_msg *msg);
