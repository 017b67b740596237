#!/bin/bash
# R-12, R-13: a policy route of each pair of networks is made by itself, and kept out of the file. Policy
# routes go before destination routes, by priority, then as listed; policies before policy routes of the
# same priority. On-traffic start keeps the first packet.
# timeout 120
. "$(dirname "$0")/lib.sh"

topo_offices a b
office a 10.2.0.2/24 10.1.0.0/24
office b 10.2.0.2/24 10.1.0.0/24

write() { # POLICY-ROUTES [POLICIES] [SETTINGS-OF-A]
	offices_config "$(start=traffic office_connection a 10.1.0.0/24 10.2.0.0/24 "${3:-}"),
		$(office_connection b 10.1.0.0/24 10.2.0.0/24 'auto_config_route = false;')" "$(to 10.2.0.0/24 b)" "$1" "${2:-}"
}
again() {
	write "$@"
	shell reload >/dev/null
}
write ""
gateway_run
gateway_up b

on left ping -n -c 1 -W 10 10.2.0.2 >"$RUN/ping.log" || fail "the first packet is lost: $(tail -3 "$RUN/ping.log")"
gateway_up a
through a 10.2.0.2 # not b, where the destination route leads
expect "the automatic route as shown" "$(ask 'show policies' "[[p[k] for k in ('kind', 'source', 'destination', 'connection', \
	'priority', 'weight', 'state', 'next_hop_tunnel')] for p in d] == [['automatic route', '10.1.0.0/24', '10.2.0.0/24', 'a', 10, 100, 'normal', 'a']]")" = True

again "$(from_to 10.1.0.2/32 10.2.0.0/24 b 'priority = 9;')"
through b 10.2.0.2
again "$(from_to 10.1.0.2/32 10.2.0.0/24 b 'priority = 11;')"
through a 10.2.0.2
# Of equal priority: what is listed before what is made by itself; and among the listed the first.
again "$(from_to 10.1.0.2/32 10.2.0.0/24 b)"
through b 10.2.0.2
again "$(from_to 10.1.0.2/32 10.2.0.2/32 a), $(from_to 10.1.0.2/32 10.2.0.0/24 b)"
through a 10.2.0.2
again "$(from_to 10.1.0.2/32 10.2.0.0/24 b), $(from_to 10.1.0.2/32 10.2.0.2/32 a)"
through b 10.2.0.2

# Policies stand in the same order, and go first at equal numbers.
discard() { echo "{ name = \"no-ping\"; action = \"discard\"; protocol = \"icmp\"; priority = $1; }"; }
again "" "$(discard 11)"
through a 10.2.0.2
again "" "$(discard 10)"
no_ping left 10.2.0.2
dropped discard
expect "the order as shown" "$(ask 'show policies' "[p['kind'] for p in d] == ['policy', 'automatic route']")" = True

# D-5: none is made, and the destination route is what is left.
again "" "" 'auto_config_route = false;'
expect "policies" "$(ask 'show policies' 'len(d)')" -eq 0
through b 10.2.0.2
grep -q policy_routes "$GW/state/state.conf" 2>/dev/null && fail "a derived route is stored"
true
