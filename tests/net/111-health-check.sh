#!/bin/bash
# A health check that fails withdraws the routes or keeps them, and resets the tunnel if it is to (R-72, X-4).
# timeout 90
. "$(dirname "$0")/lib.sh"

health() { ask 'show health' "d[0]['$1']"; }
is() { [[ $(health status) == "$1" ]]; }
check() { # RETRY WORDS...: the gateway's configuration with this health check
	gateway_config start=immediate health="health_check = { enabled = true; destination = \"10.2.0.2\";
		source = \"10.1.0.1\"; interval_s = 1; retry = $*; };"
}
active() { ask 'show routes' "sum(r['active'] for r in d if r['to'] == 'connection')"; }
spi() { ask 'show sa' "next((s['spi_in'] for s in d if s['outbound']), '')"; }
dumb() { on right sysctl -qw net.ipv4.icmp_echo_ignore_all="$1"; }
lines() { grep -c "$1" "$RUN/gw.log" || true; }

topo_direct
peer_start
peer_load peer

# Off unless asked for.
gateway_start start=immediate
gateway_up
expect "health checks by default" "$(ask 'show health' 'len(d)')" -eq 0

check '2; policy = "revoke_route"'
shell reload >/dev/null
until_ok 5 is success || fail "the health check is not answered"
pings left 10.2.0.2
expect "routes into the connection" "$(active)" -eq 1
dumb 1
first=$(spi)
until_ok 8 is failed || fail "the silent host is not noticed: $(shell show health json)"
[[ $(health routes) == withdrawn ]] || fail "routes are $(health routes)"
expect "routes into the connection" "$(active)" -eq 0
before=$(drops no_route)
on left ping -n -c 3 -i .2 -W 1 10.2.0.1 >/dev/null || true
expect "packets without a route" "$(($(drops no_route) - before))" -eq 3
expect "tunnels that are usable" "$(ask 'show connections' "sum(t['usable'] for t in d[0]['tunnels'])")" -eq 0
# A reload that changes nothing of it brings no route back.
shell reload >/dev/null
expect "routes after a reload" "$(active)" -eq 0
dumb 0
until_ok 5 is success || fail "the host's answers are not noticed"
pings left 10.2.0.2
expect "routes into the connection" "$(active)" -eq 1
[[ $(spi) == "$first" ]] || fail "the tunnel was reset, and should not be"
expect "events of failure in the log" "$(lines 'health-check-failed')" -eq 1
expect "events of success in the log" "$(lines 'health-check-success')" -eq 1
expect "lines in the logbook" "$(ask 'show log net' "sum('health-check' in l for l in d)")" -eq 2

# Reserved: the tunnel counts as down, the route stays, and packets still pass to those who answer.
check '1; policy = "reserve_route"; reset = true'
shell reload >/dev/null
until_ok 5 is success || fail "the health check is not answered"
dumb 1
until_ok 8 is failed || fail "the silent host is not noticed"
[[ $(health routes) == 'in force' ]] || fail "routes are $(health routes)"
expect "routes into the connection" "$(active)" -eq 1
anew() { [[ -n $(spi) && $(spi) != "$first" ]]; }
until_ok 8 anew || fail "the tunnel is not negotiated anew: $(shell show sa json)"
pings left 10.2.0.1
second=$(spi)
sleep 2.5
[[ $(spi) == "$second" ]] || fail "one failure has reset the tunnel twice"
dumb 0
until_ok 5 is success || fail "the host's answers are not noticed"

# Who switches it off wants its judgement gone as well.
check '1; policy = "revoke_route"'
shell reload >/dev/null
dumb 1
until_ok 8 is failed || fail "the silent host is not noticed"
gateway_config start=immediate
shell reload >/dev/null
pings left 10.2.0.1
expect "health checks" "$(ask 'show health' 'len(d)')" -eq 0
dumb 0
gateway_alive
