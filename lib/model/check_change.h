// What a change by shell or API may not do, however good what follows from it. The operator's file
// may: who writes it sees the whole.
#pragma once

#include "model/model.h"
#include "model/report.h"

// before  runs
// after   would; not checked yet. Paths are into it; what is deleted while others refer to it is a
//         complaint at its list, and got names it.
// returns 0, -EINVAL (report has new errors) or -ENOMEM
[[nodiscard]] int check_change(
	const struct model *before, const struct model *after, struct report *report);
