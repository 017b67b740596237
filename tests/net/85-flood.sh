#!/bin/bash
# IKE_SA_INIT from forged addresses: peers stay up, a new one comes up, half-open exchanges stay within the limit.
# cases simulated strongswan pcap
# timeout 120
# alone
. "$(dirname "$0")/lib.sh"

# With --full ten simulated peers bear 100,000 requests a second, and one strongSwan 20,000, for half a
# minute. In the case pcap the flood comes from a port that replays a capture as fast as the worker takes
# it, so the rate is what it could take beside all else. Other scenarios and builds that run beside the short version leave the flood less of the CPUs.
if [[ -n ${FULL:-} ]]; then
	seconds=30
	declare -A rate=([simulated]=102000 [strongswan]=20500) least=([simulated]=100000 [strongswan]=20000 [pcap]=100000)
else
	seconds=8
	declare -A rate=([simulated]=20000 [strongswan]=10000) least=([simulated]=5000 [strongswan]=2500 [pcap]=20000)
fi
# The ten come up while the capture is replayed already.
until=10
[[ $1 != pcap ]] || until=20
# Under a sanitizer what counts is that nothing is found.
grep -qa __asan_init "$CULVERTD" && rate=([simulated]=5000 [strongswan]=2000) least=([simulated]=1000 [strongswan]=500 [pcap]=1000)
short=(dpd_delay=2 dpd_timeout=10 lifetime=5 ike=aes128-sha256-x25519 esp=aes128gcm16-x25519)

topo_direct
route peer blackhole 100.64.0.0/10 # where the answers to forged addresses go

# A connection CONN to the peer ADDRESS, of which 10.N.0.0/16 is behind it.
to_peer() { # CONN ADDRESS N [key=value...]
	local -A g=()
	local conn=$1 peer=$2 n=$3
	shift 3
	gateway_settings "${short[@]}" psk=secret remote="10.$n.0.0/16" "$@"
	peers+=", { name = \"$conn\"; $(leaf address "$peer")}"
	connections+=", $(gateway_connection "$conn" | sed "s/\"customer\"/\"$conn\"/")"
}

# A tunnel that anybody may ask for makes the forged requests half-open exchanges.
peers="" connections=""
to_peer anybody "" 99 remote_id=fqdn:anybody.example
for n in {101..111}; do
	addr peer eth0 "192.0.2.$n/24"
	to_peer "p$n" "192.0.2.$n" "$n"
done
ports="" gateways=""
if [[ $1 == pcap ]]; then
	# The MAC address of DPDK's first capture port, and another address of the gateway behind it.
	"$BUILD/tests/net/spoof" pcap "$RUN/flood.pcap" 02:70:63:61:70:00 198.51.100.1 4096
	ports=", { name = \"flood\"; device = \"net_pcap0,rx_pcap=$RUN/flood.pcap,infinite_rx=1\"; role = \"outside\";
		addresses = [ \"198.51.100.1/24\" ]; mirror = \"flood0\"; }"
	gateways=', { name = "gw2"; address = "198.51.100.1"; port = "flood"; next_hop = "198.51.100.254"; }'
	connections=$(sed '/name = "anybody"; gateway_address/s/"gw1"/"gw2"/' <<<"$connections")
fi
gateway_start "${short[@]}" next_hop=192.0.2.2 more_peers="$peers" more_connections="$connections" \
	more_ports="$ports" more_gateways="$gateways"

crowd_says() { # NAME WORD: the value behind it
	tail -1 "$RUN/$1.log" | grep -oE " $2 [0-9]+" | cut -d' ' -f3
}
crowd_is_up() { [[ $(crowd_says "$1" up) == "$2" ]]; }

case $1 in
simulated | pcap)
	bg crowd peer "$BUILD/tests/net/crowd" 192.0.2.1 192.0.2.101 10 $((seconds + 10))
	until_ok "$until" crowd_is_up crowd 10 || fail "the ten peers are not up: $(tail -1 "$RUN/crowd.log")"
	;;
strongswan)
	PEER_EXTRA='dpd_max_delay = 10s'
	peer_start
	peer_load peer dpd=2s esp=aes128gcm16-x25519 ike=aes128-sha256-x25519
	peer_load peer conn=late local=192.0.2.111 remote=192.0.2.1 psk=secret local_ts=10.111.0.0/16 \
		remote_ts=10.1.0.0/24 esp=aes128gcm16-x25519 ike=aes128-sha256-x25519
	peer_initiate peer net || fail "strongSwan does not come up"
	pings left 10.2.0.2
	ping_start left 10.2.0.2 20
	;;
