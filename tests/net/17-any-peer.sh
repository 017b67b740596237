#!/bin/bash
# A peer whose address nobody knows before is a neighbour: it begins, is known by its identity, and
# may come back from another address (R-22).
. "$(dirname "$0")/lib.sh"

topo_direct
gateway_start peer="" remote_id=fqdn:one.example
expect "tunnels before anybody called" "$(ask 'show tunnels' "sum(t['state'] == 'up' for t in d)")" -eq 0
peer_start
peer_load peer local_id=one.example
capture wire peer eth0
peer_initiate
gateway_up
pings right 10.1.0.2
pings left 10.2.0.2
peer peer --terminate --ike net >/dev/null

# The same customer, moved.
on peer ip addr del 192.0.2.2/24 dev eth0
addr peer eth0 192.0.2.77/24
peer_load peer local=192.0.2.77 local_id=one.example
peer_initiate
gateway_up
pings right 10.1.0.2
pings left 10.2.0.2
expect "inner packets in clear" "$(captured wire 'net 10.0.0.0/8')" -eq 0
gateway_alive
