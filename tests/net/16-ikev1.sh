#!/bin/bash
# IKEv1: main mode with addresses and aggressive mode with names, begun by either side; ping both ways.
# cases main-we main-peer aggressive-we aggressive-peer
# shellcheck disable=SC2034
PEER_EXTRA='i_dont_care_about_security_and_use_aggressive_mode_psk = yes'
. "$(dirname "$0")/lib.sh"

mode=${1%-*}
ids=() peer_ids=()
if [[ $mode == aggressive ]]; then
	ids=(local_id=fqdn:gw.example remote_id=fqdn:peer.example)
	peer_ids=(local_id=peer.example remote_id=gw.example)
fi
suite=(ike=aes256-sha256-modp2048 esp=aes128-sha256-modp2048)
topo_direct
peer_start
peer_load peer mode="$mode" "${suite[@]}" "${peer_ids[@]}"
capture wire peer eth0
case $1 in
*-we) gateway_start start=immediate version="version = \"ikev1\"; mode = \"$mode\";" "${suite[@]}" "${ids[@]}" ;;
*-peer)
	gateway_start version="version = \"ikev1\"; mode = \"$mode\";" "${suite[@]}" "${ids[@]}"
	peer_initiate
	;;
esac

gateway_up
pings left 10.2.0.2
pings right 10.1.0.2
expect "version and mode" "$(ask 'show ike' "(d[0]['version'], d[0]['mode']) == ('ikev1', '$mode')")" = True
expect "children of the peer" "$(peer_children)" -eq 1
seen wire esp 12
expect "inner packets in clear" "$(captured wire 'net 10.0.0.0/8')" -eq 0
