#!/bin/bash
# A probe finds a silent cut within count * interval + 100 ms; forged answers do not keep the tunnel (R-04).
# timeout 90
. "$(dirname "$0")/lib.sh"

probe() { ask 'show tunnels' "d[0]['probe']['$1']"; }
is() { [[ $(probe state) == "$1" ]]; }

# When the logbook's last EVENT was, in milliseconds since 1970.
when() { # EVENT
	ask 'show log net' "int(max(datetime.datetime.fromisoformat(l[:23] + '+00:00').timestamp() * 1000
		for l in d if l[24:] == '$1'))"
}

topo_direct
on right sysctl -qw net.ipv4.icmp_ratelimit=0
peer_start
peer_load peer
gateway_start start=immediate \
	probe='probe = { address = "10.2.0.2"; source = "10.1.0.1"; interval_ms = 100; count = 3; };'
gateway_up
until_ok 10 is up || fail "the probe is not answered: $(shell show tunnels json)"
capture mirror gw lan0 'icmp[icmptype] = icmp-echoreply'
sleep 1
expect "microseconds of the last answer" "$(probe rtt_us)" -gt 0
expect "answers of the probe that the kernel has seen" "$(captured mirror)" -eq 0
route gw 10.2.0.0/24 via 192.0.2.2 dev wan0
pings gw 10.2.0.2 -I 10.1.0.1
seen mirror 'src 10.2.0.2' 3

# Silence, in both directions, at any moment between two pings.
on peer nft add table netdev cut
for i in 1 2 3 4; do
	sleep ".0$i"
	at=$(date +%s%3N)
	on peer nft add chain netdev cut in '{ type filter hook ingress device "eth0" priority 0; policy drop; }'
	until_ok 5 is down || fail "the cut is not found: $(shell show tunnels json)"
	took=$(($(when probe-failed) - at))
	on peer nft delete chain netdev cut in
	until_ok 5 is up || fail "the tunnel stays down: $(shell show tunnels json)"
	expect "milliseconds until cut $i was found" $took -le 400
done
expect "the SA has outlived it: seconds" "$(ask 'show sa' "d[0]['age_s']")" -ge 3

# The host falls silent, and others answer in its place.
on right sysctl -qw net.ipv4.icmp_echo_ignore_all=1
until_ok 5 is down || fail "the silent host is not noticed"
bg wrong right "$ROOT/tests/net/answer.py" eth0 eth0 wrong
until_ok 5 grep -q answering "$RUN/wrong.log" || fail "nobody forges"
sleep 1
expect "answers with the wrong cookie" "$(probe strange)" -ge 5
is down || fail "forged answers count"
end wrong || true
# In clear from outside, with all that only the right host can know.
mac=$(on peer ip -j neigh show 192.0.2.1 | python3 -c 'import json, sys; print(json.load(sys.stdin)[0]["lladdr"])')
bg clear peer "$ROOT/tests/net/answer.py" lan eth0 right "$mac"
until_ok 5 grep -q answering "$RUN/clear.log" || fail "nobody forges"
sleep 1
dropped clear_from_outside 5
is down || fail "answers in clear count"
end clear || true
# The same man with the right answer in the right way.
bg right right "$ROOT/tests/net/answer.py" eth0 eth0 right
until_ok 5 is up || fail "right answers do not count: $(shell show tunnels json)"
end right || true
on right sysctl -qw net.ipv4.icmp_echo_ignore_all=0
until_ok 5 is up || fail "the host itself is not heard"

# Only while there is an SA.
shell tunnel down net
sent=$(probe sent)
sleep .5
expect "pings without an SA" "$(($(probe sent) - sent))" -eq 0
shell tunnel up net
until_ok 5 is up || fail "the probe does not go on"
gateway_alive
