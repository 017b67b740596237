#!/bin/bash
# The peer is killed: DPD notices, its SAs go; it returns: the tunnel is up again without help.
# cases v2 v1
# timeout 90
. "$(dirname "$0")/lib.sh"

version="" mode=v2
[[ $1 != v1 ]] || version='version = "ikev1";' mode=main
topo_direct
peer_start
peer_load peer mode="$mode"
gateway_start start=immediate version="$version" dpd_delay=1 dpd_timeout=4
gateway_up
pings left 10.2.0.2
sleep 4
expect "the living one is not taken for dead" "$(ask 'show ike' "sum(s['age_s'] >= 3 for s in d)")" -eq 1

peer_stop peer KILL
down() { ! is_up; }
no_sas() { [[ $(ask 'show sa' 'len(d)') -eq 0 ]]; }
start=$SECONDS
until_ok 20 down || fail "the dead peer is not noticed"
say "dead peer noticed after $((SECONDS - start)) s"
until_ok 5 no_sas || fail "its SAs are still there: $(shell show sa json)"

peer_start
peer_load peer mode="$mode"
start=$SECONDS
until_ok 40 is_up || fail "the tunnel does not return: $(shell show tunnels json)"
say "up again $((SECONDS - start)) s after the peer's return"
pings left 10.2.0.2
pings right 10.1.0.2
