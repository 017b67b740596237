#!/bin/bash
# diagnose connection names what is wrong, a cause at a time, and what to do about it (R-80, R-81, R-83).
. "$(dirname "$0")/lib.sh"

# Results of the level, as "NAME: DESCRIPTION".
results() { # LEVEL
	ask 'diagnose connection net' "'\n'.join(r['DiagnoseName'] + ': ' + r['DiagnoseResultDescription'] + ' / ' + r['remedy']
		for r in d['results'] if r['DiagnoseResultLevel'] == '$1')"
}

says() { # LEVEL PATTERN
	local found
	found=$(results "$1" | grep -E -- "$2") || fail "no $1 like '$2' in: $(shell diagnose connection net json)"
	say "$1: ${found:0:150}"
}

silent() { # LEVEL PATTERN
	! results "$1" | grep -qE -- "$2" || fail "a $1 like '$2' in: $(results "$1")"
}

level() { # EXPECTED
	[[ $(ask 'diagnose connection net' 'd["level"]') == "$1" ]] || fail "not $1: $(shell diagnose connection net json)"
}

again() { # [key=value...]: with other settings, and counters that begin at zero
	gateway_stop
	gateway_start "$@"
	gateway_up
}

topo_direct
peer_start
peer_load peer

# Phase 1 fails, and the reason is named (R-80, R-83).
gateway_start start=immediate psk=another-secret
until_ok 15 eval 'results error | grep -q "pre-shared"' || fail "the wrong secret is not named: $(shell diagnose connection net json)"
says error 'VcoUserInternetIpConnectivity: tunnel net is .*ike_sa_not_established.*/ .'
[[ $(ask 'show connections' 'd[0]["status"]') == ike_sa_not_established ]] || fail "the connection's status is wrong"

again start=immediate
pings left 10.2.0.2
level normal
says normal 'RouteEntryConflict: remote network 10.2.0.0/24 is routed into'
says normal 'VcoPrivateConnectivity: local network 10.1.0.0/24 is reached by an inside port'
[[ $(ask 'show connections' 'd[0]["status"]') == ipsec_sa_established ]] || fail "the connection's status is wrong"
[[ $(ask 'show tunnels' 'd[0]["established_s"] + len(d[0]["drops"])') -lt 30 ]] || fail "the tunnel is older than it is"

# A route that leads in, but that no SA takes.
again start=immediate more_routes=', { destination = "10.7.0.0/24"; connection = "net"; }'
level warning
says warning 'VcoConfigConsistency: the route to 10.7.0.0/24 leads into the connection, whose remote networks do not hold it'
no_ping left 10.7.0.1
says warning 'VcoPrivateConnectivity: in the last minutes [0-9]+ packets.*dropped as ts_out'

# The way there is missing, or leads elsewhere.
sed -i '/^routes = /d' "$GW/culvertd.conf"
shell reload >/dev/null
says error 'RouteEntryConflict: remote network 10.2.0.0/24 has no route into the connection'
no_ping left 10.2.0.2
says warning 'VcoPrivateConnectivity: in the last minutes [0-9]+ packets.*dropped as no_route'
echo 'routes = ( { destination = "10.2.0.0/24"; port = "lan"; next_hop = "10.1.0.2"; } );' >>"$GW/culvertd.conf"
shell reload >/dev/null
says error 'RouteEntryConflict: remote network 10.2.0.0/24 is routed to lan, not into the connection'

# The host here has no way back.
route left 10.2.0.0/24 dev lo
again start=immediate
no_ping right 10.1.0.2
says error 'VcoPrivateConnectivity: in the last minutes 0 packets were encrypted and [1-9][0-9]* decrypted / Nothing is sent back'
on left ip route del 10.2.0.0/24

# The host there has none.
again start=immediate
on right ip route del default
no_ping left 10.2.0.2
says error 'VcoPrivateConnectivity: in the last minutes [1-9][0-9]* packets were encrypted and 0 decrypted / Nothing comes back'
route right default via 10.2.0.1
pings left 10.2.0.2
silent error 'Nothing comes back'

# The peer agrees to a part.
peer_load peer local_ts=10.2.0.0/25
again start=immediate
says warning 'VcoConfigConsistency: the peer of tunnel net has not agreed to all of remote network 10.2.0.0/24'
silent warning 'local network'
peer_load peer

# A local network that no inside port reaches.
again start=immediate local='10.1.0.0/24", "10.9.0.0/24'
says error 'VcoPrivateConnectivity: local network 10.9.0.0/24 is not reached by an inside port'
says normal 'VcoPrivateConnectivity: local network 10.1.0.0/24 is reached'

# What a VPN gateway may have is used up.
gateway_stop
gateway_config start=immediate
sed -i 's/{ name = "net"; local_networks/{ name = "net"; vpn_gateway = "vpn-1"; local_networks/; s/{ name = "net"; gateway_address = "gw1";/{ name = "net";/; /^routes = /d' "$GW/culvertd.conf"
echo 'vpn_gateways = ( { name = "vpn-1"; addresses = [ "gw1" ]; redundancy = "single"; max_connections = 1; } );' >>"$GW/culvertd.conf"
gateway_run
gateway_up
pings left 10.2.0.2
says warning 'VpnIPsecQuota: 1 of 1 connections of VPN gateway vpn-1 are used'
says normal 'VpnPbrRouteQuota: 1 of '
says normal 'RouteEntryConflict: a policy leads into the connection'
