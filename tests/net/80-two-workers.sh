#!/bin/bash
# Two workers, flows of one SA arriving at both: handed over, in exact order, none lost or replayed.
# timeout 90
# alone
. "$(dirname "$0")/lib.sh"

topo_direct
peer_start
peer_load peer
gateway_start start=immediate workers='0, 1' queues=2
gateway_up
pings left 10.2.0.2

capture icmp left eth0 icmp
bg server right iperf3 -s -1 --forceflush
until_ok 10 grep -q 'Server listening' "$RUN/server.log" || fail "iperf3 server did not start"
ping_start left 10.2.0.2 100
on left timeout 30 iperf3 -J -u -c 10.2.0.2 -t 5 -P 8 -b 1M -l 500 >"$RUN/udp.json" || fail "iperf3: $(jq_error "$RUN/udp.json"), $(on left ip route get 10.2.0.2)"
python3 - "$RUN/udp.json" <<-'PY' | tee "$RUN/udp.txt"
	import json, sys
	streams = [s["udp"] for s in json.load(open(sys.argv[1]))["end"]["streams"]]
	print("packets", sum(s["packets"] for s in streams))
	print("lost", sum(s["lost_packets"] for s in streams))
	print("disordered", sum(s["out_of_order"] for s in streams))
PY
value() { awk -v k="$1" '$1 == k { print $2 }' "$RUN/udp.txt"; }
expect "UDP packets" "$(value packets)" -gt 5000
expect "UDP packets lost" "$(value lost)" -eq 0
expect "UDP packets out of order" "$(value disordered)" -eq 0
expect "pings lost" "$(ping_lost left)" -eq 0

dropped handed_over 1
for v in hand_full esp_replayed esp_old; do
	expect "drops of $v" "$(drops $v)" -eq 0
done
