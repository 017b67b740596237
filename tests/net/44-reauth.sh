#!/bin/bash
# The IKE SA is renewed by new ones with IKE_AUTH. We make the new one first, and a ping at 100/s each
# way loses nothing. strongSwan closes the old one first, by its own clock or because we tell it a
# lifetime: no more is lost than that takes.
# cases we-reauth peer-reauths we-tell
# timeout 90
. "$(dirname "$0")/lib.sh"

topo_direct
peer_start
case $1 in
we-reauth)
	peer_load peer
	gateway_start start=immediate ike_lifetime=8 reauth=true
	;;
peer-reauths)
	peer_load peer more='reauth_time = 6s
		rand_time = 0s'
	gateway_start
	peer_initiate
	;;
we-tell)
	peer_load peer more='over_time = 2s'
	gateway_start ike_lifetime=10 reauth=true
	peer_initiate
	;;
esac
gateway_up
pings left 10.2.0.2
ping_start left 10.2.0.2 100
ping_start right 10.1.0.2 100

ups() { grep -c 'tunnel net: ike up' "$RUN/gw.log" || true; }
again() { [[ $(ups) -ge 4 ]]; }
until_ok 60 again || fail "only $(ups) IKE SAs in a minute"
sleep 3
expect "IKE SAs" "$(ups)" -le 5
most=0
[[ $1 == we-reauth ]] || most=6
expect "lost from left" "$(ping_lost left)" -le $most
# Whoever answers IKE_AUTH may send under the new child at once, before the answer has arrived: what
# comes that early, one packet of each renewal at this rate, finds no SA, and nothing else is lost.
early=0
[[ $1 != we-reauth ]] || early=$(drops no_spi)
expect "packets ahead of the answer" "$early" -le 5
expect "lost from right" "$(ping_lost right)" -le $((most + early))

# Nothing is left of the old ones but what is being deleted.
one() { [[ $(peer_children) -eq 1 ]]; }
until_ok 5 one || fail "the peer has $(peer_children) children"
gateway_alive
