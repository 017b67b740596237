// The health check of a connection: pings through each of its tunnels to a host on the
// other side. A tunnel that fails counts as down; when all fail, the connection's routes may be
// withdrawn, and each that fails may be negotiated anew.
#pragma once

#include "ctl/core.h"
#include "model/model.h"

// What is configured, for the tunnels that the connection has now.
void health_set(struct conn *conn, const struct model_health *health);
void health_free(struct tunnel *tunnel); // the tunnel is going

bool health_failed(const struct conn *conn); // in every tunnel
// In the words of the HTTP API (VcoHealthCheck.Status): "success", "failed"; NULL: there is none.
const char *health_status(const struct conn *conn);
// Whether the connection's routes are to be withdrawn. When that changes, those who listen to
// fail-over are told (failover_listen).
bool health_revoked(const struct conn *conn);
