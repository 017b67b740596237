#!/bin/bash
# The life of a connection in the shell alone (R-10 to R-39, R-60 to R-64), from a file that has ports
# and addresses and nothing else: made, up, one tunnel changed while the other's SPIs stay, networks
# changed, deleted; and what is refused, with the API's codes.
# timeout 180
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/net/lib/verbs.sh"

made() { # COMMAND...: the id of what it makes
	shell "$* json" | python3 -c 'import json, sys; print(json.load(sys.stdin)["id"])' || fail "'$*' made nothing"
}

config() { # EXPRESSION over d, the connection as it is configured
	ask "show connection $vco" "$1"
}

expect_text() { # WHAT GOT WANTED
	[[ $2 == "$3" ]] || fail "$1 is '$2', not '$3'"
}

both_up() { is_up "$tun1" && is_up "$tun2"; }

topo_direct
peer_start
peer_two_ways
shell_file
echo 'customer_gateways = ( { name = "by-hand"; address = "192.0.2.9"; } );' >>"$GW/culvertd.conf"
gateway_run

say "made by the shell: a VPN gateway, a customer gateway, a connection"
vpn=$(made vpn-gateway create address1=gw1 address2=gw2 name=main bandwidth=100)
cgw=$(made customer-gateway create ip-address=192.0.2.2 name=office tag=site=office tag=owner=net)
[[ $vpn == vpn-* && $cgw == cgw-* ]] || fail "ids are $vpn and $cgw"
tunnel() { # N: the settings of tunnel N
	echo "tunnel$1.customer-gateway=$cgw tunnel$1.psk=$PSK tunnel$1.ike-enc-alg=aes tunnel$1.ike-auth-alg=sha256" \
		"tunnel$1.ike-pfs=group14 tunnel$1.ipsec-enc-alg=aes128gcm16 tunnel$1.ipsec-pfs=disabled"
}
vco=$(made connection create vpn-gateway="$vpn" name=tokyo local-subnet=10.1.0.0/24 remote-subnet=10.2.0.0/24 \
	effect-immediately=true "$(tunnel 1)" "$(tunnel 2)")
[[ $vco == vco-* ]] || fail "the id is $vco"
tun1=$(config "d['tunnel1']['name']") tun2=$(config "d['tunnel2']['name']")
expect_text "our address of tunnel 1" "$(config "d['tunnel1']['gateway_address']")" gw1
expect_text "our address of tunnel 2" "$(config "d['tunnel2']['gateway_address']")" gw2
expect_text "the routing mode" "$(config "d['routing']")" policy
until_ok 20 both_up || fail "the tunnels are not up: $(shell show tunnels json)"
pings left 10.2.0.2

say "secrets are shown to who asks, and nowhere else"
expect_text "the key" "$(config "d['tunnel1']['pre_shared_key']")" '<set>'
expect_text "the key, asked for" "$(ask "show connection $vco secrets" "d['tunnel1']['pre_shared_key']")" "$PSK"
! grep -qF "$PSK" "$RUN/gw.log" || fail "the log has the key"

say "one tunnel changes, the other one carries on"
spis "$tun1" >"$RUN/before"
old=$(spis "$tun2")
pings_out
sleep .5
shell tunnel modify "$tun2" ike-lifetime=7200 dpd-timeout=20 >/dev/null
renewed() { is_up "$tun2" && [[ $(spis "$tun2") != "$old" ]]; }
until_ok 15 renewed || fail "tunnel 2 did not negotiate again: $(shell show tunnels json)"
spis "$tun1" >"$RUN/after"
cmp "$RUN/before" "$RUN/after" || fail "the SPIs of tunnel 1 changed"
expect "pings lost meanwhile" "$(pings_out_lost)" -eq 0
expect "the lifetime" "$(config "d['tunnel2']['ike']['lifetime_s']")" -eq 7200
expect_text "the key that was not said" "$(ask "show connection $vco secrets" "d['tunnel2']['pre_shared_key']")" "$PSK"

say "the networks change, and names without any tunnel"
addr right eth0 10.4.0.2/24
on peer ip route add 10.4.0.0/24 via 10.2.0.2
shell connection modify "$vco" name=osaka >/dev/null
expect_text "the name" "$(config "d['about']['label']")" osaka
spis "$tun1" >"$RUN/after"
cmp "$RUN/before" "$RUN/after" || fail "a name has reset a tunnel"
peer_two_ways remote_ts=10.1.0.0/24 local_ts=10.2.0.0/24,10.4.0.0/24
shell connection modify "$vco" remote-subnet=10.2.0.0/24,10.4.0.0/24 >/dev/null
until_ok 20 both_up || fail "the tunnels are not up again: $(shell show tunnels json)"
pings left 10.4.0.2
pings left 10.2.0.2

say "what is refused, with all that is wrong"
refused InvalidVpnConnectionInstanceId.NotFound 'The specified vpn connection instance id does not exist.' vco-nobody \
	-- connection modify vco-nobody name=x
