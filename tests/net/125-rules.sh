#!/bin/bash
# Every rule about VPN gateways and what belongs to them, broken once through the shell: the API's code,
# a sentence that names the parameter, and nothing has changed. The rows are those that go through the
# operator's file in tests/unit/model/rules.c.
# timeout 240
. "$(dirname "$0")/lib.sh"

rules() { "$BUILD/tests/unit/rules-list" "$1"; }

write_files() {
	local -A g=()
	gateway_settings
	mkdir -p "$GW/state"
	{
		gateway_system | sed '/^[[:space:]]*ports = (/,$d'
		rules file | sed -e '/^system = /d' \
			-e 's|device = "0000:03:00.0";|device = "net_af_packet0,iface=wan,framecnt=2048"; mirror = "wan0";|' \
			-e 's|device = "0000:03:00.1";|device = "net_af_packet1,iface=lan,framecnt=2048"; mirror = "lan0";|'
	} >"$GW/culvertd.conf"
	{
		echo 'state = { version = 1; };'
		rules state
	} >"$GW/state/state.conf"
	chmod 600 "$GW/culvertd.conf" "$GW/state/state.conf"
}

# One row. What was said is in $RUN/said.log.
try() { # STATUS CODE NAMED COMMAND
	local status=$1 code=$2 named=$3 command=$4 rc=0
	shell "$command" >"$RUN/said.log" 2>&1 || rc=$?
	if [[ $status -eq 0 ]]; then
		[[ $rc -eq 0 ]] || wrong "'$command' was refused: $(<"$RUN/said.log")"
	else
		[[ $rc -ne 0 ]] || wrong "'$command' was taken: $(<"$RUN/said.log")"
	fi
	grep -qF -- "[$code]" "$RUN/said.log" || wrong "'$command' does not say $code: $(<"$RUN/said.log")"
	grep -qF -- "$named" "$RUN/said.log" || wrong "'$command' does not name $named: $(<"$RUN/said.log")"
	tried=$((tried + 1))
}

wrong() {
	say "$*"
	wrongs=$((wrongs + 1))
}

topo_direct
write_files
gateway_run
cp "$GW/state/state.conf" "$RUN/before"
tried=0 wrongs=0

say "each rule of the table"
while IFS=$'\t' read -r status code named command <&3; do
	try "$status" "$code" "$named" "$command"
done 3< <(rules shell)
expect "rules tried" "$tried" -ge 90

say "what may not change, and what is in use"
try 400 DependencyViolation.VpnConnection cgw-osaka 'customer-gateway delete cgw-osaka --yes'
try 400 DependencyViolation.VpnConnection vpn-2 'vpn-gateway delete vpn-2 --yes'
expect "rules that were not kept" "$wrongs" -eq 0

cmp "$RUN/before" "$GW/state/state.conf" || fail "a refused change has changed something"

say "what is taken, with a warning in the reply, in the log and in show (D-16)"
try 0 slow-cipher tunnel2.ike-proposals 'connection modify vco-bgp tunnel2.ike-enc-alg=3des'
grep -q 'change by .*slow-cipher' "$RUN/gw.log" || fail "the log does not warn: $(tail -3 "$RUN/gw.log")"
[[ $(ask 'show connection vco-bgp' "' '.join(d['warnings'])") == *tunnels\[1\].ike.proposals*slow-cipher* ]] ||
	fail "show does not warn: $(shell 'show connection vco-bgp json')"
[[ $(ask 'show connection vco-policy' "'warnings' in d") == False ]] || fail "another connection is warned of"
shell 'vpn-gateway modify vpn-1 max-connections=2' >"$RUN/said.log" || fail "a quota that is just enough was refused"
! grep -q slow-cipher "$RUN/said.log" || fail "a warning is repeated"
try 400 Resource.QuotaFull max_connections 'connection create vpn-gateway=vpn-1 tunnel1.customer-gateway=cgw-osaka tunnel2.customer-gateway=cgw-osaka tunnel1.remote-id=other'

say "routes are exchanged as long as there is BGP (API.md 2.3)"
shell 'vpn-gateway modify vpn-1 auto-propagate=true' >/dev/null
try 400 OperationUnsupported.AutoPropagate auto-propagate 'vpn-gateway modify vpn-1 auto-propagate=false'
shell 'connection modify vco-bgp enable-tunnels-bgp=false' >/dev/null
shell 'vpn-gateway modify vpn-1 auto-propagate=false' >/dev/null || fail "without BGP, routes are still exchanged"
[[ $(ask 'show connection vco-bgp' "d['tunnel1']['bgp']['tunnel_cidr']") == 169.254.10.0/30 ]] ||
	fail "the BGP settings went with BGP: $(shell 'show connection vco-bgp json')"

say "a label in any script"
shell 'customer-gateway modify cgw-tokyo name="dc 1 (東京)"' >/dev/null || fail "a Japanese name was refused"
grep -qF 'dc 1 (東京)' "$GW/state/state.conf" || fail "a Japanese name is not in the state"
expect "rules that were not kept" "$wrongs" -eq 0
gateway_alive
