#!/bin/bash
# A child's rekey with a fresh key exchange, in one group, asked for by either side.
# cases modp1024 modp2048 ecp256 curve25519
. "$(dirname "$0")/lib.sh"

topo_direct
peer_start
peer_load peer ike="aes128-sha256-$1" esp="aes128gcm16-$1"
gateway_start start=immediate ike="aes128-sha256-$1" esp="aes128gcm16-$1"
gateway_up
pings left 10.2.0.2

peer peer --rekey --child net >"$RUN/rekey.log"
with_group() { peer peer --list-sas --raw | grep -qi "dh-group=${1/curve25519/curve_25519}"; }
one_child() { [[ $(peer_children) -eq 1 ]]; }
until_ok 10 one_child || fail "the old child stays: $(peer peer --list-sas)"
peer peer --list-sas --raw | grep -o 'dh-group=[A-Z0-9_]*' | tee "$RUN/groups"
expect "key exchanges of IKE SA and child" "$(grep -c dh-group "$RUN/groups")" -eq 2
pings left 10.2.0.2
pings right 10.1.0.2
