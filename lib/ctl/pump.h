// What comes up from the workers, and the dataplane's housekeeping.
#pragma once

#include "ctl/core.h"

[[nodiscard]] int pump_start(struct ctl *ctl); // 0 or -ENOMEM
void pump_stop(struct ctl *ctl);
// Take now what has come up, as far as one wake may. Not from within what it calls.
void pump_hear(struct ctl *ctl);
