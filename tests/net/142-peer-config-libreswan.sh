#!/bin/bash
# R-61: libreswan, with the two files of `show peer-config`, comes up and carries traffic.
# cases v2 v2-pairs main aggressive
# full only
# timeout 300
. "$(dirname "$0")/lib.sh"
VM_PEER=libreswan
. "$ROOT/tests/net/lib/vm.sh"
. "$ROOT/tests/net/lib/libreswan.sh"
. "$ROOT/tests/net/lib/peer_config.sh"

# The VM has no interfaces for tunnels: one tunnel, found by its selectors.
key=$AWKWARD
case $1 in
v2*) version='version = "ikev2";' ;;
main) version='version = "ikev1"; mode = "main";' key="it's # \\\\ {no}" ;;
aggressive) version='version = "ikev1"; mode = "aggressive"; remote_id = "branch.example"; local_id = "gw.example";' ;;
esac
networks=${1#v2-}
[[ $networks != "$1" ]] || networks=

topo_gateway
vm_start
topo_hide
peer_config_gateway "$version" "$networks" second= psk="$key"
shell show peer-config net libreswan >"$RUN/text"
for part in conf secrets; do
	peer_config_part "$part" <"$RUN/text" >"$RUN/net.$part"
done
[[ -z $networks ]] || vm 'ip addr add 10.2.0.130/32 dev lo' >"$RUN/vm-addr.log"
libreswan_files "$RUN/net.conf" "$RUN/net.secrets"
four() { [[ $(ask 'show sa' 'len(d)') -eq 4 ]]; }
until_ok 60 is_up net || { libreswan_log; fail "not up"; }
[[ -z $networks ]] || until_ok 20 four || { libreswan_log; fail "not a child for each pair"; }
peer_config_ping "$networks"
libreswan_log
gateway_alive
