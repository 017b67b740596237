#!/bin/bash
# culvert(1) in scripts: options, output and exit codes.
#
# usage: cli.sh CULVERT SHELL-SERVER
set -uo pipefail

culvert=$1 server=$2
dir=$(mktemp -d /tmp/culvert-cli-XXXXXX)
failed=0
pid=

finish() {
	[[ -z $pid ]] || { kill "$pid" && wait "$pid"; } 2>/dev/null
	rm -rf "$dir"
}
trap finish EXIT

# Whether a file holds the pattern; no pattern: whether it is empty.
holds() {
	if [[ -n $2 ]]; then grep -qE -- "$2" "$1"; else [[ ! -s $1 ]]; fi
}

# expect NAME EXIT-CODE PATTERN-ON-STDOUT PATTERN-ON-STDERR COMMAND...
expect() {
	local name=$1 code=$2 out=$3 err=$4 got
	shift 4
	"$@" >"$dir/out" 2>"$dir/err" </dev/null
	got=$?
	[[ $got -eq $code ]] && holds "$dir/out" "$out" && holds "$dir/err" "$err" && return
	echo "FAIL: $name: exit $got, expected $code; output and errors:"
	cat "$dir/out" "$dir/err"
	failed=1
}

c=("$culvert" -s "$dir/sock")
expect "no daemon" 3 "" "cannot reach the daemon: expected a running daemon" "${c[@]}" -c "show version"
expect "no daemon, from a pipe" 3 "" "cannot reach" bash -c "echo show version | $culvert -s $dir/sock"

"$server" "$dir/sock" &
pid=$!
for _ in {1..100}; do
	"${c[@]}" -c 'note ready' 2>/dev/null && break
	sleep 0.05
done

expect "a command" 0 "^version: 1.2.3$" "" "${c[@]}" -c "show version"
expect "no result, no words" 0 "" "" "${c[@]}" -c "note x"
expect "abbreviated" 0 "^paris-1 +up" "" "${c[@]}" -c "sh tu"
expect "json by word" 0 '"uptime_s": 3723' "" "${c[@]}" -c "show version json"
expect "json by option" 0 '"uptime_s": 3723' "" "${c[@]}" --json -c "show version"
expect "failure" 1 "" "no such tunnel: expected paris-1.*got x" "${c[@]}" -c "tunnel up x"
expect "not understood" 2 "" "no such command" "${c[@]}" -c "shwo"
expect "incomplete" 2 "" "show: the command is incomplete: expected version" "${c[@]}" -c "show"
expect "several commands" 0 "^7$" "" "${c[@]}" -c "note x" -c "trace 7"
expect "the first failure ends it" 1 "" "no such tunnel" "${c[@]}" -c "tunnel up x" -c "trace 7"
expect "help" 0 "^  show tunnels \[NAME\] \[json\]" "" "${c[@]}" -c "help show"
expect "question" 0 "^  tunnels  tunnels and their state" "" "${c[@]}" -c "show tu?"
expect "commands from a pipe" 0 "^8$" "" bash -c "printf '# a\n\ntrace 8\nquit\nbad\n' | $culvert -s $dir/sock"
expect "failure in a pipe" 2 "^8$" "no such command" bash -c "printf 'trace 8\nbad\ntrace 9\n' | $culvert -s $dir/sock"
expect "wrong option" 2 "" "usage: culvert" "$culvert" -x
expect "stray word" 2 "" "A command stands behind -c" "$culvert" show version
expect "usage" 0 "^usage: culvert" "" "$culvert" --help
expect "version" 0 "^culvert [0-9]" "" "$culvert" --version
exit $failed
