#!/bin/bash
# The harness by itself: two strongSwans, raw ESP on the wire, nothing in clear.
GATEWAY=strongswan
. "$(dirname "$0")/lib.sh"

topo_direct
router gw
addr gw lan 10.1.0.1/24
addr gw wan 192.0.2.1/24
peer_start gw
peer_start peer
peer_load gw local=192.0.2.1 remote=192.0.2.2 local_ts=10.1.0.0/24 remote_ts=10.2.0.0/24
peer_load peer
capture wire peer eth0

peer_initiate gw
pings left 10.2.0.2
pings right 10.1.0.2
expect "children of the peer" "$(peer_children)" -eq 1
seen wire esp 12
expect "inner packets in clear" "$(captured wire 'net 10.0.0.0/8')" -eq 0
