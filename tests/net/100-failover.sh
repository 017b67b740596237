#!/bin/bash
# Tunnel 1 is deleted, silently cut, taken down, unplugged, and returns (R-04, R-05): few of 1,000 packets a second are lost.
# timeout 300
# alone
. "$(dirname "$0")/lib.sh"

runs=${RUNS:-3}
[[ -z ${FULL:-} ]] || runs=10
events=$RUN/events
causes=(deleted operator link cut)
# Of a silent cut, what flows in three pings and 100 ms.
declare -A limit=([deleted]=5 [operator]=5 [link]=5 [cut]=400)
declare -A word=([deleted]=no-sa [operator]=operator [link]=link-down [cut]=probe-failed)

deleted_cut() { peer peer1 --terminate --ike net >/dev/null; }
deleted_heal() { :; } # we begin anew by ourselves
cut_cut() { on mid1 sysctl -qw net.ipv4.ip_forward=0; }
cut_heal() { on mid1 sysctl -qw net.ipv4.ip_forward=1; }
operator_cut() { shell tunnel down net; }
operator_heal() { shell tunnel up net; }
link_cut() { on mid1 ip link set gw down; }
link_heal() { on mid1 ip link set gw up; }

now_us() { python3 -c 'import time; print(time.monotonic_ns() // 1000)'; }

# Only where it is needed: on a busy machine answers may be late enough to move the traffic.
probe_on() {
	local -a settings
	mapfile -t settings < <(pair_gateway)
	gateway_config "${settings[@]}" hold_down=1 \
		probe='probe = { address = "10.2.0.2"; source = "10.1.0.1"; interval_ms = 100; count = 3; };'
	shell reload >"$RUN/reload.log" || fail "no reload: $(<"$RUN/reload.log")"
	forwards net || fail "a probe that begins moves the traffic: $(shell show connections json)"
}

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
on right sysctl -qw net.ipv4.icmp_ratelimit=0
pair_start hold_down=1
pings left 10.2.0.2
before=$(switches)

bg receive right "$ROOT/tests/net/numbered.py" receive 9999 "$RUN/received"
sleep .5
bg send left "$ROOT/tests/net/numbered.py" send 10.2.0.2 9999 1000
sleep 1
for cause in "${causes[@]}"; do
	[[ $cause != cut ]] || probe_on
	for ((i = 0; i < runs; i++)); do
		caused "$cause" away net-2 "${cause}_cut"
		[[ $(reason) == "${word[$cause]}" ]] || fail "$cause is called $(reason)"
		sleep .1
		caused "$cause" back net "${cause}_heal"
		[[ $cause == cut || $(reason) == recovered ]] || fail "the return is called $(reason)"
		sleep .1
	done
done
end send || true
sleep .3
end receive || true
expect "switches" "$(($(switches) - before))" -ge $((${#causes[@]} * runs * 2))

limits=()
for cause in "${causes[@]}"; do limits+=("$cause=${limit[$cause]}"); done
python3 "$ROOT/tests/net/failover.py" "$RUN/received" "$events" "${limits[@]}" || fail "too much was lost"
gateway_alive