refused InvalidVpnConnectionInstanceId.NotFound vco-nobody -- connection delete vco-nobody --yes
refused InvalidVpnGatewayInstanceId.NotFound vpn-nobody \
	-- connection create vpn-gateway=vpn-nobody local-subnet=10.9.0.0/24 remote-subnet=10.8.0.0/24
refused MissingParameter.VpnGatewayId vpn-gateway -- connection create name=x
refused IllegalParam.IkeLifetime ike-lifetime 86401 -- tunnel modify "$tun1" ike-lifetime=86401
refused DependencyViolation.VpnConnection "$vco" -- customer-gateway delete "$cgw" --yes
refused DependencyViolation.VpnConnection "$vco" -- vpn-gateway delete "$vpn"
shell connection modify "$vco" tunnel1.ike-enc-alg=aes257 tunnel1.ike-version=ikev3 tunnel2.tunnel-cidr=169.254.1.0/30 \
	remote-subnet=10.2.0.0/44 tunnel2.psk='"two words"' tunnel2.customer-gateway=cgw-nobody >"$RUN/all.log" 2>&1 &&
	fail "six mistakes were taken"
for word in tunnel1.ike-enc-alg IllegalParam.IkeEncAlg aes257 tunnel1.ike-version ikev3 tunnel2.tunnel-cidr \
	IllegalParam.TunnelCidr IllegalParam.RemoteSubnet tunnel2.psk IllegalParam.Psk tunnel2.customer-gateway \
	InvalidCustomerGatewayInstanceId.NotFound; do
	grep -qF "$word" "$RUN/all.log" || fail "of six mistakes, $word is not told: $(<"$RUN/all.log")"
done
! grep -qF 'two words' "$RUN/all.log" || fail "a refused key is repeated"
spis "$tun1" >"$RUN/before"
refused OperationDenied culvertd.conf -- customer-gateway modify by-hand name=x
refused InvalidParameter by-hand "file has one of this name" -- customer-gateway create id=by-hand ip-address=192.0.2.10

say "the API's spelling, a rehearsal, and a key that is made up"
api="connection create VpnGatewayId=$vpn LocalSubnet=10.7.0.0/24 RemoteSubnet=10.8.0.0/24"
for n in 1 2; do
	api+=" TunnelOptionsSpecification.$n.CustomerGatewayId=by-hand TunnelOptionsSpecification.$n.TunnelIkeConfig.IkeVersion=ikev1"
done
shell "$api --dry-run" | grep -q succeed || fail "the rehearsal says nothing"
refused IllegalParam.RemoteSubnet remote-subnet -- "${api/10.8.0.0\/24/10.8.0.0/24,10.8.0.0/16}" --dry-run
expect "connections after rehearsals" "$(ask 'show connections' 'len(d)')" -eq 1
other=$(made "$api")
key() { ask "show connection $other secrets" "d['tunnel$1']['pre_shared_key']"; }
old=$(key 2)
expect "letters of a key that was made up" "${#old}" -eq 16
shell tunnel modify "$(ask "show connection $other" "d['tunnel2']['name']")" psk= >/dev/null
[[ $(key 2) != "$old" && $(key 1) != "$old" ]] || fail "the new key is an old one"
expect_text "the version" "$(ask "show connection $other" "d['tunnel1']['version']")" ikev1
shell connection delete "$other" --yes >/dev/null

say "routes of the gateway, and what goes with the connection"
shell policy-route create source=10.1.0.0/24 destination=10.2.0.128/25 connection="$vco" priority=5 >/dev/null
shell policy-route modify source=10.1.0.0/24 destination=10.2.0.128/25 connection="$vco" priority=7 weight=0 published=true >/dev/null
expect "the priority" "$(ask 'show policy-routes' "d[0]['priority']")" -eq 7
refused InvalidRouteEntry.NotFound 10.2.0.0/25 \
	-- policy-route delete source=10.1.0.0/24 destination=10.2.0.0/25 connection="$vco" --yes
shell connection delete "$vco" >"$RUN/ask.log" 2>&1 && fail "deleted without --yes"
grep -q '1 policy routes.*needs --yes' "$RUN/ask.log" || fail "no word of what would go: $(<"$RUN/ask.log")"
spis "$tun1" >"$RUN/after"
cmp "$RUN/before" "$RUN/after" || fail "refusals have reset a tunnel"
shell connection delete "$vco" --yes >/dev/null
expect "connections" "$(ask 'show connections' 'len(d)')" -eq 0
expect "policy routes" "$(ask 'show policy-routes' 'len(d)')" -eq 0
grep -q "policy_route.*removed" "$RUN/gw.log" || fail "the log does not say which route went"
no_ping left 10.2.0.2
shell customer-gateway delete "$cgw" --yes >/dev/null
shell vpn-gateway delete "$vpn" --yes >/dev/null
expect "VPN gateways" "$(ask 'show vpn-gateways' 'len(d)')" -eq 0
expect "customer gateways, but for the file's" "$(ask 'show customer-gateways' 'len(d)')" -eq 1
gateway_alive
