// Reading the configuration again: all or nothing.
#pragma once

#include "ctl/reconcile.h"
#include "model/report.h"

// Read and check ctl's file, and apply what differs. Any mistake, and nothing changes.
//
// report  zeroed; every mistake of the file, and as warnings what waits for a restart
// returns 0; or -errno with why (-EINVAL: the mistakes are in report)
[[nodiscard]] int reload(
	struct ctl *ctl, struct report *report, struct reconciled *result, struct why *why);
