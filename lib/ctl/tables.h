// Routes and policies: from the model to the dataplane's tables.
#pragma once

#include "ctl/core.h"
#include "model/model.h"

[[nodiscard]] int tables_start(struct ctl *ctl); // 0 or -ENOMEM
void tables_stop(struct ctl *ctl);

// The configuration's routes and policies, those of VPN gateways among them, instead of those
// before. Connections that they name exist. Takes effect with the next commit; groups_sweep then
// removes what is in use no longer. returns 0 or -ENOMEM
[[nodiscard]] int tables_set(struct ctl *ctl, const struct model *m);
// The connection's routes of its own are withdrawn, or are back: as conn->revoked says. Routes of
// VPN gateways follow by their groups.
void tables_follow(struct ctl *ctl, const struct conn *conn);
