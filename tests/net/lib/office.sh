# shellcheck shell=bash
# Offices of customers: each a strongSwan of its own, all in the gateway's outside network, with the
# hosts that the scenario wants on its lo.
#
#   left ─10.1.0.0/24─ gw ─192.0.2.0/24─┬─ a (192.0.2.11)
#    .2              .1  .1             └─ b (192.0.2.12) ...

declare -A office_address=()

topo_offices() { # NAME...
	local n i=10
	topo_gateway
	ns_add net
	on net ip link add br0 type bridge
	on net ip link set br0 up
	link gw wan net to-gw
	on net ip link set to-gw master br0
	for n; do
		office_address[$n]=192.0.2.$((++i))
		ns_add "$n"
		link net "to-$n" "$n" eth0
		on net ip link set "to-$n" master br0
		addr "$n" eth0 "${office_address[$n]}/24"
	done
	topo_hide
}

# Office NAME with a host, from which its strongSwan answers for the network around it.
office() { # NAME HOST/BITS REMOTE-NETWORKS [key=value... of peer_write]
	local name=$1 host=$2 remote=$3 net
	shift 3
	net=$(python3 -c 'import ipaddress, sys; print(ipaddress.ip_interface(sys.argv[1]).network)' "$host")
	addr "$name" lo "${host%/*}/32"
	peer_start "$name"
	peer_load "$name" local="${office_address[$name]}" local_ts="$net" remote_ts="$remote" "$@"
}

# One connection with one tunnel of the same name to the office of that name.
office_connection() { # NAME LOCAL-NETWORKS REMOTE-NETWORKS [SETTINGS]
	cat <<-EOT
		{ name = "$1"; vpn_gateway = "vpn"; local_networks = [ $(quoted "$2") ]; remote_networks = [ $(quoted "$3") ];
		  ${4:-}
		  tunnels = ( { name = "$1"; customer_gateway = "$1"; pre_shared_key = "$PSK"; start = "${start:-immediate}";
			ike = { proposals = [ "aes128-sha256-modp2048" ]; };
			ipsec = { proposals = [ "aes128gcm16" ]; }; } ); }
	EOT
}

quoted() { # "A B" as "A", "B"
	local w out=
	for w in $1; do out+="${out:+, }\"$w\""; done
	echo "$out"
}

# The lists of the configuration, each a list of objects without its parentheses.
offices_config() { # CONNECTIONS DESTINATION-ROUTES POLICY-ROUTES [POLICIES] [key=value... of gateway_config]
	local n customers="" connections=$1 destination=$2 policy=$3 policies=${4:-}
	local -A g=()
	gateway_settings "${@:5}"
	for n in "${!office_address[@]}"; do
		customers+="${customers:+, }{ name = \"$n\"; address = \"${office_address[$n]}\"; }"
	done
	mkdir -p "$GW"
	{
		gateway_system
		cat <<-EOT
			vpn_gateways = ( { name = "vpn"; addresses = [ "gw1" ]; redundancy = "single"; ecmp = ${ecmp:-false}; } );
			customer_gateways = ( $customers );
			connections = ( $connections );
			destination_routes = ( $destination );
			policy_routes = ( $policy );
			policies = ( $policies );
		EOT
	} >"$GW/culvertd.conf"
	chmod 600 "$GW/culvertd.conf"
}

to() { # DESTINATION CONNECTION [SETTINGS]: a destination route
	echo "{ destination = \"$1\"; connection = \"$2\"; ${3:-} }"
}

from_to() { # SOURCE DESTINATION CONNECTION [SETTINGS]: a policy route
	echo "{ source = \"$1\"; destination = \"$2\"; connection = \"$3\"; ${4:-} }"
}

out_packets() { # TUNNEL: how many it has carried outward
	ask 'show tunnels' "next(t['out_packets'] for t in d if t['tunnel'] == '$1')"
}

# What left sends to an address goes through this tunnel, and is answered.
through() { # TUNNEL ADDRESS
	local before after
	before=$(out_packets "$1")
	pings left "$2"
	after=$(out_packets "$1")
	expect "packets through $1" $((after - before)) -ge 3
}
