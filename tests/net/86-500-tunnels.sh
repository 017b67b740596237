#!/bin/bash
# 500 tunnels to one strongSwan, their children renewed every minute, for five minutes: none is ever down.
# full only
# timeout 900
# alone
. "$(dirname "$0")/lib.sh"

tunnels=${TUNNELS:-500}
seconds=${SECONDS_UP:-300}

topo_direct

# Tunnel I protects this network; 0 is "net" with 10.2.0.0/24.
net_of() { echo "10.$((3 + $1 / 250)).$(($1 % 250))"; }

write_config() { # HOW-MANY
	local -A g=()
	local i connections="" routes=""
	local each=(start=immediate lifetime=60 esp=aes128gcm16-x25519 ike=aes128-sha256-x25519)
	for ((i = 1; i < $1; i++)); do
		gateway_settings "${each[@]}" remote="$(net_of "$i").0/24" local_id="fqdn:gw$i.example" \
			remote_id="fqdn:peer$i.example"
		connections+=", $(gateway_connection "n$i")"
		routes+=", { destination = \"$(net_of "$i").0/24\"; connection = \"n$i\"; }"
	done
	gateway_config "${each[@]}" more_connections="$connections" more_routes="$routes"
}

up_count() { ask 'show tunnels' "sum(t['state'] == 'up' for t in d)"; }
all_up() { [[ $(up_count) -eq $tunnels ]]; }
memory_kb() { awk '/^RssAnon/ { print $2 }' "/proc/$(<"$RUN/gw.pid")/status"; }

# They all come from one address.
PEER_EXTRA='block_threshold = 10000
cookie_threshold = 10000
cookie_threshold_ip = 10000
ikesa_table_size = 512
ikesa_table_segments = 16
threads = 16'
peer_start
addresses=()
for ((i = 1; i < tunnels; i++)); do
	addresses+=("addr add $(net_of "$i").2/32 dev eth0")
	peer_write peer conn="n$i" esp=aes128gcm16-x25519 ike=aes128-sha256-x25519 local_ts="$(net_of "$i").0/24" \
		local_id="peer$i.example" remote_id="gw$i.example"
	route peer "$(net_of "$i").0/24" via 10.2.0.2
done
printf '%s\n' "${addresses[@]}" | on right ip -batch -
peer_load peer esp=aes128gcm16-x25519 ike=aes128-sha256-x25519

write_config 1
gateway_run
gateway_up
pings left 10.2.0.2
before=$(memory_kb)
write_config "$tunnels"
start=$EPOCHREALTIME
shell reload
loaded=$EPOCHREALTIME
until_ok 120 all_up || fail "only $(up_count) of $tunnels tunnels are up"
ready=$EPOCHREALTIME
say "$tunnels tunnels: loaded in $(((${loaded/./} - ${start/./}) / 1000)) ms, all up after $(((${ready/./} - ${start/./}) / 1000)) ms"
say "memory per tunnel: $((($(memory_kb) - before) * 1024 / (tunnels - 1))) bytes"

cpu() { awk '{ print $14 + $15 }' "/proc/$(<"$RUN/gw.pid")/stat"; }
ticks=$(cpu)
sleep "$seconds"
say "culvertd: $((($(cpu) - ticks) * 1000 / $(getconf CLK_TCK) / seconds)) ms of CPU per second"
expect "tunnels up" "$(up_count)" -eq "$tunnels"
for ((i = 1; i < tunnels; i++)); do echo "$(net_of "$i").2"; done >"$RUN/targets"
echo 10.2.0.2 >>"$RUN/targets"
missing=0
while read -r target; do
	on left ping -n -q -c 1 -W 2 "$target" >/dev/null 2>&1 || { missing=$((missing + 1)); say "no answer from $target"; }
done <"$RUN/targets"
expect "pings without an answer" "$missing" -eq 0

# Unplanned: an IKE SA was made anew, or a child went without a successor.
log=$RUN/peer/charon.log
expect "IKE SAs ever made" "$(grep -cE 'IKE_SA n[^ ]* established' "$log")" -eq "$tunnels"
expect "IKE SAs ever deleted" "$(grep -cE 'deleting IKE_SA' "$log")" -eq 0
expect "children renewed" "$(grep -E 'CHILD_SA n[^ ]* established' "$log" | grep -vc outbound)" -ge $((tunnels * (1 + seconds / 62)))
expect "complaints of the gateway" "$(grep -cE 'peer dead|refused|is down' "$RUN/gw.log")" -eq 0
say "memory per tunnel at the end: $((($(memory_kb) - before) * 1024 / (tunnels - 1))) bytes"
