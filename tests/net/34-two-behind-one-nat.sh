#!/bin/bash
# Two customers behind one address of a NAT, with different identities and keys: each has its tunnel.
. "$(dirname "$0")/lib.sh"

topo_nat peer
ns_add other
router other
link nat other other eth0
addr nat other 203.0.114.1/24
addr other eth0 203.0.114.2/24
route other default via 203.0.114.1
host_behind other lan far 10.3.0
addr other lan 10.3.0.1/24

settings=(address=198.51.100.2 next_hop=198.51.100.1 peer=198.51.100.1
	local_id=fqdn:gw.example remote_id=fqdn:one.example)
second() { # the same, for the other customer
	local -A g=()
	gateway_settings "${settings[@]}" remote_id=fqdn:two.example psk=another-secret remote=10.3.0.0/24
	gateway_connection other
}
gateway_start "${settings[@]}" more_connections=", $(second)" \
	more_routes=', { destination = "10.3.0.0/24"; connection = "other"; }'
peer_start
peer_load peer local=203.0.113.2 remote=198.51.100.2 local_id=one.example remote_id=gw.example
peer_start other
peer_load other local=203.0.114.2 remote=198.51.100.2 local_id=two.example remote_id=gw.example \
	psk=another-secret local_ts=10.3.0.0/24
peer_initiate peer
peer_initiate other
gateway_up net
gateway_up other
pings left 10.2.0.2
pings left 10.3.0.2
pings right 10.1.0.2
pings far 10.1.0.2

# A child of one is rekeyed, the other one goes away: nobody else notices.
peer peer --rekey --child net >/dev/null
peer other --terminate --ike net >/dev/null
down() { ! is_up other; }
until_ok 10 down || fail "the closed tunnel is still up"
pings left 10.2.0.2
is_up net || fail "the tunnel of the first customer is down"
gateway_alive
