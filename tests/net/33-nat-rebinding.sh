#!/bin/bash
# The NAT before the peer forgets its mappings and makes others, three times, while pings go both ways:
# the peer's next packet shows where it is now, and only what was under way to the old port is lost.
# timeout 90
. "$(dirname "$0")/lib.sh"

topo_nat peer
gateway_start address=198.51.100.2 next_hop=198.51.100.1 peer="" \
	local_id=fqdn:gw.example remote_id=fqdn:peer.example
peer_start
peer_load peer local=203.0.113.2 remote=198.51.100.2 local_id=peer.example remote_id=gw.example
peer_initiate
gateway_up
pings left 10.2.0.2

moves() { grep -c 'peer moved' "$RUN/gw.log" || true; }
moved() { [[ $(moves) -ge $1 ]]; }
ping_start right 10.1.0.2 100
ping_start left 10.2.0.2 100
for n in 1 2 3; do
	sleep 1
	on nat nft "flush chain ip nat post; add rule ip nat post oifname \"gw\" udp sport { 500, 4500 } masquerade to :${n}1000-${n}1999"
	on nat conntrack -F >/dev/null 2>&1
	until_ok 5 moved "$n" || fail "move $n is not followed: $(moves)"
done
sleep 1
# At 100 a second each way: what is sent between the peer's first packet and our following it.
expect "lost from right" "$(ping_lost right)" -le 9
expect "lost from left" "$(ping_lost left)" -le 9

# IKE has moved with it: the peer hears our delete.
pings left 10.2.0.2
gone() { [[ $(peer_children) -eq 0 ]]; }
shell tunnel down net >/dev/null
until_ok 5 gone || fail "the peer has not heard our delete"
gateway_alive
