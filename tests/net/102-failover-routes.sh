#!/bin/bash
# A connection with 100,000 routes fails over as one with a single route does (N-2): no packet is lost for them.
# timeout 120
# alone
. "$(dirname "$0")/lib.sh"

routes=100000

switch() { # TUNNEL COMMAND...: have the traffic moved there; prints how long the switch took
	local to=$1
	shift
	"$@"
	until_ok 15 forwards "$to" || fail "no switch to $to: $(shell show connections json)"
	ask 'show connections' 'd[0]["last_switch"]["took_us"]'
}

thrice() { # the median of three switches
	local i
	for i in 1 2 3; do
		switch net-2 shell tunnel down net
		switch net shell tunnel up net >/dev/null
	done | sort -n | sed -n 2p
}

topo_pair
pair_start hold_down=0 remote=10.2.0.0/15
pings left 10.2.0.2
one=$(thrice)

python3 - "$routes" >"$RUN/routes" <<-EOT
	import sys
	for i in range(int(sys.argv[1])):
	    a = (10 << 24) + (2 << 16) + 256 + i
	    print(', { destination = "%d.%d.%d.%d/32"; connection = "net"; }' % (a >> 24, a >> 16 & 255, a >> 8 & 255, a & 255))
EOT
mapfile -t settings < <(pair_gateway)
gateway_config "${settings[@]}" hold_down=0 remote=10.2.0.0/15 more_routes="$(<"$RUN/routes")"
start=$EPOCHREALTIME
shell reload >"$RUN/reload.log" || fail "no reload: $(tail -3 "$RUN/reload.log")"
say "reloaded with $routes routes in $(((${EPOCHREALTIME/./} - ${start/./}) / 1000)) ms"
many=$(thrice)
echo "| a switch by the operator, median of 3: $one us with 1 route, $many us with $((routes + 1))"
expect "microseconds with $routes routes" "$many" -le $((one * 10 + 100))
pings left 10.2.0.2
gateway_alive
