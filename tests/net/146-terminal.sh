#!/bin/bash
# The shell of a running gateway on a real terminal: completion, help, history, and show top, which is resized.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/ui/terminal.sh
. "$ROOT/tests/ui/terminal.sh"

command -v tmux >/dev/null || skip "no tmux here"
export HOME=$RUN
trap 'terminal_end; net_exit $?' EXIT

topo_direct
peer_start
peer_load peer
gateway_start start=immediate more_connections=', { name = "spare"; tunnels = ( { name = "spare"; gateway_address = "gw1";
	customer_gateway = "customer"; local_id = "fqdn:a.example"; remote_id = "fqdn:b.example"; pre_shared_key = "x"; start = "none"; } ); }'
gateway_up

terminal_start "$RUN"
keys "$CULVERT -s $GW/culvert.sock" Enter
shows '^culvert@[^ ]+>$'

clear_screen "completion"
keys "sh" Tab "conn" Tab Enter
shows '> show connections$'
shows '^net +usable +net'
clear_screen "completion of a tunnel's name, and help"
keys "show log s" Tab
shows '> show log spare$'
keys C-c
clear_screen "history"
keys Up Enter
shows '> show connections$'
shows '^net +usable +net'

clear_screen "show top"
pings left 10.2.0.2
ping_start left 10.2.0.2 50
keys "show top" Enter
shows '^1 of 2 tunnels up   in [0-9.]+ kbit/s'
shows '^net +net +up +forwarding +[0-9.]+ kbit/s +[345][0-9] +[0-9.]+ kbit/s +[345][0-9]$'
shows '^spare +spare +down +- '
[[ $(screen | sed -n 3p) == net* ]] || fail "the busy tunnel is not the first"
step="the order of tunnels"
keys "r"
shows 'by in, reverse'
until_ok 5 eval '[[ $(screen | sed -n 3p) == spare* ]]' || fail "the order has not changed"
keys Left
shows 'by role, reverse'

step="another size"
terminal_resize 60 3
until_ok 5 eval '[[ $(screen | grep -c .) -eq 3 ]]' || fail "a screen of 3 lines shows $(screen)"
[[ $(screen | wc -L) -le 60 ]] || fail "a screen of 60 columns shows $(screen)"
keys Down
shows '^net +net +up'
terminal_resize 120 30
shows 'out pkt/s$'

step="the end of show top"
keys q
shows '> show top$'
keys "show version" Enter
shows '^version:'
keys "quit" Enter
shows '^done:0$'

# Without a terminal: one frame.
shell show top >"$RUN/top"
expect "lines of a frame" "$(wc -l <"$RUN/top")" -eq 4
grep -qE '^net +net +up +forwarding +[0-9.]+ kbit/s' "$RUN/top" || fail "no rates in $(cat "$RUN/top")"
[[ $(ask 'show top' 'd["tunnels"][0]["in_packets"] + d["tunnels"][1]["in_packets"]') -gt 50 ]] || fail "no counters in show top json"
