#!/bin/bash
# One customer gateway for both tunnels, two outside ports with next hops of their own: each tunnel keeps to its port (R-02, R-06, R-08).
. "$(dirname "$0")/lib.sh"

# The customer has one address and two providers.
topo_gateway
topo_peer
addr peer lo 203.0.113.2/32
for way in '1 wan 192.0.2' '2 wan2 198.51.100'; do
	read -r n dev net <<<"$way"
	ns_add "mid$n"
	router "mid$n"
	link gw "$dev" "mid$n" gw
	link "mid$n" peer peer "eth$n"
	addr "mid$n" gw "$net.254/24"
	addr "mid$n" peer "10.9.$n.1/24"
	addr peer "eth$n" "10.9.$n.2/24"
	route "mid$n" 203.0.113.2 via "10.9.$n.2"
	route peer "$net.0/24" via "10.9.$n.1"
done
topo_hide
hide_from_kernel gw wan2
capture port1 mid1 gw 'ip'
capture port2 mid2 gw 'ip'

peer_start
peer_write peer local=203.0.113.2
peer_write peer conn=second local=203.0.113.2 remote=198.51.100.1
peer_reload peer
mapfile -t settings < <(pair_gateway)
gateway_start "${settings[@]}" second=customer hold_down=1
gateway_up net
gateway_up net-2
until_ok 5 forwards net || fail "tunnel 1 does not carry the traffic: $(shell show connections json)"

esp='ip proto 50'
pings left 10.2.0.2
seen port1 "$esp and src 192.0.2.1" 3
expect "ESP of ours at port 2 while tunnel 1 carries" "$(captured port2 "$esp and src 198.51.100.1")" -eq 0
shell tunnel down net
forwards net-2 || fail "the operator's word does not move the traffic: $(shell show connections json)"
sent=$(captured port1 "$esp and src 192.0.2.1")
until_ok 5 on left ping -n -c 3 -i .2 -W 1 10.2.0.2 || fail "no ping through tunnel 2"
seen port2 "$esp and src 198.51.100.1" 3
expect "ESP of ours at port 1 since tunnel 2 carries" "$(captured port1 "$esp and src 192.0.2.1")" -eq "$sent"
shell tunnel up net
until_ok 10 forwards net || fail "the traffic does not return: $(shell show connections json)"
pings left 10.2.0.2

# The whole time: negotiations and data of a tunnel at its port alone.
for n in 1 2; do
	read -r ours other <<<"$([[ $n == 1 ]] && echo 192.0.2.1 198.51.100.1 || echo 198.51.100.1 192.0.2.1)"
	seen "port$n" "udp port 500 and src $ours" 2
	expect "frames of $other at port $n" "$(captured "port$n" "host $other")" -eq 0
	expect "frames at port $n that are neither IKE nor ESP of $ours" \
		"$(captured "port$n" "not (host $ours and (udp port 500 or udp port 4500 or $esp))")" -eq 0
done
expect "ports and zones of the tunnels" \
	"$(ask 'show connections' '" ".join(t["port"] + "/" + t["zone"] for t in d[0]["tunnels"])')" = "wan/ wan2/north"
gateway_alive
