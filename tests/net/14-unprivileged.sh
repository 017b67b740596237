#!/bin/bash
# Root is given up: culvertd works, negotiates and reloads as nobody with three capabilities.
. "$(dirname "$0")/lib.sh"

topo_direct
peer_start
peer_load peer
gateway_config start=immediate user=nobody logs="$RUN/logs"
# A reload reads the file as the user that the daemon has become.
chown -R nobody "$GW"
gateway_run

status() { sed -n "s/^$1:[[:space:]]*//p" "/proc/$(cat "$RUN/gw.pid")/task/$2/status"; }
pid=$(cat "$RUN/gw.pid")
expect "capabilities (NET_ADMIN, NET_RAW, IPC_LOCK)" $((16#$(status CapEff "$pid"))) -eq $((16#7000))
for task in "/proc/$pid/task"/*; do
	task=${task##*/}
	expect "user of $(cat "/proc/$pid/task/$task/comm")" "$(status Uid "$task" | cut -f1)" -eq "$(id -u nobody)"
	expect "capabilities beyond" $((16#$(status CapEff "$task") & ~16#7000)) -eq 0
done
expect "core file limit" "$(awk '/Max core file size/ { print $5 }' "/proc/$pid/limits")" -eq 0

gateway_up
pings left 10.2.0.2
pings right 10.1.0.2
# The directory is made while root may make it anywhere, the files belong to what we have become.
until_ok 3 grep -qs 'child up' "$RUN/logs/net.log" || fail "no logbook: $(ls -la "$RUN/logs")"
expect "owner of the logbook" "$(stat -c %U "$RUN/logs" "$RUN/logs/net.log" | sort -u)" = nobody
shell tunnel reset net
gateway_up
pings left 10.2.0.2
# Another directory for the logbook, which what we have become can make itself.
sed -i "s|$RUN/logs|$GW/logs|" "$GW/culvertd.conf"
chown nobody "$GW/culvertd.conf"
shell reload || fail "no reload: $(shell reload)"
lines=$(wc -l <"$RUN/logs/net.log")
shell tunnel reset net
until_ok 5 grep -qs 'child up' "$GW/logs/net.log" || fail "no logbook after the reload: $(ls -la "$GW")"
expect "lines in the old logbook" "$(wc -l <"$RUN/logs/net.log")" -eq "$lines"
