# shellcheck shell=bash
# A terminal (tmux) with a shell in it, whose keys a test presses and whose screen it reads.

step=start

terminal_start() { # DIR: for its socket; 100 columns, 40 lines
	tmux=(tmux -f /dev/null -S "$1/tmux")
	TERM=screen LC_ALL=C.UTF-8 "${tmux[@]}" new-session -d -x 100 -y 40 -s shell "bash --norc"
	keys "PS1='done:\$? '" Enter
	clear_screen start
}

terminal_end() {
	[[ ! -v tmux ]] || "${tmux[@]}" kill-server 2>/dev/null || true
}

terminal_resize() { # COLUMNS LINES
	"${tmux[@]}" resize-window -t shell -x "$1" -y "$2"
}

screen() { "${tmux[@]}" capture-pane -p -t shell; }
keys() { "${tmux[@]}" send-keys -t shell "$@"; }

# The screen since the last clear shows this (an extended regular expression; tmux cuts spaces at
# the end of a line), sooner or later.
shows() {
	for _ in {1..100}; do
		screen | grep -qE -- "$1" && return
		sleep 0.05
	done
	echo "FAIL ($step): nothing like '$1' on the screen:" >&2
	screen >&2
	exit 1
}

clear_screen() {
	step=$1
	keys C-l
	for _ in {1..100}; do
		[[ $(screen | grep -c .) -le 1 ]] && return
		sleep 0.05
	done
}
