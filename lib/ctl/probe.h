// The probe of a tunnel: pings through it that find a silent loss sooner than dead peer detection
// . When so many in a row are not answered the tunnel counts as down, until as many are.
#pragma once

#include "ctl/core.h"
#include "model/model.h"

// What is configured; without an address: none.
void probe_set(struct tunnel *tunnel, const struct model_probe *probe);
void probe_wake(struct tunnel *tunnel); // it has an SA
void probe_free(struct tunnel *tunnel); // it is going: nothing is said any more
