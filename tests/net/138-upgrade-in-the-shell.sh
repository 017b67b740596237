#!/bin/bash
# R-70: a VPN gateway with one tunnel for each connection gets a second address by one command. Tunnel 1
# keeps its SAs and loses no packet, tunnel 2 comes up beside it; after that there is no way back.
# timeout 120
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/net/lib/verbs.sh"

topo_direct
peer_start
peer_two_ways
shell_file
gateway_run

shell vpn-gateway create id=vpn-1 redundancy=single address1=gw1 >/dev/null
shell customer-gateway create id=cgw-1 ip-address=192.0.2.2 >/dev/null
single() { # ID REMOTE
	echo "connection create id=$1 vpn-gateway=vpn-1 local-subnet=10.1.0.0/24 remote-subnet=$2 effect-immediately=true" \
		"tunnel1.customer-gateway=cgw-1 tunnel1.psk=$PSK tunnel1.ike-proposals=aes128-sha256-modp2048" \
		"tunnel1.ipsec-proposals=aes128gcm16"
}
refused VpnConnection.InvalidCreateTunnelOptions tunnel2 "one tunnel" \
	-- "$(single vco-1 10.2.0.0/24) tunnel2.customer-gateway=cgw-1"
shell "$(single vco-1 10.2.0.0/24)" >/dev/null
tunnel() { ask 'show connection vco-1' "d['tunnel$1']['name']"; }
tun1=$(tunnel 1)
gateway_up "$tun1"
pings left 10.2.0.2
spis "$tun1" >"$RUN/before"
pings_out

refused MissingParameter address2 -- vpn-gateway upgrade vpn-1
refused InvalidParameter gw9 -- vpn-gateway upgrade vpn-1 address2=gw9
shell vpn-gateway upgrade vpn-1 address2=gw2 >/dev/null
tun2=$(tunnel 2)
gateway_up "$tun2"
spis "$tun1" >"$RUN/after"
cmp "$RUN/before" "$RUN/after" || fail "tunnel 1 has new SAs"
forwards "$tun1" || fail "tunnel 1 does not carry the traffic: $(shell show connections)"
expect "pings lost" "$(pings_out_lost)" -eq 0
expect "address of tunnel 2" "$(ask 'show tunnels' "next(t['local'] for t in d if t['tunnel'] == '$tun2')")" = 192.0.2.3

refused MissingParameter.CustomerGatewayId tunnel2.customer-gateway -- "$(single vco-2 10.3.0.0/24)"
shell vpn-gateway create id=vpn-2 redundancy=dual address1=gw1 address2=gw1 >"$RUN/same.log" 2>&1 && fail "one address, twice"
grep -q 'both tunnels would have the same gateway address' "$RUN/same.log" || fail "$(<"$RUN/same.log")"
gateway_alive
