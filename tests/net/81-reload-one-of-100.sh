#!/bin/bash
# Of 100 tunnels one is changed and reloaded: the SPIs of 99 stay and lose nothing; a broken file
# changes nothing and says all that is wrong.
# timeout 180
. "$(dirname "$0")/lib.sh"

topo_direct
tunnels=100

# Connection 0 is "net"; the others have a network and identities of their own.
write_config() { # SETTING-OF-CONNECTION-50...
	local -A g=()
	local i connections="" routes=""
	for ((i = 1; i < tunnels; i++)); do
		gateway_settings start=immediate remote="10.3.$i.0/24" local_id="fqdn:gw$i.example" remote_id="fqdn:peer$i.example"
		[[ $i -ne 50 ]] || gateway_settings start=immediate remote="10.3.$i.0/24" local_id="fqdn:gw$i.example" \
			remote_id="fqdn:peer$i.example" "$@"
		connections+=", $(gateway_connection "n$i")"
		routes+=", { destination = \"10.3.$i.0/24\"; connection = \"n$i\"; }"
	done
	gateway_config start=immediate more_connections="$connections" more_routes="$routes"
}

PEER_EXTRA='block_threshold = 200' # they all come from one address
peer_start
peer_load peer
for ((i = 1; i < tunnels; i++)); do
	addr right eth0 "10.3.$i.2/24"
	peer_write peer conn="n$i" esp=aes128gcm16,aes256gcm16 local_ts="10.3.$i.0/24" local_id="peer$i.example" remote_id="gw$i.example"
done
route peer 10.3.0.0/16 via 10.2.0.2
peer_reload peer
write_config
gateway_run

up_count() { ask 'show tunnels' "sum(t['state'] == 'up' for t in d)"; }
all_up() { [[ $(up_count) -eq $tunnels ]]; }
until_ok 60 all_up || fail "only $(up_count) of $tunnels tunnels are up"
say "$tunnels tunnels are up"
spis() { ask 'show sa' "sorted((s['tunnel'], s['spi_in'], s['spi_out']) for s in d if s['tunnel'] != 'n50')" | tr ']' '\n'; }
spis >"$RUN/before"
expect "SAs of the 99" "$(wc -l <"$RUN/before")" -ge 99

for i in 1 49 51 99; do
	bg "ping-$i" left ping -n -D -i .02 -W 1 "10.3.$i.2"
done
sleep 1
write_config esp=aes256gcm16
shell reload
sleep 3
is_up n50 || until_ok 10 is_up n50 || fail "the changed tunnel did not come back"
expect "suite of the changed tunnel" "$(ask 'show sa' "sum('aes256gcm16' in str(s) for s in d if s['tunnel'] == 'n50')")" -ge 1
spis >"$RUN/after"
cmp "$RUN/before" "$RUN/after" || fail "SPIs of other tunnels changed: $(diff "$RUN/before" "$RUN/after" | head -5)"

# A broken file: three mistakes, all named, nothing changed.
sed -i 's/10\.3\.7\.0\/24/10.3.7.0\/44/; s/aes256gcm16/aes257/; 0,/customer_gateway = "customer"/s//customer_gateway = "nobody"/' "$GW/culvertd.conf"
shell reload >"$RUN/broken.log" 2>&1 && fail "a broken file was taken"
for word in '10.3.7.0/44' aes257 nobody; do
	grep -q "$word" "$RUN/broken.log" || fail "no word of $word: $(<"$RUN/broken.log")"
done
"$CULVERTD" --check "$GW/culvertd.conf" >"$RUN/check.log" 2>&1 && fail "--check found nothing"
expect "complaints of --check" "$(grep -c 'culvertd.conf' "$RUN/check.log")" -ge 3
spis >"$RUN/still"
cmp "$RUN/before" "$RUN/still" || fail "a broken file changed something"

for i in 1 49 51 99; do
	expect "pings lost in n$i" "$(ping_lost "$i")" -eq 0
done
