#!/bin/bash
# IKEv1: three quick modes and a renewed phase 1 while a ping at 100/s each way loses nothing.
# cases peer-rekeys we-rekey
# timeout 120
. "$(dirname "$0")/lib.sh"

suite=(ike=aes128-sha256-modp2048 esp=aes128-sha256-modp2048)
v1=(version='version = "ikev1";' start=immediate)
topo_direct
peer_start
peer_load peer mode=main "${suite[@]}"
if [[ $1 == peer-rekeys ]]; then
	gateway_start "${v1[@]}" "${suite[@]}"
else
	gateway_start "${v1[@]}" "${suite[@]}" lifetime=10 ike_lifetime=25
fi
gateway_up
pings left 10.2.0.2
ping_start left 10.2.0.2 100
ping_start right 10.1.0.2 100

rekeys() { # KIND: how many of it the peer's log shows as finished
	case $1 in
	child) grep -cE 'CHILD_SA net\{[0-9]+\} established' "$RUN/peer/charon.log" ;;
	ike) grep -cE 'IKE_SA net\[[0-9]+\] established' "$RUN/peer/charon.log" ;;
	esac
}
rekeyed() { [[ $(rekeys child) -ge 4 && $(rekeys ike) -ge 2 ]]; }

if [[ $1 == peer-rekeys ]]; then
	for _ in 1 2 3; do
		peer peer --rekey --child net >>"$RUN/rekey.log"
		sleep 1
	done
	peer peer --rekey --ike net --reauth >>"$RUN/rekey.log"
	sleep 4
fi
until_ok 60 rekeyed || fail "rekeys did not happen: $(rekeys child) children, $(rekeys ike) IKE SAs"
sleep 5
say "children: $(rekeys child), IKE SAs: $(rekeys ike)"

expect "lost from left" "$(ping_lost left)" -eq 0
expect "lost from right" "$(ping_lost right)" -eq 0
expect "IKE SAs" "$(ask 'show ike' "len([s for s in d if s['state'] == 'up'])")" -eq 1
gateway_alive
