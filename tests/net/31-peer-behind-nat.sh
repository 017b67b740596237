#!/bin/bash
# The customer's device stands behind a NAT and calls us; a new mapping of the NAT is followed.
. "$(dirname "$0")/lib.sh"

topo_nat peer
gateway_start address=198.51.100.2 next_hop=198.51.100.1 peer="" \
	local_id=fqdn:gw.example remote_id=fqdn:peer.example
peer_start
peer_load peer local=203.0.113.2 remote=198.51.100.2 local_id=peer.example remote_id=gw.example
capture wire nat gw
peer_initiate

gateway_up
pings right 10.1.0.2
pings left 10.2.0.2
seen wire 'udp port 4500' 12
expect "inner packets in clear" "$(captured wire 'net 10.0.0.0/8')" -eq 0

# The NAT forgets and chooses another port: the peer's next packet tells us where it is now.
on nat conntrack -F >/dev/null 2>&1
on nat nft 'flush chain ip nat post; add rule ip nat post oifname "gw" udp sport { 500, 4500 } masquerade to :40000-50000'
pings right 10.1.0.2
pings left 10.2.0.2
