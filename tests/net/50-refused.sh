#!/bin/bash
# A negotiation that cannot succeed: the shell says which tunnel and why, nothing crashes.
# cases psk ike-proposal esp-proposal local-id remote-id selectors
. "$(dirname "$0")/lib.sh"

topo_direct
peer_start
theirs=() ours=()
case $1 in
psk)
	theirs=(psk=another)
	asking='identity or pre-shared key.*AUTHENTICATION_FAILED'
	asked='pre-shared keys differ'
	;;
ike-proposal)
	ours=(ike=aes256-sha512-modp4096)
	asking='none of our IKE proposals: expected aes256-sha512-group16'
	asked='no common IKE proposal: expected aes256-sha512-group16, got aes128-sha256'
	;;
esp-proposal)
	ours=(esp=aes256-sha512)
	asking='none of our ESP proposals: expected aes256-sha512'
	asked='no common ESP encryption algorithm: expected aes256, got aes128gcm16'
	;;
local-id)
	ours=(local_id=fqdn:stranger.example)
	asking='refuses our identity.*stranger.example'
	asked='another identity of ours: expected stranger.example, got 192.0.2.1'
	;;
remote-id)
	ours=(remote_id=fqdn:other.example)
	asking='refuses our identity.*other.example'
	asked="no tunnel for the peer's identity: expected other.example, got 192.0.2.2"
	;;
selectors)
	theirs=(local_ts=10.66.0.0/24)
	asking='none of our traffic selectors.*10.2.0.0/24'
	asked='selectors without anything in common: .*10.2.0.0/24, got .*10.66.0.0/24'
	;;
esac
peer_load peer "${theirs[@]}"
gateway_start start=immediate "${ours[@]}"

# Both directions: what we are told when we ask, and what we say when we are asked.
reason() { ask 'show tunnels' "next(t['reason'] for t in d if t['tunnel'] == 'net')"; }
said() { reason | grep -qE "$1"; }
until_ok 15 said "$asking" || fail "asking: no word of '$asking': $(shell show tunnels json)"
say "asking: $(reason)"
is_up && fail "the tunnel is up"
gateway_alive
gateway_stop

gateway_start "${ours[@]}"
peer peer --initiate --child net --timeout 5 >"$RUN/initiate.log" 2>&1 && fail "the peer's negotiation succeeded"
until_ok 5 said "$asked" || fail "asked: no word of '$asked': $(shell show tunnels json)"
say "asked: $(reason)"
gateway_alive
