#!/bin/bash
# Published routes (R-13) are the kernel's, with our protocol number at the inside mirror: for destination
# and policy routes; withdrawn when unpublished, deleted, revoked by the health check (R-72), or at the
# end; leftovers go; none is read back as a route. A revoked route drops, or leaves it to the standby.
# timeout 120
. "$(dirname "$0")/lib.sh"

topo_offices a b
office a 10.2.0.2/24 10.1.0.0/24
office b 10.2.0.2/24 10.1.0.0/24

check='health_check = { enabled = true; destination = "10.2.0.2"; source = "10.1.0.1"; interval_s = 1; retry = 2; };'
write() { # DESTINATION-ROUTES POLICY-ROUTES
	offices_config "$(office_connection a 0.0.0.0/0 0.0.0.0/0 "$check"), $(office_connection b 10.1.0.0/24 '10.2.0.0/24 10.9.0.0/16' 'auto_config_route = false;')" "$@"
}
again() {
	write "$@"
	shell reload >/dev/null
}
kernel() { # the routes that the kernel has of us
	on gw ip route show proto 204 | awk '{ print $1, $3 }' | sort | paste -sd,
}
published() { # ROUTES as kernel says them
	[[ $(kernel) == "$1" ]]
}
must_publish() {
	until_ok 5 published "$1" || fail "the kernel has '$(kernel)', not '$1'"
	say "published: ${1:-nothing}"
}

on_a="$(to 10.2.0.0/24 a 'published = true;')"
write "$on_a" "$(from_to 10.1.0.0/24 10.9.0.0/16 b 'published = true;')"
gateway_run
gateway_up a
gateway_up b
must_publish '10.2.0.0/24 lan0,10.9.0.0/16 lan0'
expect "routes read back" "$(ask 'show routes' "sum(r['source'] == 'kernel' for r in d)")" -eq 0
expect "states as shown" "$(ask 'show routes' "[r['state'] for r in d if r['source'] == 'gateway'] == ['published']")" = True

# Somebody else's hand: a leftover goes, what is ours comes back.
on gw ip route add 10.77.0.0/16 dev lan0 proto 204 metric 204
on gw ip route del 10.9.0.0/16 dev lan0
must_publish '10.2.0.0/24 lan0,10.9.0.0/16 lan0'

again "$on_a" "$(from_to 10.1.0.0/24 10.9.0.0/16 b)"
must_publish '10.2.0.0/24 lan0'

# The health check fails: withdrawn, and dropped rather than sent anywhere else.
through a 10.2.0.2
on a nft -f - <<-'EOT'
	table ip deaf { chain in { type filter hook input priority 0; ip daddr 10.2.0.2 icmp type echo-request drop; }; }
EOT
until_ok 10 published '' || fail "a failed health check does not withdraw: $(kernel)"
expect "states as shown" "$(ask 'show routes' "[(r['state'], r['active']) for r in d if r['source'] == 'gateway'] == [('normal', False)]")" = True
before=$(out_packets b)
on left ping -n -c 2 -W 1 10.2.0.2 >"$RUN/ping.log" && fail "a packet passed by a revoked route"
dropped no_route
expect "packets through b" "$(out_packets b)" -eq "$before"
# With a standby, that one.
again "$on_a, $(to 10.2.0.0/24 b 'weight = 0;')" ""
through b 10.2.0.2
on a nft delete table ip deaf
must_publish '10.2.0.0/24 lan0'
through a 10.2.0.2

# A crash and a new start, an end.
end gw KILL || true
gateway_run
must_publish '10.2.0.0/24 lan0'
gateway_stop
must_publish ''
