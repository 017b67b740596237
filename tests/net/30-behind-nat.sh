#!/bin/bash
# A router rewrites our address and port: both sides notice, ESP goes in UDP 4500.
# cases raw-capable udp-only
. "$(dirname "$0")/lib.sh"

[[ $1 == raw-capable ]] || PEER=5
topo_nat gw
peer_start
peer_load peer local=203.0.113.2 remote=%any local_id=peer.example remote_id=gw.example
gateway_start start=immediate address=198.51.100.2 next_hop=198.51.100.1 peer=203.0.113.2 \
	local_id=fqdn:gw.example remote_id=fqdn:peer.example
capture wire peer eth0

gateway_up
pings left 10.2.0.2
pings right 10.1.0.2
seen wire 'udp port 4500' 12
expect "raw ESP on the wire" "$(captured wire esp)" -eq 0
expect "inner packets in clear" "$(captured wire 'net 10.0.0.0/8')" -eq 0
