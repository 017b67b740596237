#!/bin/bash
# Three child rekeys and one of the IKE SA (IKEv1: a renewed phase 1) while a ping at 100/s each way loses nothing.
# cases peer-rekeys we-rekey v1-peer-rekeys v1-we-rekey
# timeout 120
. "$(dirname "$0")/lib.sh"

suite=(ike=aes128-sha256-modp2048 esp=aes128gcm16-modp2048)
short=() version="" mode=v2 again=()
[[ $1 != *we-rekey ]] || short=(lifetime=10 ike_lifetime=25)
# IKEv1 has no rekey of its first phase, and what is replaced stays a moment.
[[ $1 != v1-* ]] || version='version = "ikev1";' mode=main again=(--reauth)
topo_direct
peer_start
peer_load peer mode="$mode" "${suite[@]}"
gateway_start start=immediate version="$version" "${suite[@]}" "${short[@]}"
gateway_up
pings left 10.2.0.2
ping_start left 10.2.0.2 100
ping_start right 10.1.0.2 100

rekeys() { # KIND: how many of it the peer's log shows as finished
	case $1 in
	child) grep -cE 'CHILD_SA net\{[0-9]+\} established' "$RUN/peer/charon.log" ;;
	ike) grep -cE 'IKE_SA net\[[0-9]+\] (rekeyed|established)' "$RUN/peer/charon.log" ;;
	esac
}
rekeyed() { [[ $(rekeys child) -ge 4 && $(rekeys ike) -ge 2 ]]; }

if [[ $1 == *peer-rekeys ]]; then
	for _ in 1 2 3; do
		peer peer --rekey --child net >>"$RUN/rekey.log"
		sleep 1
	done
	peer peer --rekey --ike net "${again[@]}" >>"$RUN/rekey.log"
	sleep 1
fi
until_ok 60 rekeyed || fail "rekeys did not happen: $(rekeys child) children, $(rekeys ike) IKE SAs"
[[ $mode == v2 ]] || sleep 4
sleep 1
say "children: $(rekeys child), IKE SAs: $(rekeys ike)"

expect "lost from left" "$(ping_lost left)" -eq 0
expect "lost from right" "$(ping_lost right)" -eq 0
expect "IKE SAs" "$(ask 'show ike' "sum(s['state'] == 'up' for s in d)")" -eq 1
gateway_alive
