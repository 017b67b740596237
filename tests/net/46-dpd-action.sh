#!/bin/bash
# R-36: what follows a dead peer. hold: nothing, until a packet wants to pass, which brings the tunnel
# up and arrives; clear: nothing, until the operator says so.
# cases hold clear
# timeout 90
. "$(dirname "$0")/lib.sh"

topo_direct
peer_start
peer_load peer
gateway_start start=immediate dpd_delay=1 dpd_timeout=3 dpd_action="$1"
gateway_up
pings left 10.2.0.2
peer_stop peer KILL
down() { ! is_up; }
until_ok 20 down || fail "the dead peer is not noticed"
peer_start
peer_load peer
sleep 4
down || fail "$1 began again by itself"

if [[ $1 == hold ]]; then
	on left ping -n -c 1 -W 5 10.2.0.2 >"$RUN/ping.log" || fail "the packet that asked is lost: $(tail -3 "$RUN/ping.log")"
else
	on left ping -n -c 2 -i .3 -W 1 10.2.0.2 >"$RUN/ping.log" && fail "a packet passed after clear"
	down || fail "a packet began what was cleared"
	shell tunnel up net >/dev/null
fi
gateway_up
pings left 10.2.0.2
pings right 10.1.0.2
gateway_alive
