#!/bin/bash
# R-61, N-5: strongSwan, configured by `show peer-config` alone, comes up in both tunnels, and each carries
# traffic, whoever begins.
# cases v2 v2-many main main-pairs aggressive
# shellcheck disable=SC2034
PEER_EXTRA='i_dont_care_about_security_and_use_aggressive_mode_psk = yes'
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/net/lib/peer_config.sh"

key=$AWKWARD
declare -A begins=([v2]=none [v2-many]=immediate [main]=immediate [main-pairs]=none [aggressive]=none)
networks=${1#*-}
[[ $networks != "$1" ]] || networks=
case $1 in
v2*) version='version = "ikev2";' ;;
main*) version='version = "ikev1"; mode = "main";' ;;
aggressive)
	version='version = "ikev1"; mode = "aggressive"; remote_id = "branch.example";'
	key=0xnot-hexadecimal
	;;
esac

topo_direct
addr right eth0 10.2.0.130/32
peer_config_gateway "$version" "$networks" psk="$key" start="${begins[$1]}"
peer_start
shell show peer-config net strongswan >"$RUN/peer/swanctl.conf"
peer peer --load-all --noprompt --file "$RUN/peer/swanctl.conf" >"$RUN/peer/load.log" 2>&1 ||
	fail "strongSwan took not all of it: $(<"$RUN/peer/load.log")"
peer_config_works "$networks"
expect "IKE SAs that are left" "$(peer peer --list-sas | grep -c ESTABLISHED)" -eq 1
if [[ $1 == v2 ]]; then
	expect "the tree's Local" "$(ask 'show peer-config net strongswan' "d['VpnConnectionConfig']['Local']")" = 192.0.2.2
	! shell show peer-config net cisco-asa >"$RUN/refused" 2>&1 || fail "a key that an ASA cannot be told"
	grep -q 'cannot be told this pre-shared key' "$RUN/refused" || fail "no reason: $(<"$RUN/refused")"
	! grep -q 'say' "$RUN/refused" || fail "the reason holds the key"
fi
