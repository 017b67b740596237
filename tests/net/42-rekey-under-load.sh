#!/bin/bash
# 1,000 numbered packets a second each way while children live 5 s and IKE SAs 17 s: none is lost.
# cases we-rekey peer-rekeys both-rekey
# timeout 180
. "$(dirname "$0")/lib.sh"

seconds=${FULL:+60}
seconds=${seconds:-20}
short=(lifetime=5 ike_lifetime=17)
their_child='rekey_time = 4s
life_time = 5s
rand_time = 1s'
their_ike='rekey_time = 15s
over_time = 2s
rand_time = 2s'

topo_direct
peer_start
case $1 in
we-rekey)
	peer_load peer esp=aes128gcm16-x25519 ike=aes128-sha256-x25519
	gateway_start start=immediate esp=aes128gcm16-x25519 ike=aes128-sha256-x25519 "${short[@]}"
	;;
peer-rekeys)
	peer_load peer esp=aes128gcm16-x25519 ike=aes128-sha256-x25519 child="$their_child" more="$their_ike"
	gateway_start start=immediate esp=aes128gcm16-x25519 ike=aes128-sha256-x25519
	;;
both-rekey)
	peer_load peer esp=aes128gcm16-x25519 ike=aes128-sha256-x25519 child="$their_child" more="$their_ike"
	gateway_start start=immediate esp=aes128gcm16-x25519 ike=aes128-sha256-x25519 "${short[@]}"
	;;
esac
gateway_up
pings left 10.2.0.2

bg ping-left left ping -n -D -W 1 -i .001 10.2.0.2
sleep "$seconds"
lost=$(ping_lost left)
sent=$(grep -c "bytes from" "$RUN/ping-left.log")
children=$(grep -E 'CHILD_SA net\{[0-9]+\} established' "$RUN/peer/charon.log" | grep -vc outbound)
ikes=$(grep -cE 'IKE_SA net\[[0-9]+\] (rekeyed|established)' "$RUN/peer/charon.log")
say "$sent packets in $seconds s; $children children, $ikes IKE SAs made"
expect "children made" "$children" -ge $((seconds / 5))
expect "IKE SAs made" "$ikes" -ge $((seconds / 17 + 1))
expect "packets per second" $((sent / seconds)) -ge 700
expect "lost" "$lost" -eq 0
gateway_alive
