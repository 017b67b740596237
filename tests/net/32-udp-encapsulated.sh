#!/bin/bash
# strongSwan 5.9.8, whose data plane knows only UDP-encapsulated ESP, both roles.
# cases we-initiate peer-initiates
PEER=5
. "$(dirname "$0")/lib.sh"

topo_direct
peer_start
peer_load peer
capture wire peer eth0
if [[ $1 == we-initiate ]]; then
	gateway_start start=immediate
else
	gateway_start
	peer_initiate
fi

gateway_up
pings left 10.2.0.2
pings right 10.1.0.2
seen wire 'udp port 4500' 12
expect "raw ESP on the wire" "$(captured wire esp)" -eq 0
expect "inner packets in clear" "$(captured wire 'net 10.0.0.0/8')" -eq 0
