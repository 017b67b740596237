#!/bin/bash
# Culvert initiates; ping passes both ways in raw ESP, nothing in clear.
. "$(dirname "$0")/lib.sh"

topo_direct
peer_start
peer_load peer
capture wire peer eth0
gateway_start start=immediate

gateway_up
pings left 10.2.0.2
pings right 10.1.0.2
expect "children of the peer" "$(peer_children)" -eq 1
seen wire esp 12
expect "inner packets in clear" "$(captured wire 'net 10.0.0.0/8')" -eq 0
