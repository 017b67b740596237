#!/bin/bash
# N-7: what is on trial comes back by itself, also over kill -9 and when its time ends meanwhile; what is
# committed stays. The daemon is nobody, who has nothing but the state's directory.
# timeout 90
. "$(dirname "$0")/lib.sh"

topo_direct
gateway_config user=nobody
mkdir -p "$GW/state"
chown -R nobody "$GW"
state() { # SERIAL [CONNECTIONS]
	printf 'state = { version = 1; serial = %s; };\nconnections = ( %s );\n' "$1" "${2:-}"
}
# As an operator puts them there: root's.
state 2 >"$GW/state/state.conf"
state 1 '{ name = "trial"; local_networks = [ "10.1.9.0/24" ]; remote_networks = [ "10.2.9.0/24" ];
	tunnels = ( { name = "trial-1"; gateway_address = "gw1"; customer_gateway = "customer"; start = "none"; remote_id = "fqdn:trial";
	pre_shared_key = "a \"quoted\" secret \\ \xe4"; } ); }' >"$GW/state/state.conf.1"
chmod 600 "$GW"/state/*
gateway_run

has() { shell show tunnels json | grep -q '"trial-1"'; }
has_not() { ! has; }
on_trial() { ask 'show commit' 'd["on_trial"]'; }
on_disk() { grep -c 'name = "trial";' "$GW/state/state.conf"; }
again() { end gw KILL || true; gateway_run; }

expect "owner of what was put back" "$(stat -c %U "$GW"/state/* | sort -u)" = nobody
has_not || fail "the version before is in force"
shell rollback 1 >/dev/null || fail "no rollback: $(shell rollback 1)"
has || fail "the version before is not in force"
expect "on disk" "$(on_disk)" -eq 1
grep -qF 'pre_shared_key = "a \"quoted\" secret \\ \xe4";' "$GW/state/state.conf" || fail "another secret"
expect "mode" "$(stat -c %a "$GW"/state/* | sort -u)" -eq 600
shell rollback 1 >/dev/null
has_not || fail "the version before that is not in force"
expect "change" "$(ask 'show commit' 'd["change"]')" -eq 4
grep -q 'change by root (uid 0): connection trial: added' "$RUN/gw.log" || fail "no line about the change"

say "nothing is on trial"
expect "on trial" "$(on_trial)" = False
shell commit >"$RUN/refused" && fail "something was committed"
shell rollback >"$RUN/refused" && fail "something was taken back"

say "its time ends"
shell commit confirm 3 >/dev/null
shell rollback 1 >/dev/null
has || fail "a change on trial is not in force"
expect "on disk" "$(on_disk)" -eq 1
expect "on trial" "$(on_trial)" = True
until_ok 10 has_not || fail "it did not come back"
expect "on disk" "$(on_disk)" -eq 0
expect "on trial" "$(on_trial)" = False

say "taken back at once"
shell commit confirm 3600 >/dev/null
shell rollback 1 >/dev/null
has || fail "a change on trial is not in force"
shell rollback >/dev/null
has_not || fail "it was not taken back"

say "kill -9 within the time"
shell commit confirm 3600 >/dev/null
shell rollback 1 >/dev/null
again
has || fail "a change on trial is lost"
expect "on trial" "$(on_trial)" = True
expect "seconds left" "$(ask 'show commit' 'd["back_in_s"]')" -le 3600
shell commit confirm 1 >/dev/null
until_ok 10 has_not || fail "it did not come back"

say "its time ends while nobody is there"
shell commit confirm 1 >/dev/null
shell rollback 1 >/dev/null
end gw KILL || true
sleep 1.5
gateway_run
has_not || fail "it did not come back"
expect "on disk" "$(on_disk)" -eq 0
expect "on trial" "$(on_trial)" = False
[[ ! -e $GW/state/state.conf.undo ]] || fail "what comes back is still there"

say "committed"
shell commit confirm 2 >/dev/null
shell rollback 1 >/dev/null
shell commit >/dev/null || fail "not committed"
sleep 2.5
has || fail "what was committed came back"
again
has || fail "what was committed is lost"

say "a state that cannot be read"
end gw KILL || true
echo 'customer_gateways = "none";' >>"$GW/state/state.conf"
on gw "$CULVERTD" --config "$GW/culvertd.conf" >"$RUN/mistakes" 2>&1 && fail "it starts all the same"
grep -q "state.conf:.*customer_gateways: wrong type" "$RUN/mistakes" || fail "no complaint: $(tail -3 "$RUN/mistakes")"
grep -q "$GW/state/state.conf.1" "$RUN/mistakes" || fail "no way back: $(tail -3 "$RUN/mistakes")"
cp "$GW/state/state.conf.1" "$GW/state/state.conf"
gateway_run
has_not || fail "the version before is not in force"
gateway_stop
