#!/bin/bash
# Each of two tunnels has its health check: one that fails hands over, two withdraw the routes (R-72).
# full only
# timeout 120
. "$(dirname "$0")/lib.sh"

status() { ask 'show health' "next(h['status'] for h in d if h['tunnel'] == '$1')"; }
is() { [[ $(status "$1") == "$2" ]]; }
routes() { [[ $(ask 'show health' "d[0]['routes']") == "$1" ]]; }
forwarding() { on "$1" sysctl -qw net.ipv4.ip_forward="$2"; }

topo_pair
# Host right answers the way that it was asked.
on right nft -f - <<-EOT
	table ip back {
		chain in { type filter hook prerouting priority mangle; iifname "eth2" ct mark set 2; }
		chain out { type route hook output priority mangle; ct mark 2 meta mark set 2; }
	}
EOT
on right ip rule add fwmark 2 table 2
on right ip route add default via 10.2.2.1 table 2
pair_start hold_down=1 health='health_check = { enabled = true; destination = "10.2.0.2"; source = "10.1.0.1";
	interval_s = 1; retry = 2; };'
pings left 10.2.0.2
expect "checks" "$(ask 'show health' 'len(d)')" -eq 2

# Silence behind the first peer: DPD is content, and the way is cut.
forwarding mid1 0
until_ok 15 is net failed || fail "the cut way is not noticed: $(shell show health json)"
forwards net-2 || fail "the traffic stays: $(shell show connections json)"
expect "the standby tunnel's check is well" "$(status net-2)" = success
routes 'in force' || fail "routes are withdrawn while one tunnel is well"
pings left 10.2.0.2

forwarding mid2 0
until_ok 15 routes withdrawn || fail "both have failed, and the routes stay: $(shell show health json)"
before=$(drops no_route)
no_ping left 10.2.0.2
expect "packets without a route" "$(($(drops no_route) - before))" -ge 3

# The standby tunnel alone is enough to have the routes back; tunnel 1 has the traffic in the end.
forwarding mid2 1
until_ok 15 routes 'in force' || fail "the routes do not return: $(shell show health json)"
forwarding mid1 1
until_ok 15 forwards net || fail "the traffic does not return: $(shell show connections json)"
pings left 10.2.0.2
gateway_alive
