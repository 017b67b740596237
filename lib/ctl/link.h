// The links of the ports: a lost carrier or a device that was set down. Tunnels of a port without a
// link are not usable; their SAs stay. When it is back, their peers are asked.
#pragma once

#include "ctl/core.h"

// Ports and mirrors are open, tunnels not made yet.
void link_start(struct ctl *ctl);
// Before the ports are closed.
void link_stop(struct ctl *ctl);
// Something may have changed: ask every port. A change moves the tunnels' traffic before this
// returns, is shown to the kernel as its mirror's carrier, and told in the log.
void link_look(struct ctl *ctl);
