#!/bin/bash
# N-7: kill -9 at random moments of a stream of changes. After each restart the state is what was
# accepted, and the tunnel of a real peer, which knows nothing of it, is up within 30 s without a hand.
# timeout 1800
. "$(dirname "$0")/lib.sh"

times=$([[ -n ${FULL:-} ]] && echo 200 || echo 20)
changes() { # VERB [SEED]
	python3 "$(dirname "$0")/changes.py" "$1" "$GW/culvert.sock" "$RUN/book" "${@:2}"
}
ms() { echo $(($(date +%s%N) / 1000000)); }

topo_direct
peer_start
peer_load peer
declare -A g=()
gateway_settings user=nobody
mkdir -p "$GW"
gateway_system >"$GW/culvertd.conf"
chown -R nobody "$GW"
gateway_run
shell vpn-gateway create id=vpn-1 address1=gw1 redundancy=single max-connections=100 >/dev/null
shell customer-gateway create id=cgw-real ip-address=192.0.2.2 >/dev/null
shell connection create id=vco-real vpn-gateway=vpn-1 local-subnet=10.1.0.0/24 remote-subnet=10.2.0.0/24 \
	tunnel1.customer-gateway=cgw-real "tunnel1.psk=$PSK" tunnel1.start=immediate \
	tunnel1.ike-proposals=aes128-sha256-group14 tunnel1.ipsec-proposals=aes128gcm16 >/dev/null ||
	fail "no connection"
tunnel=$(ask 'show connection vco-real' 'd["tunnel1"]["name"]')
gateway_up "$tunnel"
pings left 10.2.0.2

sum=0 worst=0
for ((i = 1; i <= times; i++)); do
	rm -f "$RUN/book.begun"
	changes stream $((i + SECONDS * 1000)) >"$RUN/accepted" 2>"$RUN/stream.log" &
	stream=$!
	until_ok 20 test -e "$RUN/book.begun" || fail "no change was accepted: $(<"$RUN/stream.log")"
	sleep "0.$((RANDOM % 6))$((RANDOM % 10))$((RANDOM % 10))"
	end gw KILL 2>/dev/null || true
	wait "$stream" || fail "a change was refused: $(<"$RUN/stream.log")"
	sum=$((sum + $(<"$RUN/accepted")))
	begin=$(ms)
	gateway_run
	changes verify || fail "restart $i: the state is not what was accepted"
	[[ ! -e $GW/state/state.conf.undo ]] || fail "something would come back"
	until_ok 30 is_up "$tunnel" || fail "restart $i: the tunnel is not up: $(shell show tunnels json)"
	took=$(($(ms) - begin))
	worst=$((took > worst ? took : worst))
done
pings left 10.2.0.2
pings right 10.1.0.2
echo "| $times times killed, $sum changes accepted, all there; up again after $worst ms at worst, start included"
expect "changes for each time" $((sum / times)) -ge 3
one() { [[ $(peer peer --list-sas | grep -c ESTABLISHED) -eq 1 ]]; }
until_ok 5 one || fail "the peer keeps old SAs: $(peer peer --list-sas)"
gateway_stop
