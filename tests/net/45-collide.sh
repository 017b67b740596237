#!/bin/bash
# Both sides rekey the same child, or the same IKE SA, at the same moment, again and again: one of each
# stays, and a ping at 100/s each way loses nothing.
# cases child ike both
# timeout 90
. "$(dirname "$0")/lib.sh"

# The way takes 60 ms, so that requests cross.
topo_gateway
topo_peer
ns_add way
link gw wan way near
link way far peer eth0
addr peer eth0 192.0.2.2/24
topo_hide
bg delay way python3 "$ROOT/tests/net/delay.py" near far 60
peer_start
peer_load peer esp=aes128gcm16-modp2048
gateway_start start=immediate esp=aes128gcm16-modp2048
gateway_up
pings left 10.2.0.2
ping_start left 10.2.0.2 100
ping_start right 10.1.0.2 100

theirs() { peer peer --rekey "--$1" net >>"$RUN/rekey.log" 2>&1 || true; }
ours() {
	if [[ $1 == ike ]]; then shell tunnel rekey-ike net; else shell tunnel rekey net; fi >>"$RUN/rekey.log" 2>&1 || true
}
for n in {1..12}; do
	case $1 in
	both) if ((n % 2)); then a=child b=ike; else a=ike b=child; fi ;;
	*) a=$1 b=$1 ;;
	esac
	if ((n % 3)); then theirs $a & ours $b; else ours $b & theirs $a; fi
	sleep 1
done
wait "$!" 2>/dev/null || true
sleep 3

met=$(grep -ciE 'collision|TEMP_FAIL|NO_CHILD|TEMPORARY|temporarily' "$RUN/peer/charon.log" || true)
expect "meetings in the peer's log" "$met" -ge 3
expect "lost from left" "$(ping_lost left)" -eq 0
expect "lost from right" "$(ping_lost right)" -eq 0
settled() {
	[[ $(peer_children) -eq 1 && $(ask 'show sa' "len([s for s in d if s['state'] == 'installed'])") -eq 1 &&
		$(ask 'show ike' "len([s for s in d if s['state'] == 'up'])") -eq 1 ]]
}
until_ok 15 settled || fail "more than one is left: $(shell show sa json) $(shell show ike json)"
expect "unplanned ends" "$(grep -c 'child down\|ike down\|peer dead' "$RUN/gw.log" || true)" -eq 0
gateway_alive
