#!/bin/bash
# An IKEv1 negotiation that cannot succeed: the shell says which tunnel and why, nothing crashes.
# cases psk ike-proposal esp-proposal dh-group remote-id selectors mode version
# timeout 90
# shellcheck disable=SC2034
PEER_EXTRA='i_dont_care_about_security_and_use_aggressive_mode_psk = yes'
. "$(dirname "$0")/lib.sh"

topo_direct
peer_start
theirs=() ours=() mode=main
case $1 in
psk)
	theirs=(psk=another)
	asking='pre-shared key'
	asked='pre-shared keys differ'
	;;
ike-proposal)
	ours=(ike=aes256-sha512-modp2048)
	asking='none of our IKE proposals: expected aes256-sha512-group14'
	asked='no common IKE .*expected .*aes256'
	;;
esp-proposal)
	ours=(esp=aes256-sha512)
	asking='none of our ESP proposals: expected aes256-sha512'
	asked='no common ESP .*expected .*aes256'
	;;
dh-group)
	ours=(ike=aes128-sha256-modp4096)
	asking='none of our IKE proposals: expected aes128-sha256-group16'
	asked='no common IKE .*expected .*group16'
	;;
remote-id)
	ours=(remote_id=192.0.2.99)
	asking='the peer has another identity: expected 192.0.2.99, got 192.0.2.2'
	asked="no tunnel for the peer's identity: expected 192.0.2.99, got 192.0.2.2"
	;;
selectors)
	theirs=(local_ts=10.66.0.0/24)
	asking='none of our traffic selectors.*10.2.0.0/24'
	asked='networks are not the same.*10.2.0.0/24, got .*10.66.0.0/24'
	;;
mode)
	mode=aggressive
	asking='the peer refuses|no answer|none of our IKE proposals'
	asked='another mode: expected aggressive mode, got main mode'
	;;
version)
	theirs=(mode=v2)
	asking='the peer refuses|none of our IKE proposals|no answer'
	asked='another version of IKE: expected IKEv1, got IKEv2'
	;;
esac
suite=(ike=aes128-sha256-modp2048 esp=aes128-sha256)
gateway=(version="version = \"ikev1\"; mode = \"$mode\";" "${suite[@]}" "${ours[@]}")
peer_load peer mode=main "${suite[@]}" "${theirs[@]}"
gateway_start start=immediate "${gateway[@]}"

# Both directions: what we are told when we ask, and what we say when we are asked.
reason() { ask 'show tunnels' "next(t['reason'] for t in d if t['tunnel'] == 'net')"; }
said() { reason | grep -qE "$1"; }
until_ok 60 said "$asking" || fail "asking: no word of '$asking': $(shell show tunnels json)"
say "asking: $(reason)"
is_up && fail "the tunnel is up"
gateway_alive
gateway_stop

gateway_start "${gateway[@]}"
peer peer --initiate --child net --timeout 5 >"$RUN/initiate.log" 2>&1 && fail "the peer's negotiation succeeded"
until_ok 10 said "$asked" || fail "asked: no word of '$asked': $(shell show tunnels json)"
say "asked: $(reason)"
gateway_alive
