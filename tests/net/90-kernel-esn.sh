#!/bin/bash
# The Linux kernel's ESP with extended sequence numbers, and without, against ours.
# cases aes128gcm16-esn aes256-sha256-esn aes128gcm16
# full only
# timeout 240
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/net/lib/vm.sh"

topo_gateway
vm_start
topo_hide
vm_strongswan esp="$1"
gateway_start start=immediate esp="$1"

gateway_up
pings left 10.2.0.2
pings left 10.2.0.2 -s 1300
vm 'for n in 1 2 3; do ping -n -c 1 -W 2 -I 10.2.0.2 10.1.0.2; done' | tee "$RUN/vm-ping.log"
[[ $(grep -c '1 received' "$RUN/vm-ping.log") -eq 3 ]] || fail "no ping from the VM"
vm 'ip -s xfrm state' >"$RUN/xfrm.log"
expect "SAs of the kernel with ESN" "$(grep -c 'flag.*esn\|esn' "$RUN/xfrm.log")" "$([[ $1 == *-esn ]] && echo -ge || echo -eq)" \
	"$([[ $1 == *-esn ]] && echo 2 || echo 0)"
