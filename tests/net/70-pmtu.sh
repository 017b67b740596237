#!/bin/bash
# A large DF packet from inside is answered with the MTU that fits; TCP fits by itself.
# cases aes128gcm16 aes256-sha256
# timeout 90
. "$(dirname "$0")/lib.sh"

topo_direct
peer_start
peer_load peer esp="$1"
gateway_start start=immediate esp="$1" mtu=1400
on peer ip link set eth0 mtu 1400
gateway_up
pings left 10.2.0.2

# Without discovery ping shows each answer; the kernel of left learns from the first.
on left ping -n -c 3 -i .2 -W 1 -M "do" -s 1472 10.2.0.2 >"$RUN/df.log" 2>&1 && fail "1500 bytes passed through 1400"
grep -qi 'frag needed\|message too long' "$RUN/df.log" || fail "no word of the MTU: $(<"$RUN/df.log")"
mtu=$(on left ip -j route get 10.2.0.2 | python3 -c 'import json, sys; print(json.load(sys.stdin)[0].get("metrics", [{}])[0].get("mtu", 0))')
expect "MTU that the gateway names" "$mtu" -ge 1300
expect "MTU that the gateway names" "$mtu" -lt 1400
pings left 10.2.0.2 -M "do" -s $((mtu - 28))
on left ping -n -c 1 -W 1 -M "do" -s $((mtu - 27)) 10.2.0.2 >/dev/null 2>&1 && fail "one byte more passed"
dropped too_big 1

# A fresh host has learnt nothing: the clamped MSS makes TCP fit from its first segment.
on left ip route flush cache
drops_before=$(drops too_big)
say "iperf3 left -> right: $(iperf left right 10.2.0.2 3) Mbit/s"
say "iperf3 right -> left: $(iperf right left 10.1.0.2 3) Mbit/s"
expect "TCP segments too big" "$(($(drops too_big) - drops_before))" -eq 0
