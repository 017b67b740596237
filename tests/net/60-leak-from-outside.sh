#!/bin/bash
# Forged clear packets with the remote network's source arrive outside: none reaches the inside.
. "$(dirname "$0")/lib.sh"

topo_direct
peer_start
peer_load peer
gateway_start start=immediate
gateway_up
pings left 10.2.0.2
capture inside left eth0

mac=$(on peer ip -j neigh show 192.0.2.1 | python3 -c 'import json, sys; print(json.load(sys.stdin)[0]["lladdr"])')
on peer "$ROOT/tests/net/forge.py" clear eth0 "$mac" 10.2.0.66 10.1.0.2 20
on peer "$ROOT/tests/net/forge.py" clear eth0 "$mac" 203.0.113.9 10.1.0.2 20
sleep .5

expect "forged packets inside" "$(captured inside 'host 10.2.0.66 or host 203.0.113.9')" -eq 0
dropped clear_from_outside 40
pings left 10.2.0.2
