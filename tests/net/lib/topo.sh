# shellcheck shell=bash
# The worlds that scenarios and the lab stand in.
#
#   left ─10.1.0.0/24─ gw ─192.0.2.0/24─ peer ─10.2.0.0/24─ right
#    .2              .1  .1             .2   .1             .2
#
# gw's devices are lan and wan; every other device towards the outside is eth0.

# Host NAME behind ROUTER's DEV, in the network PREFIX.0/24.
host_behind() { # ROUTER DEV NAME PREFIX
	ns_add "$3"
	link "$1" "$2" "$3" eth0
	addr "$3" eth0 "$4.2/24"
	route "$3" default via "$4.1"
}

topo_gateway() {
	ns_add gw
	host_behind gw lan left 10.1.0
}

topo_peer() {
	ns_add peer
	router peer
	host_behind peer lan right 10.2.0
	addr peer lan 10.2.0.1/24
}

topo_direct() {
	topo_gateway
	topo_peer
	link gw wan peer eth0
	addr peer eth0 192.0.2.2/24
	topo_hide
}

# A router that rewrites addresses stands before the peer (BEHIND=peer) or before the gateway:
#   gw ─198.51.100.0/24─ nat ─203.0.113.0/24─ peer
topo_nat() { # BEHIND
	topo_gateway
	topo_peer
	ns_add nat
	router nat
	link gw wan nat gw
	link nat peer peer eth0
	addr nat gw 198.51.100.1/24
	addr nat peer 203.0.113.1/24
	addr peer eth0 203.0.113.2/24
	route peer default via 203.0.113.1
	if [[ $1 == peer ]]; then masquerade nat gw; else masquerade nat peer; fi
	topo_hide
}

# lan and wan are DPDK's, unless the scenario puts something else into gw.
topo_hide() {
	[[ ${GATEWAY:-culvertd} == culvertd ]] || return 0
	hide_from_kernel gw lan
	hide_from_kernel gw wan
}

# Two ways out, each with its own provider and its own strongSwan before the same network:
#
#           wan ─192.0.2.0/24──── mid1 ─203.0.113.0/25─── peer1 ─10.2.1.0/24─┐
#   left ─ gw                                                                right (10.2.0.2)
#           wan2 ─198.51.100.0/24─ mid2 ─203.0.113.128/25─ peer2 ─10.2.2.0/24─┘
topo_pair() {
	topo_gateway
	ns_add right
	pair_way 1 wan 192.0.2 203.0.113.1/25 203.0.113.2/25
	pair_way 2 wan2 198.51.100 203.0.113.129/25 203.0.113.130/25
	addr right lo 10.2.0.2/32
	route right default via 10.2.1.1
	topo_hide
	hide_from_kernel gw wan2
}

pair_way() { # N DEV NET MID PEER
	ns_add "mid$1" "peer$1"
	router "mid$1"
	router "peer$1"
	link gw "$2" "mid$1" gw
	link "mid$1" peer "peer$1" eth0
	link "peer$1" lan right "eth$1"
	addr "mid$1" gw "$3.254/24"
	addr "mid$1" peer "$4"
	addr "peer$1" eth0 "$5"
	addr "peer$1" lan "10.2.$1.1/24"
	addr right "eth$1" "10.2.$1.2/24"
	route "peer$1" default via "${4%/*}"
	route "peer$1" 10.2.0.2 via "10.2.$1.2"
}

# What gateway_start needs in that world: tunnel net through wan, net-2 through wan2.
pair_gateway() {
	printf '%s\n' next_hop=192.0.2.254 peer=203.0.113.2 second=customer2 start=immediate \
		'more_peers=, { name = "customer2"; address = "203.0.113.130"; }' \
		'more_ports=, { name = "wan2"; device = "net_af_packet2,iface=wan2,framecnt=2048"; role = "outside"; addresses = [ "198.51.100.1/24" ]; mirror = "wan20"; }' \
		'more_gateways=, { name = "gw2"; address = "198.51.100.1"; port = "wan2"; next_hop = "198.51.100.254"; zone = "north"; }'
}

# One of its strongSwans, which speaks IKEv2 unless PAIR_MODE says otherwise.
pair_peer() { # N OUR-ADDRESS THEIR-ADDRESS
	peer_start "peer$1"
	peer_load "peer$1" local="$3" remote="$2" mode="${PAIR_MODE:-v2}"
}

# Both, and the gateway with both tunnels up.
pair_start() { # [key=value...] of the gateway
	local -a settings
	mapfile -t settings < <(pair_gateway)
	pair_peer 1 192.0.2.1 203.0.113.2
	pair_peer 2 198.51.100.1 203.0.113.130
	gateway_start "${settings[@]}" "$@"
	gateway_up net
	gateway_up net-2
	until_ok 5 forwards net || fail "tunnel 1 does not carry the traffic: $(shell show connections json)"
}

# Whether this tunnel carries the traffic of connection net.
forwards() { # TUNNEL
	[[ $(ask 'show connections' 'd[0]["forwards"]') == "$1" ]]
}
