#!/bin/bash
# 10,000 connections of two tunnels each from a file: loaded in two seconds; begun in turn; a live peer notices nothing.
# timeout 180
# alone
. "$(dirname "$0")/lib.sh"

connections=${CONNECTIONS:-10000}

topo_direct
addr peer eth0 192.0.2.254/24
route peer blackhole 198.18.0.0/15
# What reaches the peers that do not answer.
on peer nft -f - <<-EOT
	table ip silent {
		set met { type ipv4_addr . ipv4_addr; size 65536; flags dynamic; }
		counter first {}
		chain in {
			type filter hook prerouting priority -300
			ip daddr 198.18.0.0/15 ip saddr . ip daddr @met drop
			ip daddr 198.18.0.0/15 udp dport 500 add @met { ip saddr . ip daddr } counter name first drop
		}
	}
EOT

# One live connection, beside HOW-MANY of a VPN gateway whose peers are silent.
write_config() { # HOW-MANY
	gateway_config ike=aes128-sha256-x25519 start=immediate dpd_delay=1 dpd_timeout=5 memory=512 tunnels=$((2 * connections + 1)) \
		more_gateways=', { name = "gw2"; address = "192.0.2.3"; port = "wan"; next_hop = "192.0.2.254"; },
			{ name = "gw3"; address = "192.0.2.4"; port = "wan"; next_hop = "192.0.2.254"; }' \
		more_peers="$(more_peers "$1")" more_connections="$(more_connections "$1")"
	cat >>"$GW/culvertd.conf" <<-EOT
		vpn_gateways = ( { name = "vpn-1"; addresses = [ "gw2", "gw3" ]; max_connections = $connections; } );
		destination_routes = ( $(more_routes "$1") );
	EOT
}

more_peers() {
	local i
	for ((i = 0; i < $1; i++)); do
		printf ', { name = "cgw-%d"; address = "198.%d.%d.%d"; }\n' $i $((18 + i / 62500)) $((i / 250 % 250)) $((1 + i % 250))
	done
}

more_connections() {
	local i
	for ((i = 0; i < $1; i++)); do
		printf ', { name = "vco-%d"; vpn_gateway = "vpn-1"; tunnels = (
			{ name = "tun-%d-1"; customer_gateway = "cgw-%d"; pre_shared_key = "%s-%d-1"; },
			{ name = "tun-%d-2"; customer_gateway = "cgw-%d"; pre_shared_key = "%s-%d-2"; } ); }\n' \
			$i $i $i "$PSK" $i $i $i "$PSK" $i
	done
}

more_routes() {
	local i comma=
	for ((i = 0; i < $1; i++)); do
		printf '%s{ destination = "10.%d.%d.0/24"; connection = "vco-%d"; }\n' "$comma" $((100 + i / 250)) $((i % 250)) $i
		comma=,
	done
}

first() { on peer nft -j list counter ip silent first | python3 -c 'import json, sys; print(json.load(sys.stdin)["nftables"][-1]["counter"]["packets"])'; }
all_begun() { [[ $(first) -eq $((2 * connections)) ]]; }
cpu() { awk '{ print $14 + $15 }' "/proc/$(<"$RUN/gw.pid")/stat"; } # of all threads
memory_kb() { awk '/^VmRSS/ { print $2 }' "/proc/$(<"$RUN/gw.pid")/status"; }
exchanges() { grep -c 'parsed INFORMATIONAL' "$RUN/peer/charon.log"; }

peer_start
peer_load peer ike=aes128-sha256-x25519 dpd=1s
write_config 0
gateway_run
gateway_up
spi=$(ask 'show ike' 'd[0]["spi_i"]')
before=$(memory_kb)
write_config "$connections"
ticks=$(cpu)
shell reload json >"$RUN/reload.json"
spent=$((($(cpu) - ticks) * 1000 / $(getconf CLK_TCK)))
start=$EPOCHREALTIME
before_live=$(exchanges)
# The last of all is asked for: it does not wait for its turn.
bg asked gw "$CULVERT" -s "$GW/culvert.sock" -c "tunnel up tun-$((connections - 1))-2"
until_ok 1 eval '[[ $(tunnel_state "tun-$((connections - 1))-2") == connecting ]]' || fail "who is asked for waits"
begun=$(first)
expect "first messages by then" "$begun" -lt $((2 * connections))
until_ok 60 all_begun || fail "only $(first) of $((2 * connections)) tunnels have begun"
took=$(((${EPOCHREALTIME/./} - ${start/./}) / 1000))
read -r read applied < <(python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); print(d["read_us"] // 1000, d["applied_us"] // 1000)' "$RUN/reload.json")
echo "| $connections connections: parsed and checked in $read ms, published in $applied ms; $spent ms of CPU"
echo "| first messages: $((2 * connections)) in $took ms, $((2000 * connections / took)) per second"
echo "| memory: $((($(memory_kb) - before) / 1024)) MiB, $((($(memory_kb) - before) / connections)) KiB per connection"
# Time on the clock is that of a machine that others use, too.
expect "ms of CPU until all was in force" "$spent" -lt 2000
expect "first messages per second" $((2000 * connections / took)) -ge 1000

# The live peer: asked every second both ways all the while, never given up, never begun anew.
expect "exchanges with the live peer" "$(($(exchanges) - before_live))" -ge 8
expect "its repetitions" "$(grep -c 'retransmit [2-9]' "$RUN/peer/charon.log")" -eq 0
expect "times that it was given up" "$(grep -cE 'giving up|deleting IKE_SA' "$RUN/peer/charon.log")" -eq 0
[[ $(ask 'show ike' "next(s['spi_i'] for s in d if s['tunnel'] == 'net')") == "$spi" ]] || fail "the live tunnel was made anew"
pings left 10.2.0.2

# An unchanged file is read again, and nobody notices.
shell reload json >"$RUN/again.json"
echo "| again: $(python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); print(d["tunnels_untouched"], "untouched, read in", d["read_us"] // 1000, "ms, compared in", d["applied_us"] // 1000)' "$RUN/again.json") ms"
gateway_alive
