# shellcheck shell=bash
# A connection of two tunnels, to one device that is configured by what the gateway says about it.

# A key as the file has it, of what a careless generator would lose: quotes, backslashes, comments.
AWKWARD='say \"hi\" \\ # {no} = $1'

# The gateway with two addresses; VERSION are the tunnels' lines about it. Only the device begins. With
# the word many, there are two networks on each side; with pairs, a child for each pair, too.
peer_config_gateway() { # VERSION [many|pairs] [key=value...]
	local version=$1 networks=${2:-} file=$GW/culvertd.conf
	shift
	[[ $# -eq 0 ]] || shift
	gateway_config version="$version" second=customer psk="$AWKWARD" \
		ike=aes256-sha256-modp2048 esp=aes256-sha256-modp2048 \
		'more_gateways=, { name = "gw2"; address = "192.0.2.5"; port = "wan"; }' "$@"
	sed -i 's|"192.0.2.1/24"|&, "192.0.2.5/24"|' "$file"
	[[ -z $networks ]] ||
		sed -i 's|local_networks = .*$|local_networks = [ "10.1.0.0/25", "10.1.0.128/25" ]; remote_networks = [ "10.2.0.0/25", "10.2.0.128/25" ];|' "$file"
	[[ $networks != pairs ]] || sed -i 's|ipsec = {|& one_child_per_pair = true;|' "$file"
	addr left eth0 10.1.0.130/32
	gateway_run
}

peer_config_ping() { # [many|pairs]
	pings left 10.2.0.2
	[[ -z ${1:-} ]] || pings left 10.2.0.130 -I 10.1.0.130
}

# Both tunnels stand, traffic passes through the first, and when that is down, through the second.
peer_config_works() { # [many|pairs]
	gateway_up net
	gateway_up net-2
	until_ok 5 forwards net || fail "tunnel 1 does not carry the traffic: $(shell show connections json)"
	peer_config_ping "${1:-}"
	shell tunnel down net
	until_ok 5 forwards net-2 || fail "tunnel 2 does not carry the traffic: $(shell show connections json)"
	peer_config_ping "${1:-}"
	gateway_alive
}

# A text of several files: what is for the one whose name ends with SUFFIX.
peer_config_part() { # SUFFIX <TEXT
	awk -v suffix="$1" '/^# ---- for / { on = $0 ~ suffix "$" } on'
}
