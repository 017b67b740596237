// The drivers that are linked in: the one place that names them.
#pragma once

#include "drv/crypto.h"
#include "drv/port.h"
#include "drv/punt.h"
#include "drv/route.h"

extern const struct crypto_driver *const drivers_crypto[]; // most wanted first; ends with NULL
extern const struct port_driver *const drivers_port;
extern const struct punt_driver *const drivers_punt;
extern const struct route_driver *const drivers_route;
