// Routes and policies: from the model to the dataplane's tables.
#pragma once

#include "ctl/core.h"
#include "model/model.h"

[[nodiscard]] int tables_start(struct ctl *ctl); // 0 or -ENOMEM
void tables_stop(struct ctl *ctl);

// The configuration's routes and policies, instead of those before. Connections that they name
// exist. Takes effect with the next commit. returns 0 or -ENOMEM
[[nodiscard]] int tables_routes(struct ctl *ctl, const struct model *m);
[[nodiscard]] int tables_policies(struct ctl *ctl, const struct model *m);
// The connection's routes are withdrawn, or are back: as conn->revoked says.
void tables_follow(struct ctl *ctl, const struct conn *conn);
