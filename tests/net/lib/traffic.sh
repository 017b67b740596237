# shellcheck shell=bash
# Traffic, captures and what is claimed about them.

# The first packet to a neighbour that is not known yet may be lost: it is sent beforehand.
pings() { # NS ADDRESS [PING-WORDS...]: three pings, all answered
	local ns=$1 to=$2 n
	shift 2
	until_ok 5 on "$ns" ping -n -c 1 -W 1 "$@" "$to" || fail "no ping from $ns to $to"
	# One by one: having had an answer, ping waits only two round trips for the last.
	for n in 1 2 3; do
		on "$ns" ping -n -c 1 -W 2 "$@" "$to" >"$RUN/ping.log" 2>&1 ||
			fail "ping $n of 3 from $ns to $to lost: $(tail -2 "$RUN/ping.log")"
	done
	say "ping $ns -> $to: 3 of 3"
}

no_ping() { # NS ADDRESS [PING-WORDS...]: not one of three is answered
	local ns=$1 to=$2
	shift 2
	! on "$ns" ping -n -c 3 -i .2 -W 1 "$@" "$to" >"$RUN/ping.log" 2>&1 || fail "ping from $ns to $to passed"
}

# A ping of RATE per second in the background until ping_lost is asked.
ping_start() { # NS ADDRESS RATE
	bg "ping-$1" "$1" ping -n -D -W 1 -i "$(awk -v r="$3" 'BEGIN { print 1 / r }')" "$2"
}

# How many of the background ping's packets were lost. Those sent in the last second may still be on
# their way: ping does not wait for them when it is stopped.
ping_lost() { # NAME: what bg calls ping-NAME; of ping_start it is the namespace
	local sent got last lost
	end "ping-$1" INT || true
	read -r sent got < <(awk '/packets transmitted/ { print $1, $4 }' "$RUN/ping-$1.log")
	[[ ${sent:-0} -gt 0 ]] || fail "no background ping from $1"
	read -r last lost < <(ping_gaps "$1")
	say "background ping from $1: $sent sent, $got received, $((sent - last)) on their way; missing: $(ping_gaps "$1" list)" >&2
	[[ $((sent - last)) -le 100 ]] || fail "no answers to the last $((sent - last)) pings from $1"
	echo "$lost"
}

# The last number answered, and how many before it were not; or with a second word, those numbers.
ping_gaps() { # NS [list]
	sed -n 's/.*icmp_seq=\([0-9]*\) ttl.*/\1/p' "$RUN/ping-$1.log" | sort -nu | awk -v list="${2:-}" '
		{ while (++n < $1) { lost++; if (list) printf "%d ", n } }
		END { if (!list) print n + 0, lost + 0 }'
}

capture() { # NAME NS DEV [FILTER]: into $RUN/NAME.pcap
	bg "$1" "$2" tcpdump -i "$3" --immediate-mode -Z root -U -w "$RUN/$1.pcap" "${4:-}"
	until_ok 5 grep -q 'listening on' "$RUN/$1.log" || fail "tcpdump did not start: see $1.log"
}

captured() { # NAME [FILTER]: how many frames so far
	tcpdump -n -r "$RUN/$1.pcap" "${2:-}" 2>/dev/null | wc -l
}

seen() { # NAME FILTER AT-LEAST: tcpdump may be some packets behind
	local n
	for _ in {1..30}; do
		n=$(captured "$1" "$2")
		[[ $n -lt $3 ]] || break
		sleep .1
	done
	expect "'$2' in $1" "$n" -ge "$3"
}

expect() { # WHAT GOT TEST-OPERATOR WANTED
	test "$2" "$3" "$4" || fail "$1: got $2, expected $3 $4"
	say "$1: $2 ($3 $4)"
}

iperf() { # NS-OF-CLIENT NS-OF-SERVER ADDRESS SECONDS [WORDS...]: prints Mbit/s received
	local from=$1 at=$2 to=$3 secs=$4
	shift 4
	bg iperf "$at" iperf3 -s -1 --forceflush
	until_ok 10 grep -q 'Server listening' "$RUN/iperf.log" || fail "iperf3 server did not start"
	on "$from" timeout $((secs + 15)) iperf3 -J -c "$to" -t "$secs" "$@" >"$RUN/iperf.json" ||
		fail "iperf3 from $from to $to: $(jq_error "$RUN/iperf.json")"
	end iperf || true
	rm -f "$RUN/iperf.log"
	python3 -c 'import json,sys; print(round(json.load(sys.stdin)["end"]["sum_received"]["bits_per_second"] / 1e6, 1))' <"$RUN/iperf.json"
}

jq_error() {
	python3 -c 'import json,sys; print(json.load(open(sys.argv[1])).get("error"))' "$1" 2>/dev/null || echo "no answer"
}
