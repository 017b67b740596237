#!/bin/bash
# A link comes back, but the peer has lost the SAs: the traffic returns with new ones, not before (R-05).
# cases v2 v1
. "$(dirname "$0")/lib.sh"

version=""
[[ $1 != v1 ]] || version='version = "ikev1";' PAIR_MODE=main
topo_pair
pair_start version="$version" hold_down=0 dpd_delay=30 dpd_timeout=3
# Answers come by tunnel 2 all the time: what comes in is taken from both.
route right default via 10.2.2.1
pings left 10.2.0.2
forwards net

not_usable() { ask 'show connections' '" ".join(r["reason"] for r in d[0]["tunnels"][0]["not_usable"])'; }
is_called() { [[ $(not_usable) == "$1" ]]; }
is_link() { [[ $(ask 'show ports' '[p["link"] for p in d if p["port"] == "wan"][0]') == "$1" ]]; }
no_carrier() { on gw ip link show wan0 | grep -q NO-CARRIER; }

on mid1 ip link set gw down
until_ok 2 forwards net-2 || fail "the lost link is not noticed: $(shell show connections json)"
is_called link-down || fail "a lost link is called '$(not_usable)'"
is_link down || fail "show ports does not know: $(shell show ports json)"
until_ok 2 no_carrier || fail "the mirror has a carrier"
peer_stop peer1 KILL
ping_start left 10.2.0.2 50
pair_peer 1 192.0.2.1 203.0.113.2
expect "SAs of tunnel 1, which a lost link leaves alone" \
	"$(ask 'show sa' 'sum(s["tunnel"] == "net" for s in d)')" -eq 1

# There is no hold-down here: what keeps the traffic back is that the peer does not answer.
on mid1 ip link set gw up
until_ok 2 is_called silent || fail "an unproven tunnel is called '$(not_usable)'"
forwards net-2 || fail "the traffic went to a tunnel whose SAs the peer does not have"
until_ok 20 forwards net || fail "the traffic does not return: $(shell show connections json)"
sleep .5
expect "lost" "$(ping_lost left)" -eq 0

# Set down on our side, and up at once: as good as a lost carrier, and the peer answers.
on gw ip link set wan down
until_ok 2 forwards net-2 || fail "a device set down is not noticed: $(shell show connections json)"
on gw ip link set wan up
until_ok 5 forwards net || fail "the traffic does not return: $(shell show connections json)"
pings left 10.2.0.2
grep -q 'tunnel-switch \[link-down\]' <(shell show log net-2) || fail "not in the logbook: $(shell show log net-2)"
gateway_alive
