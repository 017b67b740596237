// Which settings of a new configuration take effect only after a restart. Pure.
#pragma once

#include "model/model.h"
#include "model/report.h"

// Warn of each object that differs from the one at start in what the running daemon cannot take.
// returns 0 or -ENOMEM
[[nodiscard]] int restart_check(
	const struct model *booted, const struct model *next, struct report *report);
