#!/bin/bash
# The peer sends, well protected, what its selectors do not hold: none reaches the inside.
PEER_LOG_CHD=4
. "$(dirname "$0")/lib.sh"

topo_direct
peer_start
peer_load peer esp=aes128-sha1
gateway_start start=immediate esp=aes128-sha1
gateway_up
pings left 10.2.0.2
capture inside left eth0

forge() { # INNER-SRC INNER-DST SEQ
	on peer "$ROOT/tests/net/forge.py" esp "$RUN/peer/charon.log" 192.0.2.2 192.0.2.1 "$1" "$2" "$3" 10
}
# The same hand with addresses that belong into the tunnel: these do pass, so the keys are right.
forge 10.2.0.77 10.1.0.2 1000
seen inside 'src 10.2.0.77' 10

forge 172.16.0.66 10.1.0.2 2000
forge 10.1.0.66 10.1.0.2 3000
forge 10.2.0.66 10.99.0.2 4000
sleep .5
expect "wrongful packets inside" "$(captured inside 'host 172.16.0.66 or src 10.1.0.66 or host 10.99.0.2')" -eq 0
dropped ts_in 30
gateway_alive
