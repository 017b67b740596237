#!/bin/bash
# IKEv1 through a router that rewrites our address: it is found, IKE and ESP go in UDP 4500. In
# aggressive mode, quick mode follows the third message at once.
# cases main aggressive
# shellcheck disable=SC2034
PEER_EXTRA='i_dont_care_about_security_and_use_aggressive_mode_psk = yes'
. "$(dirname "$0")/lib.sh"

suite=(ike=aes128-sha256-modp2048 esp=aes128-sha256)
ids=(local_id=198.51.100.2 remote_id=203.0.113.2)
[[ $1 == main ]] || ids=(local_id=gw.example remote_id=peer.example)
topo_nat gw
peer_start
peer_load peer mode="$1" "${suite[@]}" local=203.0.113.2 remote=%any \
	local_id="${ids[1]#*=}" remote_id="${ids[0]#*=}"
gateway_start start=immediate address=198.51.100.2 next_hop=198.51.100.1 peer=203.0.113.2 \
	version="version = \"ikev1\"; mode = \"$1\";" "${suite[@]}" "${ids[@]}"
capture wire peer eth0

gateway_up
pings left 10.2.0.2
pings right 10.1.0.2
expect "who is behind a NAT" "$(ask 'show ike' "d[0]['nat']")" = we
seen wire 'udp port 4500' 12
expect "raw ESP on the wire" "$(captured wire esp)" -eq 0
expect "inner packets in clear" "$(captured wire 'net 10.0.0.0/8')" -eq 0
