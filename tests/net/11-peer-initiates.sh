#!/bin/bash
# strongSwan initiates; Culvert answers, traffic flows both ways.
. "$(dirname "$0")/lib.sh"

topo_direct
gateway_start
peer_start
peer_load peer
capture wire peer eth0
peer_initiate

gateway_up
pings right 10.1.0.2
pings left 10.2.0.2
seen wire esp 12
expect "inner packets in clear" "$(captured wire 'net 10.0.0.0/8')" -eq 0
