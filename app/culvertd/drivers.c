#include "drivers.h"

#include <stddef.h>

#include "crypto/ipsec_mb/ipsec_mb.h"
#include "crypto/openssl/openssl.h"
#include "port/ethdev/ethdev.h"
#include "punt/tap/tap.h"
#include "route/netlink/netlink.h"

const struct crypto_driver *const drivers_crypto[] = {&crypto_ipsec_mb, &crypto_openssl, NULL};
const struct port_driver *const drivers_port = &port_ethdev;
const struct punt_driver *const drivers_punt = &punt_tap;
const struct route_driver *const drivers_route = &route_netlink;
