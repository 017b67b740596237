#!/bin/bash
# What the gateway's own kernel sends to the remote network is protected or dropped, never in clear.
. "$(dirname "$0")/lib.sh"

topo_direct
capture wire peer eth0
capture inside left eth0
gateway_start start=none
# The kernel is told to send it both ways; the dataplane decides otherwise.
route gw 10.2.0.0/24 via 192.0.2.2 dev wan0
no_ping gw 10.2.0.2 -I 10.1.0.1
dropped no_sa 3

peer_start
peer_load peer
peer_initiate
gateway_up
no_ping gw 10.2.0.2 -I 192.0.2.1
dropped ts_out 3
pings gw 10.2.0.2 -I 10.1.0.1

# Its own talk with its neighbours stays possible.
pings gw 192.0.2.2
pings gw 10.1.0.2
pings left 10.1.0.1
expect "packets to the remote network in clear" "$(captured wire 'net 10.0.0.0/8')" -eq 0
