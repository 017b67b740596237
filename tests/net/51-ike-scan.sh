#!/bin/bash
# ike-scan gets standard answers and no more: no vendor ids, no handshake that no tunnel asks for.
. "$(dirname "$0")/lib.sh"

topo_direct
gateway_start peer="" next_hop=192.0.2.2 remote_id=fqdn:branch.example ike='aes128-sha1-modp1024", "aes256-sha256-modp2048'

scan() { # NAME WORDS...: what it got to hear, into $RUN/NAME.scan
	local name=$1
	shift
	on peer timeout 30 ike-scan --multiline --retry=2 --timeout=500 --sport=500 "$@" 192.0.2.1 >"$RUN/$name.scan" 2>&1 || true
	grep -qE 'Ending ike-scan' "$RUN/$name.scan" || fail "ike-scan: $(<"$RUN/$name.scan")"
	say "$name: $(grep -oE '[0-9]+ returned .*' "$RUN/$name.scan")"
}
got() { grep -cE "$2" "$RUN/$1.scan" || true; } # NAME PATTERN

# Its one proposal is ours as well.
scan v2 --ikev2
expect "handshakes" "$(got v2 ' 1 returned handshake')" -eq 1
expect "SA, KE and nonce" "$(got v2 '^.(SA|KeyExchange|Nonce)')" -ge 3
expect "vendor ids" "$(got v2 'VID')" -eq 0
half=$(ask 'show ike' 'len(d)')
expect "half-open exchanges" "$half" -eq 1

# Nobody asks for IKEv1: neither main nor aggressive mode shakes hands, whatever the identity.
scan main
scan aggressive --aggressive --id=branch.example
scan aggressive-address --aggressive --id=192.0.2.2 --idtype=1
for name in main aggressive aggressive-address; do
	expect "handshakes of $name" "$(got $name ' 0 returned handshake')" -eq 1
	expect "hashes and identities in $name" "$(got $name 'Hash|ID\(')" -eq 0
done
expect "IKE SAs" "$(ask 'show ike' 'len(d)')" -le "$half"

# A tunnel of IKEv1 in main mode: main mode is answered with its proposal, aggressive mode is not.
v1='ike=3des-sha1-modp1024'
end gw
gateway_start "$v1" version='version = "ikev1";'
scan v1-main
scan v1-aggressive --aggressive --id=192.0.2.2 --idtype=1
expect "handshakes in main mode" "$(got v1-main ' 1 returned handshake')" -eq 1
expect "proposal" "$(got v1-main 'SA=\(Enc=3DES ')" -eq 1
expect "what tells our name or version" "$(got v1-main "[Cc]ulvert|ID\(")" -eq 0
expect "handshakes in aggressive mode" "$(got v1-aggressive ' 0 returned handshake')" -eq 1
expect "hashes in aggressive mode" "$(got v1-aggressive 'Hash\(')" -eq 0

# One in aggressive mode, and the identity is right: now a hash is what the peer asked for.
end gw
gateway_start peer="" next_hop=192.0.2.2 "$v1" version='version = "ikev1"; mode = "aggressive";' \
	local_id=fqdn:gw.example remote_id=fqdn:branch.example
scan v1-asked --aggressive --id=branch.example --idtype=2 --dhgroup=2
scan v1-stranger --aggressive --id=nobody.example --idtype=2 --dhgroup=2
expect "handshakes with the right identity" "$(got v1-asked ' 1 returned handshake')" -eq 1
expect "handshakes with a wrong one" "$(got v1-stranger ' 0 returned handshake')" -eq 1
gateway_alive
