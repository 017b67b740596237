#!/bin/bash
# Tunnel 1 is deleted, taken down, unplugged, and returns (R-04, R-05): of 1,000 packets a second, five are lost.
# timeout 300
# alone
. "$(dirname "$0")/lib.sh"

runs=3
[[ -z ${FULL:-} ]] || runs=10
events=$RUN/events
declare -A limit=([deleted]=5 [operator]=5 [link]=5)

deleted_cut() { peer peer1 --terminate --ike net >/dev/null; }
deleted_heal() { :; } # we begin anew by ourselves
operator_cut() { shell tunnel down net; }
operator_heal() { shell tunnel up net; }
link_cut() { on mid1 ip link set gw down; }
link_heal() { on mid1 ip link set gw up; }

now_us() { python3 -c 'import time; print(time.monotonic_ns() // 1000)'; }

# Do it, wait until the traffic goes through TUNNEL, and note when that was caused, noticed, done.
caused() { # CAUSE WAY TUNNEL COMMAND
	local at
	at=$(now_us)
	"$4"
	until_ok 15 forwards "$3" || fail "$1 $2: $(shell show connections json)"
	echo "$1 $2 $at $(ask 'show connections' \
		'"%d %d" % (d[0]["last_switch"]["noticed_at"], d[0]["last_switch"]["switched_at"])')" >>"$events"
}

switches() { ask 'show connections' 'd[0]["switches"]'; }
reason() { ask 'show connections' 'd[0]["reason"]'; }

topo_pair
pair_start hold_down=1
pings left 10.2.0.2
before=$(switches)

bg receive right "$ROOT/tests/net/numbered.py" receive 9999 "$RUN/received"
sleep .5
bg send left "$ROOT/tests/net/numbered.py" send 10.2.0.2 9999 1000
sleep 1
declare -A word=([deleted]=no-sa [operator]=operator [link]=link-down)
for cause in "${!word[@]}"; do
	for ((i = 0; i < runs; i++)); do
		caused "$cause" away net-2 "${cause}_cut"
		[[ $(reason) == "${word[$cause]}" ]] || fail "$cause is called $(reason)"
		sleep .3
		caused "$cause" back net "${cause}_heal"
		[[ $(reason) == recovered ]] || fail "the return is called $(reason)"
		sleep .3
	done
done
end send || true
sleep .3
end receive || true
expect "switches" "$(($(switches) - before))" -eq $((${#word[@]} * runs * 2))

limits=()
for cause in "${!limit[@]}"; do limits+=("$cause=${limit[$cause]}"); done
python3 "$ROOT/tests/net/failover.py" "$RUN/received" "$events" "${limits[@]}" || fail "too much was lost"
gateway_alive
