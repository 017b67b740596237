#!/bin/bash
# One suite for the IKE SA and for ESP, in both directions, at small and at full size.
# cases aes128-sha1 aes256-sha256 aes128gcm16 aes256gcm16 aes192-sha384 aes256-sha512 aes192gcm16 chacha20poly1305 3des-sha1 des-md5
. "$(dirname "$0")/lib.sh"

suite=$1
case $suite in
*gcm* | *poly1305) ike=$suite-prfsha256-modp2048 ;;
*) ike=$suite-modp2048 ;;
esac
topo_direct
peer_start
peer_load peer ike="$ike" esp="$suite"
gateway_start start=immediate ike="$ike" esp="$suite"

gateway_up
case $suite in
*des* | *sha1 | *md5) weak=true ;;
*) weak=false ;;
esac
expect "marked weak" "$(ask 'show tunnels' "str(d[0]['weak']).lower()")" == $weak
expect "warned of at start" "$(grep -q 'weak algorithms' "$RUN/gw.log" && echo true || echo false)" == $weak
pings left 10.2.0.2
pings left 10.2.0.2 -s 1300
pings right 10.1.0.2 -s 1300
