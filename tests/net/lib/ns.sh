# shellcheck shell=bash
# Namespaces, links and processes of one scenario or lab. Everything is named after $NET, and
# net_down removes it all: every scenario may run beside any other.

NET=${NET:-cv$$}
RUN=${RUN:-/run/culvert-net/$NET} # sockets, configuration and logs
TRIXIE=${TRIXIE:-/var/cache/culvert/trixie} # the chroot of peers that are Debian 13

say() { printf '%s %s\n' "$(date +%T.%3N)" "$*"; }

fail() {
	say "FAIL: $*" >&2
	exit 1
}

skip() {
	say "SKIP: $*"
	exit 77
}

net_up() {
	[[ $(id -u) -eq 0 ]] || fail "namespaces need root"
	mkdir -p "$RUN"
}

# Everything that runs in our namespaces was started by us.
net_down() {
	local ns pids
	for ns in $(ip netns list | awk -v p="$NET-" 'index($1, p) == 1 { print $1 }'); do
		pids=$(ip netns pids "$ns" 2>/dev/null)
		# shellcheck disable=SC2086
		[[ -z $pids ]] || kill -TERM $pids 2>/dev/null
	done
	for ns in $(ip netns list | awk -v p="$NET-" 'index($1, p) == 1 { print $1 }'); do
		for _ in {1..30}; do
			pids=$(ip netns pids "$ns" 2>/dev/null)
			[[ -n $pids ]] || break
			sleep .1
		done
		# shellcheck disable=SC2086
		[[ -z $pids ]] || kill -KILL $pids 2>/dev/null
		ip netns del "$ns"
	done
	wait 2>/dev/null
	rm -rf "$RUN" "$TRIXIE/run/culvert/$NET-"*
}

# A scenario calls this first: whatever happens, its world is gone afterwards; of a failure the
# logs stay in $LOGS.
net_scenario() {
	set -euo pipefail
	net_up
	trap 'net_exit $?' EXIT
	trap 'fail "interrupted or out of time"' TERM INT
}

net_exit() { # CODE
	local rc=$1
	trap - EXIT
	set +e
	[[ $rc -ne 0 ]] || gateway_farewell || rc=1
	if [[ $rc -ne 0 && $rc -ne 77 && -n ${LOGS:-} ]]; then
		gateway_testimony >"$RUN/shell.log" 2>&1
		mkdir -p "$LOGS"
		cp -rL "$RUN/." "$LOGS" 2>/dev/null
	fi
	net_down
	exit "$rc"
}

# nsenter, because "ip netns exec" wants / to be a mount point, which it is not in a plain chroot.
on() { # NS COMMAND...: run it there
	local ns=$1
	shift
	nsenter --net="/run/netns/$NET-$ns" "$@"
}

bg() { # NAME NS COMMAND...: run it there in the background, output and pid in $RUN/NAME.{log,pid}
	local name=$1 ns=$2
	shift 2
	# The stdin of a background job would be the terminal's.
	nsenter --net="/run/netns/$NET-$ns" "$@" >>"$RUN/$name.log" 2>&1 </dev/null &
	echo $! >"$RUN/$name.pid"
}

end() { # NAME [SIGNAL]: stop what bg started and wait for it; its exit code
	local pid
	[[ -f $RUN/$1.pid ]] || return 0
	pid=$(<"$RUN/$1.pid")
	rm -f "$RUN/$1.pid"
	kill "-${2:-TERM}" "$pid" 2>/dev/null || { wait "$pid" 2>/dev/null; return; }
	for _ in {1..50}; do
		kill -0 "$pid" 2>/dev/null || break
		sleep .1
	done
	kill -KILL "$pid" 2>/dev/null || true
	wait "$pid" 2>/dev/null
}

until_ok() { # SECONDS COMMAND...: try every 0.1 s; false when the time is over
	local until=$((SECONDS + $1))
	shift
	while ! "$@" >/dev/null 2>&1; do
		[[ $SECONDS -lt $until ]] || return 1
		sleep .1
	done
}

ns_add() { # NAME...
	local n
	for n; do
		ip netns add "$NET-$n"
		on "$n" ip link set lo up
		on "$n" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 \
			net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
	done
}

link() { # NS DEV NS DEV: a cable
	ip link add name "$2" netns "$NET-$1" type veth peer name "$4" netns "$NET-$3"
	plug "$1" "$2"
	plug "$3" "$4"
}

# Frames leave a veth with unfinished checksums, which a reader by AF_PACKET would take as they are.
plug() {
	on "$1" ethtool -K "$2" tx off gro off >/dev/null 2>&1 || true
	on "$1" ip link set "$2" up
}

addr() { # NS DEV CIDR
	on "$1" ip addr add "$3" dev "$2"
}

route() { # NS ROUTE...
	local ns=$1
	shift
	on "$ns" ip route replace "$@"
}

router() { # NS: it forwards
	on "$1" sysctl -qw net.ipv4.ip_forward=1
}

# The device belongs to a DPDK process alone: the kernel neither answers nor hears there, while
# AF_PACKET still sees every frame.
hide_from_kernel() { # NS DEV
	on "$1" ip link set "$2" arp off promisc on
	on "$1" nft -f - <<-EOT
		table netdev culvert_$2 {
			chain in { type filter hook ingress device "$2" priority 0; policy drop; }
		}
	EOT
}

# NAT: what leaves NS by DEV gets that device's address and a port out of 20000-30000.
masquerade() { # NS DEV
	on "$1" nft -f - <<-EOT
		table ip nat {
			chain post {
				type nat hook postrouting priority 100;
				oifname "$2" udp sport { 500, 4500 } masquerade to :20000-30000
				oifname "$2" masquerade
			}
		}
	EOT
}
