#!/bin/bash
# What comes out of one connection's tunnel enters another's, by destination routes and by policy
# routes; only what both SAs' selectors hold passes (RFC 4301 s5).
# cases destination policy
# timeout 120
. "$(dirname "$0")/lib.sh"

topo_offices a b
office a 10.2.0.2/24 10.1.0.0/24,10.3.0.0/24
office b 10.3.0.2/24 10.1.0.0/24,10.2.0.0/24
case $1 in
destination)
	offices_config "$(office_connection a 0.0.0.0/0 0.0.0.0/0), $(office_connection b 0.0.0.0/0 0.0.0.0/0)" \
		"$(to 10.2.0.0/24 a), $(to 10.3.0.0/24 b)" ""
	;;
policy)
	offices_config "$(office_connection a '10.1.0.0/24 10.3.0.0/24' 10.2.0.0/24),
		$(office_connection b '10.1.0.0/24 10.2.0.0/24' 10.3.0.0/24)" "" ""
	;;
esac
gateway_run
gateway_up a
gateway_up b

pings a 10.3.0.2 -I 10.2.0.2
pings b 10.2.0.2 -I 10.3.0.2
pings left 10.3.0.2
dropped hub 12

# An address of a's that is in none of its selectors never enters b's tunnel: not out of a's SA, nor into b's.
if [[ $1 == policy ]]; then
	before=$(out_packets b)
	addr a lo 10.4.0.2/32
	no_ping a 10.3.0.2 -I 10.4.0.2
	expect "packets into b's tunnel" "$(out_packets b)" -eq "$before"
fi
