# shellcheck shell=bash
# Long steps with their progress, and builds, for the scripts beside it.

# Run a command as one step: its title, ok or FAIL and the seconds; its output goes to LOGS and is shown
# when it fails.
step() { # TITLE COMMAND...
	local title=$1 start=$SECONDS log rc dots
	mkdir -p "$LOGS"
	log=$LOGS/$(tr -c 'a-z0-9\n' - <<<"${title,,}").log
	shift
	printf '%-38s' "$title"
	dots=
	if [[ -t 1 ]]; then
		# On a terminal the last line of output shows that something happens.
		(while sleep 2; do printf '\r%-38s%4d s  %-50.50s' "$title" $((SECONDS - start)) "$(tail -1 "$log" 2>/dev/null | tr -cd '[:print:]')"; done) &
		dots=$!
	fi
	"$@" >"$log" 2>&1 </dev/null
	rc=$?
	if [[ -n $dots ]]; then
		kill "$dots"
		wait "$dots" 2>/dev/null
		printf '\r\033[K%-38s' "$title"
	fi
	if [[ $rc -eq 0 ]]; then
		printf 'ok    %4d s\n' $((SECONDS - start))
	else
		printf 'FAIL  %4d s\n' $((SECONDS - start))
		tail -25 "$log" | sed 's/^/    /'
		echo "    all of it: $log"
	fi
	return $rc
}

# Build DIR, or bring it up to date; what meson left half done is begun anew.
build() { # DIR MESON-OPTIONS...
	local dir=$1
	shift
	if [[ -f $dir/build.ninja ]]; then
		meson configure "$dir" "$@" && ninja -C "$dir"
	else
		rm -rf "$dir"
		meson setup "$dir" "$@" && ninja -C "$dir"
	fi
}
