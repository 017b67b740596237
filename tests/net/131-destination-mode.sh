#!/bin/bash
# R-11: both networks 0.0.0.0/0, and destination routes alone decide, the longest prefix first; nothing
# is made by itself. A route taken away takes its traffic away. On-traffic start keeps the first packet.
# timeout 120
. "$(dirname "$0")/lib.sh"

topo_offices a b
office a 10.2.0.2/16 10.1.0.0/24
office b 10.2.7.2/24 10.1.0.0/24
addr a lo 10.2.7.2/32

all=0.0.0.0/0
write() { # DESTINATION-ROUTES
	offices_config "$(office_connection a $all $all), $(start=traffic office_connection b $all $all)" "$1" ""
}
write "$(to 10.2.0.0/16 a), $(to 10.2.7.0/24 b)"
gateway_run
gateway_up a
expect "policies" "$(ask 'show policies' 'len(d)')" -eq 0
through a 10.2.0.2

# The first packet of all waits for its tunnel.
on left ping -n -c 1 -W 10 10.2.7.2 >"$RUN/ping.log" || fail "the first packet is lost: $(tail -3 "$RUN/ping.log")"
gateway_up b
through b 10.2.7.2

row='next(r for r in d if r["destination"] == "10.2.7.0/24")'
shown="(r := $row, [r[k] for k in ('source', 'name', 'gateway', 'weight', 'state', 'next_hop_tunnel', 'route_entry_type', 'active')])[1]"
expect "the route as shown" "$(ask 'show routes' "$shown == ['gateway', 'b', 'vpn', 100, 'normal', 'b', 'Custom', True]")" = True

write "$(to 10.2.0.0/16 a)"
shell reload >/dev/null
through a 10.2.7.2
write ""
shell reload >/dev/null
no_ping left 10.2.0.2
dropped no_route
