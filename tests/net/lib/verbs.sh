# shellcheck shell=bash
# What scenarios need that make everything in the shell.

# The file has ports and two gateway addresses, gw1 and gw2, on the outside port; and nothing else.
shell_file() {
	local -A g=()
	gateway_settings more_gateways=', { name = "gw2"; address = "192.0.2.3"; port = "wan"; }'
	mkdir -p "$GW"
	gateway_system | sed 's|"192.0.2.1/24"|"192.0.2.1/24", "192.0.2.3/24"|' >"$GW/culvertd.conf"
	chmod 600 "$GW/culvertd.conf"
}

peer_two_ways() { # [key=value...]: the peer's connections with gw1 and gw2
	peer_write peer conn=one remote=192.0.2.1 "$@"
	peer_write peer conn=two remote=192.0.2.3 "$@"
	peer_reload peer
}

# Refused, with the API's code and a sentence with each word.
refused() { # CODE WORD... -- COMMAND...
	local code=$1 words=() word
	shift
	while [[ $1 != -- ]]; do words+=("$1") && shift; done
	shift
	shell "$@" >"$RUN/refused.log" 2>&1 && fail "'$*' was taken"
	grep -qF "[$code]" "$RUN/refused.log" || fail "'$*' has no code $code: $(<"$RUN/refused.log")"
	for word in "${words[@]}"; do
		grep -qF -- "$word" "$RUN/refused.log" || fail "'$*' says nothing of $word: $(<"$RUN/refused.log")"
	done
}

spis() { # TUNNEL: of its SAs that carry traffic
	ask 'show sa' "sorted((s['spi_in'], s['spi_out']) for s in d if s['tunnel'] == '$1' and s['state'] != 'deleted')"
}

# How many of a background ping's packets did not arrive at right. Their way out is the claim: which
# tunnel a peer takes for the answers, and whether before we have its SA, is the peer's own matter.
echos() { on right awk '/^Icmp: InMsgs/ { for (i = 1; i <= NF; i++) if ($i == "InEchos") n = i; next } /^Icmp:/ { print $n }' /proc/net/snmp; }
pings_out() {
	echos_before=$(echos)
	ping_start left 10.2.0.2 50
}
pings_out_lost() {
	local sent
	sleep .2
	end ping-left INT || true
	sleep .2
	sent=$(awk '/packets transmitted/ { print $1 }' "$RUN/ping-left.log")
	[[ ${sent:-0} -gt 10 ]] || fail "too few pings: ${sent:-none}"
	echo $((sent - ($(echos) - echos_before)))
}
