#!/bin/bash
# R-70: a single-tunnel gateway becomes a dual one by a reload: tunnel 1 keeps its SAs and loses no
# packet, tunnel 2 comes up beside it from the second address.
# timeout 120
. "$(dirname "$0")/lib.sh"

topo_offices a
office a 10.2.0.2/24 10.1.0.0/24
offices_config "$(office_connection a 10.1.0.0/24 10.2.0.0/24)" "" "" "" \
	more_gateways=', { name = "gw2"; address = "192.0.2.3"; port = "wan"; }'
gateway_run
gateway_up a
pings left 10.2.0.2
spis() { ask 'show sa' "sorted((s['spi_in'], s['spi_out']) for s in d if s['tunnel'] == 'a')"; }
before=$(spis)
ping_start left 10.2.0.2 50

peer_load a conn=second local=192.0.2.11 remote=192.0.2.3 local_ts=10.2.0.0/24 remote_ts=10.1.0.0/24
sed -i 's/addresses = \[ "gw1" \]; redundancy = "single"/addresses = [ "gw1", "gw2" ]; redundancy = "dual"/
	s/ipsec = { proposals = \[ "aes128gcm16" \]; }; } );/ipsec = { proposals = [ "aes128gcm16" ]; }; },\
		{ name = "a-2"; customer_gateway = "a"; pre_shared_key = "'"$PSK"'"; start = "immediate";\
			ike = { proposals = [ "aes128-sha256-modp2048" ]; }; ipsec = { proposals = [ "aes128gcm16" ]; }; } );/' "$GW/culvertd.conf"
grep -q '"a-2"' "$GW/culvertd.conf" || fail "the file is not changed"
shell reload >/dev/null
gateway_up a-2
expect "SAs of tunnel 1 as before" "$(spis)" = "$before"
is_up a || fail "tunnel 1 is not up"
forwards a || fail "tunnel 1 does not carry the traffic: $(shell show connections)"
expect "address of tunnel 2" "$(ask 'show tunnels' "next(t['local'] for t in d if t['tunnel'] == 'a-2')")" = 192.0.2.3
expect "pings lost" "$(ping_lost left)" -eq 0
