#!/bin/bash
# ECMP (D-14): flows spread over two connections and stay; a lost connection's flows move to the other
# and come back, and the others never move.
# timeout 120
. "$(dirname "$0")/lib.sh"

topo_offices a b
office a 10.2.0.2/24 10.1.0.0/24
office b 10.2.0.2/24 10.1.0.0/24
ecmp=true
offices_config "$(office_connection a 0.0.0.0/0 0.0.0.0/0), $(office_connection b 0.0.0.0/0 0.0.0.0/0)" \
	"$(to 10.2.0.0/24 a), $(to 10.2.0.0/24 b)" ""
gateway_run
gateway_up a
gateway_up b
pings left 10.2.0.2

# What comes to each office, by source port.
for n in a b; do
	on "$n" nft -f - <<-EOT
		table ip flows {
			set ports { type inet_service; flags dynamic; }
			chain in { type filter hook input priority 0; udp dport 7777 add @ports { udp sport }; }
		}
	EOT
done
flows() { # OFFICE: the ports that it has heard since the last call
	on "$1" nft -j list set ip flows ports |
		python3 -c 'import json, sys; print(*sorted(next(o["set"].get("elem", []) for o in json.load(sys.stdin)["nftables"] if "set" in o)))'
	on "$1" nft flush set ip flows ports
}
send() { # 64 flows of two packets
	on left python3 - <<-'PY'
		import socket
		for port in list(range(30000, 30064)) * 2:
		    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
		        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
		        s.bind(("", port))
		        s.sendto(b"x", ("10.2.0.2", 7777))
	PY
}
count() { wc -w <<<"$1"; }
arrived() { # N: so many ports have been heard of, in both offices together
	local a b
	a=$(on a nft list set ip flows ports | grep -oE '3[0-9]{4}' | wc -l)
	b=$(on b nft list set ip flows ports | grep -oE '3[0-9]{4}' | wc -l)
	[[ $((a + b)) -ge $1 ]]
}
look() {
	send
	until_ok 10 arrived 64 || fail "not all flows have arrived"
	a=$(flows a) b=$(flows b)
}

look
expect "flows through a" "$(count "$a")" -ge 16
expect "flows through b" "$(count "$b")" -ge 16
expect "flows in all" "$(count "$a $b")" -eq 64 # each of them in one place
first_a=$a first_b=$b
look
[[ $a == "$first_a" && $b == "$first_b" ]] || fail "flows have moved: $a / $first_a"

shell tunnel down a
look
expect "flows through a, which is down" "$(count "$a")" -eq 0
expect "flows through b" "$(count "$b")" -eq 64
shell tunnel up a >/dev/null
gateway_up a
look
[[ $a == "$first_a" && $b == "$first_b" ]] || fail "flows have not come back: $a / $first_a"
expect "routes shown as active" "$(ask 'show routes' "sum(r['active'] for r in d if r['source'] == 'gateway')")" -eq 2
