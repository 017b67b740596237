// What an SA of version 1 does by itself: exchanges that it begins, messages that it repeats; rows
// of ike/version.h.
#pragma once

#include "ike/core.h"

bool v1_has_next(const struct ike_sa *sa);
void v1_begin_next(struct ike_sa *sa);
mono_us_t v1_repeat_at(const struct ike_sa *sa);
void v1_repeat(struct ike_sa *sa);
void v1_bye(struct ike_sa *sa);
