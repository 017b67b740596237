#!/bin/bash
# start = "traffic": the first packet inside brings the tunnel up.
. "$(dirname "$0")/lib.sh"

topo_direct
peer_start
peer_load peer
gateway_start start=traffic
no_tunnel() { [[ $(peer_children) -eq 0 ]]; }
no_tunnel || fail "a tunnel before any traffic"

on left ping -n -c 10 -i .3 -W 2 10.2.0.2 >"$RUN/ping.log" || fail "no traffic: $(tail -3 "$RUN/ping.log")"
gateway_up
