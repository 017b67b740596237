#!/bin/bash
# A negotiation that cannot succeed: the shell says which tunnel and why, nothing crashes.
# cases psk ike-proposal esp-proposal local-id remote-id selectors
. "$(dirname "$0")/lib.sh"

topo_direct
peer_start
theirs=() ours=()
case $1 in
psk) theirs=(psk=another) says='pre-shared key' ;;
ike-proposal) ours=(ike=aes256-sha512-modp4096) says='proposal' ;;
esp-proposal) ours=(esp=aes256-sha512) says='proposal' ;;
local-id) ours=(local_id=fqdn:stranger.example) says='local|identity|id|refused' ;;
remote-id) ours=(remote_id=fqdn:other.example) says='remote|identity|id' ;;
selectors) theirs=(local_ts=10.66.0.0/24) says='selector' ;;
esac
peer_load peer "${theirs[@]}"
gateway_start start=immediate "${ours[@]}"

# Both directions: what we are told when we ask, and what we say when we are asked.
reason() { ask 'show tunnels' "next(t['reason'] for t in d if t['tunnel'] == 'net')"; }
said() { reason | grep -qiE "$says"; }
until_ok 15 said || fail "asking: no word of '$says': $(shell show tunnels json)"
say "asking: $(reason)"
is_up && fail "the tunnel is up"
gateway_alive
gateway_stop

gateway_start "${ours[@]}"
peer peer --initiate --child net --timeout 5 >"$RUN/initiate.log" 2>&1 && fail "the peer's negotiation succeeded"
until_ok 5 said || fail "asked: no word of '$says': $(shell show tunnels json)"
say "asked: $(reason)"
gateway_alive
