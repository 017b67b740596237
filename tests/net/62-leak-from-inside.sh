#!/bin/bash
# Inside packets without a route, from a wrong source, or while the tunnel is down never leave in clear.
. "$(dirname "$0")/lib.sh"

topo_direct
addr left eth0 172.16.5.5/32
capture wire peer eth0
gateway_start start=none

no_ping left 10.2.0.2
dropped no_sa 3
no_ping left 10.77.0.1
dropped no_route 3
no_ping left 10.2.0.2 -I 172.16.5.5
dropped rpf 3

peer_start
peer_load peer
peer_initiate
gateway_up
pings left 10.2.0.2
no_ping left 10.77.0.1
no_ping left 192.0.2.2
dropped clear_to_outside 3
no_ping left 10.2.0.2 -I 172.16.5.5

expect "inside packets in clear on the wire" "$(captured wire 'net 10.0.0.0/8 or net 172.16.0.0/12')" -eq 0
