#!/bin/bash
# One suite for the IKE SA and for ESP, in both directions, at small and at full size.
# cases aes128-sha1 aes256-sha256 aes128gcm16 aes256gcm16 aes192-sha384 aes256-sha512 aes192gcm16
. "$(dirname "$0")/lib.sh"

suite=$1
case $suite in
*gcm*) ike=$suite-prfsha256-modp2048 ;;
*) ike=$suite-modp2048 ;;
esac
topo_direct
peer_start
peer_load peer ike="$ike" esp="$suite"
gateway_start start=immediate ike="$ike" esp="$suite"

gateway_up
pings left 10.2.0.2
pings left 10.2.0.2 -s 1300
pings right 10.1.0.2 -s 1300
