#!/bin/bash
# 1,000 connections made by the shell one after the other, then 1,000 changes among them: each is on
# disk before it is answered, and either costs less than a minute of the control core.
# full only
# timeout 300
. "$(dirname "$0")/lib.sh"

N=1000
many() { # FORMAT-OF-ONE, with {i} for its number: one conversation
	python3 - "$GW/culvert.sock" $N "$1" <<-'EOT'
		import socket, sys, time
		path, n, form = sys.argv[1], int(sys.argv[2]), sys.argv[3]
		s = socket.socket(socket.AF_UNIX)
		s.connect(path)
		f = s.makefile("rb")
		begin = time.monotonic()
		for i in range(n):
		    line = form.format(i=i, a=i // 200, b=i % 200)
		    s.sendall(f"run {line}\n".encode())
		    status, length = f.readline().split()
		    body = f.read(int(length)).decode()
		    if status != b"ok":
		        sys.exit(f"{line}: {body}")
		print(int((time.monotonic() - begin) * 1000))
	EOT
}

cpu_ms() { # of the control core so far
	awk -v hz="$(getconf CLK_TCK)" '{ print int(($14 + $15) * 1000 / hz) }' "/proc/$1/task/$1/stat"
}

topo_direct
declare -A g=()
gateway_settings user=nobody log=warning
mkdir -p "$GW"
gateway_system >"$GW/culvertd.conf"
chown -R nobody "$GW"
gateway_run
shell vpn-gateway create id=vpn-1 address1=gw1 redundancy=single max-connections=2000 max-policy-routes=2000 >/dev/null
shell customer-gateway create id=cgw-1 ip-address=192.0.2.2 >/dev/null
pid=$(cat "$RUN/gw.pid")
begin=$(cpu_ms "$pid")
made=$(many 'connection create id=vco-{i} vpn-gateway=vpn-1 local-subnet=10.1.0.0/24 remote-subnet=10.1{a}.{b}.0/24 tunnel1.customer-gateway=cgw-1 tunnel1.remote-id=fqdn:p{i} tunnel1.psk=secret-{i} tunnel1.start=none') ||
	fail "not all were made"
made_cpu=$(($(cpu_ms "$pid") - begin))
changed=$(many 'connection modify vco-{i} name=label-{i}') || fail "not all were changed"
changed_cpu=$(($(cpu_ms "$pid") - begin - made_cpu))
expect "connections" "$(ask 'show connections' 'len(d)')" -eq $N
expect "changes" "$(ask 'show commit' 'd["change"]')" -eq $((2 * N + 2))
end gw KILL 2>/dev/null || true
gateway_run
expect "connections after a restart" "$(ask 'show connections' 'len(d)')" -eq $N
echo "| $N connections made in $made ms ($made_cpu ms of the control core), $N changes in $changed ms ($changed_cpu ms);" \
	"state of $(stat -c %s "$GW/state/state.conf") bytes"
expect "ms of the control core to make them" "$made_cpu" -lt 60000
expect "ms of the control core to change them" "$changed_cpu" -lt 60000
gateway_stop
