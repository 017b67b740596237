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
