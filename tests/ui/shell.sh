#!/bin/bash
# The shell on a real terminal (tmux): completion, help, history, Ctrl-C, Ctrl-D, a daemon that
# restarts, and the shell within the daemon.
#
# usage: shell.sh CULVERT SHELL-SERVER       exits 77 (skipped) without tmux
set -euo pipefail

culvert=$1 server=$2
command -v tmux >/dev/null || { echo "no tmux here"; exit 77; }

dir=$(mktemp -d /tmp/culvert-shell-XXXXXX)
export HOME=$dir HISTFILE=/dev/null TERM=screen LC_ALL=C.UTF-8
# libedit keeps the names of added functions for good; nothing else may leak.
export LSAN_OPTIONS=suppressions=$dir/lsan:fast_unwind_on_malloc=0:print_suppressions=0
echo 'leak:libedit.so' >"$dir/lsan"
# shellcheck source=tests/ui/terminal.sh
. "$(dirname "$0")/terminal.sh"
pid=

finish() {
	terminal_end
	[[ -z $pid ]] || { kill "$pid" && wait "$pid"; } 2>/dev/null || true
	rm -rf "$dir"
}
trap finish EXIT

serve() {
	"$server" "$dir/sock" &
	pid=$!
	for _ in {1..100}; do
		[[ -S $dir/sock ]] && "$culvert" -s "$dir/sock" -c 'note ready' && return
		sleep 0.05
	done
	echo "the server does not answer" >&2
	exit 1
}

serve
terminal_start "$dir"
keys "$culvert -s $dir/sock" Enter
shows '^culvert@[^ ]+>$'

clear_screen "completion of words"
keys "sh" Tab "ve" Tab Enter
shows '^culvert@[^ ]+> show version$'
shows '^version: 1.2.3$'

clear_screen "completion of names as far as it is clear"
keys "show tunnels p" Tab
shows '> show tunnels paris-$'
keys Tab
shows '^  paris-1  of one tunnel$'
keys "2" Enter
shows '^paris-2   *up'

clear_screen "completion quotes a name with a space"
keys "show tunnels n" Tab
shows '> show tunnels "new york"$'
keys Enter
shows '^new york   *up'

clear_screen "help at the cursor"
keys "show t?"
shows '^  trace    the last journey$'
shows '> show t$'

clear_screen "Ctrl-C forgets the line"
keys C-c
keys "note fine" Enter
shows '> note fine$'
keys "trace 5" Enter
shows '^5$'

clear_screen "history"
keys Up Up Enter
shows '> note fine$'

clear_screen "a reason instead of a result"
keys "tunnel up nowhere" Enter
shows 'no such tunnel: expected paris-1'

clear_screen "Ctrl-C ends a request that takes long"
keys "wait" Enter
sleep 0.5
keys C-c
shows '^interrupted$'
keys "trace 6" Enter
shows '^6$'

clear_screen "keys typed while a request runs belong to the next line"
keys "wait" Enter
sleep 0.5
keys C-c "trace 7" Enter
shows '^7$'

clear_screen "a daemon that restarts"
kill "$pid"
wait "$pid" || true
keys "trace 8" Enter
shows 'the daemon has ended the conversation|cannot reach the daemon'
serve
keys "trace 9" Enter
shows '^9$'

clear_screen "Ctrl-D leaves"
keys C-d
shows '^done:0$'

keys "$culvert -s $dir/sock" Enter
shows '^culvert@[^ ]+>$'
clear_screen "history outlives the shell"
keys Up Enter
shows '> trace 9$'
shows '^9$'
keys "quit" Enter
shows '^done:0$'
[[ $(stat -c %a "$dir/.culvert_history") == 600 ]]

clear_screen "the shell within the daemon"
keys "$server -i" Enter
shows '^culvert@[^ ]+>$'
keys "show ve" Tab Enter
shows '^version: 1.2.3$'
keys "wait" Enter
sleep 0.5
keys C-c
shows '^interrupted$'
keys C-c "quit" Enter
shows '^done:0$'
echo "the shell on a terminal: all as it should be"
