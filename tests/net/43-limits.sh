#!/bin/bash
# A key that may protect 400 packets: renewed in time, nothing is lost (renewed); and when the peer does
# not answer, nothing leaves beyond the limit, and the tunnel comes back with the peer (kept).
# cases renewed kept
# timeout 120
. "$(dirname "$0")/lib.sh"

topo_direct
peer_start
peer_load peer
gateway_config start=immediate
sed -i 's|ipsec = {|& lifetime_packets = 400;|' "$GW/culvertd.conf"
gateway_run
gateway_up
pings left 10.2.0.2

established() { grep -cE 'CHILD_SA net\{[0-9]+\} established' "$RUN/peer/charon.log"; }
if [[ $1 == renewed ]]; then
	ping_start left 10.2.0.2 100
	renewed() { [[ $(established) -ge 5 ]]; }
	until_ok 40 renewed || fail "only $(established) children"
	expect "lost from left" "$(ping_lost left)" -eq 0
	expect "stopped at the limit" "$(drops sa_limit)" -eq 0
else
	kill -STOP "$(<"$RUN/peer.pid")"
	ping_start left 10.2.0.2 100
	# The control core hears of it within a tick and closes the SA.
	closed() { [[ $(drops no_sa) -gt 100 ]]; }
	until_ok 20 closed || fail "nothing was stopped: $(shell show sa json)"
	dropped sa_limit
	expect "packets of one key" "$(drops esp_out)" -eq 400
	end ping-left INT || true
	kill -CONT "$(<"$RUN/peer.pid")"
	until_ok 40 on left ping -n -c 1 -W 1 10.2.0.2 || fail "the tunnel does not come back"
	pings right 10.1.0.2
fi
gateway_alive