esac

before=$(drops punt_ike_new)
replayed() { ask 'show ports' "sum(p['rx_packets'] for p in d if p['port'] == 'flood')"; }
if [[ $1 == pcap ]]; then
	# Answers go to a router that nobody has to be.
	on gw ip neigh replace 198.51.100.254 lladdr 02:00:00:00:00:09 dev flood0
	replayed=$(replayed) since=$EPOCHREALTIME
fi
mac=$(on gw ip -o link show wan | grep -oE 'link/ether [0-9a-f:]+' | cut -d' ' -f2)
[[ $1 == pcap ]] || bg spoof peer "$BUILD/tests/net/spoof" eth0 "$mac" 192.0.2.1 "${rate[$1]}" "$seconds"
sleep 2

start=$EPOCHREALTIME
case $1 in
simulated | pcap)
	bg late peer "$BUILD/tests/net/crowd" 192.0.2.1 192.0.2.111 1 6
	until_ok 6 crowd_is_up late 1 || fail "a new peer does not come up: $(tail -1 "$RUN/late.log")"
	took=$(crowd_says late slowest_ms)
	;;
strongswan)
	peer_initiate peer late || fail "a new peer does not come up"
	took=$(((${EPOCHREALTIME/./} - ${start/./}) / 1000))
	;;
esac
expect "ms until a new peer was up" "$took" -le 5000
half=$(ask 'show ike' "sum(s['state'] == 'authenticating' for s in d)")
expect "half-open exchanges" "$half" -ge 60
expect "half-open exchanges" "$half" -le 70

if [[ $1 == pcap ]]; then
	sleep $((seconds - 2))
	offered=$((($(replayed) - replayed) * 1000000 / (${EPOCHREALTIME/./} - ${since/./})))
	received=$offered
	say "offered and received $offered per second; of new IKE $((($(drops punt_ike_new) - before) / (seconds + 1)))"
else
	until_ok $((seconds + 5)) grep -q offered "$RUN/spoof.log" || fail "the flood did not end"
	say "$(<"$RUN/spoof.log")"
	received=$((($(drops punt_ike_new) - before) / seconds))
	say "received $received per second"
	offered=$(grep -oE '[0-9]+ per' "$RUN/spoof.log" | cut -d' ' -f1)
fi
say "not taken: $(drops ike_new_policed) by rate, $(drops ike_new_full) by a full ring"
# On a busy machine the veth's ring overflows while nobody takes from it.
expect "received per second" "$received" -ge $((${least[$1]} / 2))
expect "offered per second" "$offered" -ge "${least[$1]}"
expect "IKE of known peers not taken" $(($(drops ike_policed) + $(drops ike_full))) -eq 0

case $1 in
simulated | pcap)
	wait "$(<"$RUN/crowd.pid")" 2>/dev/null || true
	say "$(tail -1 "$RUN/crowd.log")"
	expect "peers dead" "$(crowd_says crowd dead)" -eq 0
	expect "IKE SAs lost" "$(crowd_says crowd ike_down)" -eq 0
	expect "IKE SAs made" "$(crowd_says crowd ike_up)" -eq 10
	expect "children renewed" "$(crowd_says crowd rekeyed)" -ge $((10 * (seconds / 5)))
	;;
strongswan)
	sleep 1
	expect "IKE SAs deleted by strongSwan" "$(grep -cE 'deleting IKE_SA|giving up' "$RUN/peer/charon.log")" -eq 0
	expect "IKE SAs made" "$(grep -cE 'IKE_SA net\[[0-9]+\] established' "$RUN/peer/charon.log")" -eq 1
	expect "children renewed" "$(grep -E 'CHILD_SA net\{[0-9]+\} established' "$RUN/peer/charon.log" | grep -vc outbound)" -ge $((seconds / 5))
	lost=$(ping_lost left)
	# What overflows the veth's ring is lost whatever it is: tunnels must stand, packets cannot.
	if [[ $((received * 100)) -ge $((offered * 99)) ]]; then
		expect "pings lost" "$lost" -eq 0
	else
		say "pings lost: $lost"
	fi
	;;
esac
# The late one of the simulated peers went away without a word.
expect "deaths that the gateway saw" "$(grep 'peer dead' "$RUN/gw.log" | grep -vc 'tunnel p111')" -eq 0
gateway_alive
