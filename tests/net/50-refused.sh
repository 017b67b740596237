#!/bin/bash
# A negotiation that cannot succeed: the shell says which tunnel and why, nothing crashes.
# cases psk ike-proposal esp-proposal dh-group local-id remote-id selectors
. "$(dirname "$0")/lib.sh"

topo_direct
peer_start
theirs=() ours=()
# The codes: what the API calls it when we ask, and when we are asked.
case $1 in
psk)
	codes=(PskMismatch PskMismatch)
	theirs=(psk=another)
	asking='identity or pre-shared key.*AUTHENTICATION_FAILED'
	asked='pre-shared keys differ'
	;;
ike-proposal)
	codes=(ProposalMismatch AlgorithmMismatch)
	ours=(ike=aes256-sha512-modp4096)
	asking='none of our IKE proposals: expected aes256-sha512-group16'
	asked='no common IKE proposal: expected aes256-sha512-group16, got aes128-sha256'
	;;
esp-proposal)
	codes=(ProposalMismatch EncryptionAlgorithmMismatch)
	ours=(esp=aes256-sha512)
	asking='none of our ESP proposals: expected aes256-sha512'
	asked='no common ESP encryption algorithm: expected aes256, got aes128gcm16'
	;;
dh-group)
	codes=(ProposalMismatch DhGroupMismatch)
	ours=(ike=aes128-sha256-modp4096)
	asking='none of our IKE proposals: expected aes128-sha256-group16'
	asked='no common IKE Diffie-Hellman group: expected group16, got group14'
	;;
local-id)
	codes=(PskMismatch PeerIdMismatch)
	ours=(local_id=fqdn:stranger.example)
	asking='refuses our identity.*stranger.example'
	asked='another identity of ours: expected stranger.example, got 192.0.2.1'
	;;
remote-id)
	codes=(PskMismatch PeerIdMismatch)
	ours=(remote_id=fqdn:other.example)
	asking='refuses our identity.*other.example'
	asked="no tunnel for the peer's identity: expected other.example, got 192.0.2.2"
	;;
selectors)
	codes=(TrafficSelectorMismatch TrafficSelectorMismatch)
	theirs=(local_ts=10.66.0.0/24)
	asking='none of our traffic selectors.*10.2.0.0/24'
	asked='selectors without anything in common: .*10.2.0.0/24, got .*10.66.0.0/24'
	;;
esac
peer_load peer "${theirs[@]}"
gateway_start start=immediate "${ours[@]}"

# Both directions: what we are told when we ask, and what we say when we are asked.
reason() { ask 'show tunnels' "next(t['reason'] for t in d if t['tunnel'] == 'net')"; }
# The diagnosis names the code, with both sides' parameters, and what to do about it.
diagnosed() { # CODE
	local found
	found=$(ask 'diagnose tunnel net' "next((f for f in d['findings'] if f['FailedReasonCode'] == '$1'), {})")
	[[ $found == *'"MismatchLocalParam": "'[^'"']* && $found == *'"MismatchRemoteParam": "'[^'"']* ]] ||
		fail "no finding $1: $(shell diagnose tunnel net json)"
	shell diagnose tunnel net | grep -q 'Critical, .* s ago' || fail "no sentence: $(shell diagnose tunnel net)"
	say "diagnosed: $1"
}
said() { reason | grep -qE "$1"; }
until_ok 15 said "$asking" || fail "asking: no word of '$asking': $(shell show tunnels json)"
say "asking: $(reason)"
diagnosed "${codes[0]}"
is_up && fail "the tunnel is up"
gateway_alive
gateway_stop

gateway_start "${ours[@]}"
peer peer --initiate --child net --timeout 5 >"$RUN/initiate.log" 2>&1 && fail "the peer's negotiation succeeded"
until_ok 5 said "$asked" || fail "asked: no word of '$asked': $(shell show tunnels json)"
say "asked: $(reason)"
diagnosed "${codes[1]}"
gateway_alive
