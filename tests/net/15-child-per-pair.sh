#!/bin/bash
# Two networks on each side, and SAs of its own for each of the four pairs: a peer that knows no
# other way, whoever begins. Each pair passes through its SAs alone, after a rekey as well.
# A pair's first packet waits for the SAs of that pair.
# cases we-begin peer-begins on-traffic v1-we-begin v1-peer-begins
. "$(dirname "$0")/lib.sh"

case $1 in
v1-*) version=1 ;;
*) version=2 ;;
esac
set -- "${1#v1-}"

topo_direct
on left ip addr add 10.1.0.130/32 dev eth0
on right ip addr add 10.2.0.130/32 dev eth0
pair() { # NAME LOCAL REMOTE: a child of the peer, its end left open
	printf '%s {\nlocal_ts = %s\nremote_ts = %s\nesp_proposals = aes128gcm16-modp2048\nstart_action = %s\n' "$@" $start
}
start=none
[[ $1 != peer-begins ]] || start=start
peer_start
peer_write peer esp=aes128gcm16-modp2048 local_ts=10.2.0.0/25 remote_ts=10.1.0.0/25 start=$start child="}
	$(pair low-high 10.2.0.128/25 10.1.0.0/25)
	}
	$(pair high-low 10.2.0.0/25 10.1.0.128/25)
	}
	$(pair high-high 10.2.0.128/25 10.1.0.128/25)"
sed -i "s|version = 2|version = $version|" "$RUN/peer/swanctl-net.conf"
[[ $1 == peer-begins ]] || peer_reload peer
declare -A ours=([we-begin]=immediate [peer-begins]=none [on-traffic]=traffic)
gateway_config version="version = \"ikev$version\";" start="${ours[$1]}" esp=aes128gcm16-modp2048
sed -i -e 's|local_networks = .*$|local_networks = [ "10.1.0.0/25", "10.1.0.128/25" ]; remote_networks = [ "10.2.0.0/25", "10.2.0.128/25" ];|' \
	-e 's|ipsec = {|& one_child_per_pair = true;|' "$GW/culvertd.conf"
gateway_run
[[ $1 != peer-begins ]] || peer_reload peer
[[ $1 != on-traffic ]] || on left ping -n -c 1 -W 5 -I 10.1.0.130 10.2.0.130 >"$RUN/ping.log" ||
	fail "the first packet was lost: $(tail -2 "$RUN/ping.log")"

four() { [[ $(peer_children) -eq 4 && $(children) -eq 4 ]]; }
children() { ask 'show sa' 'len(d)'; }
until_ok 15 four || fail "not four children: $(shell show sa)"
all_pairs() {
	local l r
	for l in 10.1.0.2 10.1.0.130; do
		for r in 10.2.0.2 10.2.0.130; do
			pings left $r -I $l
		done
	done
}
all_pairs
expect "children that have carried both ways" \
	"$(ask 'show sa' "sum(c['in_packets'] >= 3 and c['out_packets'] >= 3 for c in d)")" -eq 4
say "$(shell show sa)"

peer peer --rekey --ike net >"$RUN/rekey.log"
peer peer --rekey --child high-high >>"$RUN/rekey.log"
sleep 1
# What IKEv1 has replaced stays until it ends.
at_least() { [[ $(children) -ge 4 ]]; }
until_ok 15 "$([[ $version == 1 ]] && echo at_least || echo four)" || fail "not four children after a rekey: $(shell show sa)"
all_pairs
expect "refused by selectors" "$(drops ts_out)" -eq 0
gateway_alive
