#!/bin/bash
# 1,000 numbered packets a second each way while children live 5 s and IKE SAs 17 s: none is lost.
# cases we-rekey peer-rekeys both-rekey v1-we-rekey v1-peer-rekeys
# timeout 180
# alone
. "$(dirname "$0")/lib.sh"

# The short version shares the CPUs with others: ping sends what it can.
seconds=20 least=200
[[ -z ${FULL:-} ]] || seconds=60 least=700
short=(lifetime=5 ike_lifetime=17)
their_child='rekey_time = 4s
life_time = 5s
rand_time = 1s'
their_ike='rekey_time = 15s
over_time = 2s
rand_time = 2s'

both=(esp=aes128gcm16-x25519 ike=aes128-sha256-x25519)
ours=("${both[@]}" start=immediate)
theirs=("${both[@]}")
if [[ $1 == v1-* ]]; then
	both=(esp=aes128-sha256-modp2048 ike=aes128-sha256-modp2048)
	ours=("${both[@]}" start=immediate version='version = "ikev1";')
	theirs=("${both[@]}")
	their_ike+='
version = 1'
fi

topo_direct
peer_start
case $1 in
*we-rekey)
	peer_load peer "${theirs[@]}" more="$([[ $1 != v1-* ]] || echo version = 1)"
	gateway_start "${ours[@]}" "${short[@]}"
	;;
*peer-rekeys)
	peer_load peer "${theirs[@]}" child="$their_child" more="$their_ike"
	gateway_start "${ours[@]}"
	;;
both-rekey)
	peer_load peer "${theirs[@]}" child="$their_child" more="$their_ike"
	gateway_start "${ours[@]}" "${short[@]}"
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
expect "packets per second" $((sent / seconds)) -ge $least
expect "lost" "$lost" -eq 0
gateway_alive
