// Which settings of a new configuration take effect only after a restart. Pure.
#pragma once

#include "model/model.h"
#include "model/report.h"

// Warn of each setting that differs from the one at start and that the running daemon cannot take:
// expected is what runs, got what the new configuration wants.
void restart_check(const struct model *booted, const struct model *next, struct report *report);
