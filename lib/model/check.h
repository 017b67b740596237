// What one leaf alone cannot say: names that must exist, networks that must fit, tunnels that must
// be told apart.
#pragma once

#include "model/model.h"
#include "model/report.h"

// Check a whole model. Every complaint goes to report; warnings
// do not refuse it.
//
// returns 0, -EINVAL (report has new errors) or -ENOMEM
[[nodiscard]] int check_model(const struct model *m, struct report *report);
