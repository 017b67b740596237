#!/bin/bash
# libreswan over the kernel's ESP as the other negotiator: either side begins and rekeys, with PFS.
# cases v2 main aggressive
# full only
# timeout 300
. "$(dirname "$0")/lib.sh"
VM_PEER=libreswan
. "$ROOT/tests/net/lib/vm.sh"
. "$ROOT/tests/net/lib/libreswan.sh"

mode=$1
case $mode in
v2)
	version='version = "ikev2";'
	lives=salifetime=8h
	;;
*)
	version="version = \"ikev1\"; mode = \"$mode\";"
	# It cannot be told to rekey: its keys live 40 s, and it begins 25 s before their end.
	lives=salifetime=40s,rekeymargin=25s,rekeyfuzz=0%
	;;
esac
topo_gateway
vm_start
topo_hide
libreswan_start "$mode" ike=aes256-sha2_256-modp2048 esp=aes128-sha1-modp2048 pfs=yes "${lives//,/$'\n\t'}"
gateway_start version="$version" ike=aes256-sha256-modp2048 esp=aes128-sha1-modp2048

# The SPI that comes in, and so whether the child is another one.
spi() { ask 'show tunnels' "next(t['spi_in'] or '' for t in d)"; }
another() { [[ $(spi) != "$1" && -n $(spi) ]]; }
works() {
	pings left 10.2.0.2
	vm 'ping -n -c 1 -W 2 -I 10.2.0.2 10.1.0.2' >"$RUN/vm-ping.log"
	grep -q '1 received' "$RUN/vm-ping.log" || fail "no ping from the VM"
}

say "we begin"
shell tunnel up net || { libreswan_log; fail "not up"; }
works
before=$(spi)
shell tunnel rekey net || { libreswan_log; fail "our rekey failed"; }
another "$before" || fail "no new child after our rekey"
works
shell tunnel down net
down() { [[ $(tunnel_state) == down ]]; }
until_ok 10 down || fail "the tunnel stays"

say "libreswan begins"
vm 'timeout 20 ipsec auto --up net' >"$RUN/up.log" || true
libreswan_log
gateway_up
works
before=$(spi)
[[ $mode != v2 ]] || vm 'ipsec whack --rekey-ipsec --name net --asynchronous' >"$RUN/rekey.log"
until_ok 30 another "$before" || { libreswan_log; fail "no new child after libreswan's rekey"; }
works
libreswan_log
