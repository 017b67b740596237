#!/bin/bash
# Connections, 1,000 with --full, are created by the shell from a script, each on disk before its answer; they outlive a kill.
# timeout 600
# alone
. "$(dirname "$0")/lib.sh"

connections=${CONNECTIONS:-${FULL:+1000}}
connections=${connections:-250}

# Their peers do not answer.
topo_direct
addr peer eth0 192.0.2.254/24
route peer blackhole 198.18.0.0/15

lines() {
	local i
	echo "vpn-gateway create id=vpn-1 address1=gw2 address2=gw3"
	for ((i = 0; i < connections; i++)); do
		printf 'customer-gateway create id=cgw-%d ip-address=198.18.%d.%d\n' $i $((i / 250)) $((1 + i % 250))
		printf 'connection create id=vco-%d vpn-gateway=vpn-1 tunnel1.customer-gateway=cgw-%d tunnel2.customer-gateway=cgw-%d tunnel1.psk=key-%d-1 tunnel2.psk=key-%d-2\n' \
			$i $i $i $i $i
	done
}
created() { ask 'show connections' "sum(c['connection'].startswith('vco-') for c in d)"; }

gateway_start memory=512 more_gateways=', { name = "gw2"; address = "192.0.2.3"; port = "wan"; next_hop = "192.0.2.254"; },
	{ name = "gw3"; address = "192.0.2.4"; port = "wan"; next_hop = "192.0.2.254"; }'
lines >"$RUN/script"
cpu() { awk '{ print $14 + $15 }' "/proc/$(<"$RUN/gw.pid")/stat"; } # of all threads
ticks=$(cpu)
start=$EPOCHREALTIME
timeout 500 "$CULVERT" -s "$GW/culvert.sock" <"$RUN/script" >"$RUN/script.out" 2>"$RUN/script.err" ||
	fail "a line was refused: $(tail -3 "$RUN/script.err") after $(created)"
took=$(((${EPOCHREALTIME/./} - ${start/./}) / 1000))
spent=$((($(cpu) - ticks) * 1000 / $(getconf CLK_TCK)))
echo "| CPU: $spent ms, $((spent / connections)) ms each"
echo "| $connections connections and as many customer gateways created in $took ms, $((took / connections)) ms each; $(wc -c <"$GW/state/state.conf") bytes of state"
expect "connections" "$(created)" -eq "$connections"
expect "tunnels" "$(ask 'show tunnels' 'len(d)')" -eq $((2 * connections + 1))

# What was accepted is on disk.
end gw KILL || true
gateway_run
expect "connections after a kill" "$(created)" -eq "$connections"
gateway_alive
