#!/bin/bash
# trace ike writes what tshark reads; with the keys, it reads what is inside, too: the identities of
# IKE_AUTH, the ESP traffic. Without them it does not, and there are no keys.
# cases cbc gcm v1 without-keys
. "$(dirname "$0")/lib.sh"

topo_direct
peer_start
case $1 in
cbc | v1) algorithms=(ike=aes256-sha512-modp2048 esp=aes256-sha256) ;;
*) algorithms=(ike=aes128gcm16-prfsha256-modp2048 esp=aes128gcm16) ;;
esac
# The first exchange, its protected part, and a payload that only keys show there: AUTH, or an identity.
first=34 proven=35 inside=39 table=ikev2_decryption_table theirs=() ours=()
if [[ $1 == v1 ]]; then
	first=2 proven=2 inside=5,8 table=ikev1_decryption_table
	theirs=(more='version = 1') ours=(version='version = "ikev1"; mode = "main";')
fi
peer_load peer "${algorithms[@]}" "${theirs[@]}"
gateway_start "${algorithms[@]}" "${ours[@]}" logs="$RUN/logs"

refuses() { # WORDS COMMAND...: it fails, and says so
	local words=$1 said
	shift
	! said=$(shell "$@" 2>&1) || fail "'$*' succeeded"
	[[ $said == *"$words"* ]] || fail "'$*' says: $said"
}

file=$RUN/net.pcapng
keys=$file.keys
if [[ $1 == without-keys ]]; then
	shell trace ike net "$file" 20
else
	shell trace ike net "$file" 20 keys
fi
refuses 'being traced' trace ike net "$RUN/again"
capture esp gw wan
shell tunnel up net
# The logbook has every message by name, the chosen proposals, and no secret.
shell show log net >"$RUN/logbook"
if [[ $1 == v1 ]]; then steps='main mode|quick mode'; else steps='IKE_SA_INIT|IKE_AUTH'; fi
for step in "sent (${steps%|*})( request)? 00000000: SA" "received (${steps#*|}).*: .*SA" 'ike up: aes' 'child up: aes'; do
	grep -qE "$step" "$RUN/logbook" || fail "no '$step' in the logbook: $(cat "$RUN/logbook")"
done
expect "lines asked for" "$(shell show log net 2 | wc -l)" -eq 2
! grep -q "$PSK" "$RUN/logbook" || fail "the logbook has the pre-shared key"
# So has its file, a second later.
logbook=$RUN/logs/net.log
until_ok 3 grep -qs 'child up' "$logbook" || fail "no 'child up' in $logbook: $(ls -l "$RUN/logs"; cat "$logbook")"
cmp <(head -n "$(wc -l <"$RUN/logbook")" "$logbook") "$RUN/logbook" || fail "the file of the logbook is another one than what is shown"
! grep -q "$PSK" "$logbook" || fail "the logbook's file has the pre-shared key"
expect "mode of the logbook and its directory" "$(stat -c %a "$logbook" "${logbook%/*}" | tr '\n' ' ')" = '640 750 '
pings left 10.2.0.2
shell trace end net
refuses 'not being traced' trace end net
refuses 'File exists' trace ike net "$file"
refuses 'absolute path' trace ike net relative

shark() { # FILE WORDS...
	local from=$1
	shift
	HOME=$RUN WIRESHARK_CONFIG_DIR=$keys tshark -r "$from" "$@" 2>"$RUN/tshark.err"
}
fields() { shark "$file" -Y isakmp -T fields -e isakmp.exchangetype -e isakmp.typepayload; }

expect "mode of the file" "$(stat -c %a "$file")" -eq 600
shark "$file" -T fields -e ip.src -e udp.srcport -e ip.dst -e udp.dstport -e isakmp.exchangetype >"$RUN/packets"
say "$(tr '\t\n' ' ;' <"$RUN/packets")"
expect "exchanges seen both ways" "$(sort -u "$RUN/packets" | wc -l)" -ge 2
grep -q $'192.0.2.1\t500\t192.0.2.2\t500\t'"$first" "$RUN/packets" || fail "our first request is not there"
expect "bad checksums" "$(shark "$file" -o udp.check_checksum:TRUE -o ip.check_checksum:TRUE -Y 'udp.checksum.status == 0 || ip.checksum.status == 0' | wc -l)" -eq 0
shark "$file" -T fields -e frame.comment | grep -q 'tunnel net: from the peer' || fail "no comments"

if [[ $1 == without-keys ]]; then
	[[ ! -e $keys ]] || fail "keys were written without being asked for"
	! fields | grep -E "^$proven" | grep -q "$inside" || fail "IKE_AUTH was read without keys"
	gateway_alive
	exit 0
fi
expect "mode of the keys" "$(stat -c %a "$keys"):$(stat -c %a "$keys/$table"):$(stat -c %a "$keys/esp_sa")" = 700:600:600
fields | grep -E "^$proven" | grep -q "$inside" || fail "tshark cannot decrypt: $(cat "$RUN/tshark.err"; fields)"
say "decrypted: $(fields | tr '\t\n' ' ;')"
shark "$RUN/esp.pcap" -o esp.enable_encryption_decode:TRUE -Y icmp.type==0 -T fields -e ip.src | grep -q 10.2.0.2 ||
	fail "tshark reads no ping in ESP: $(cat "$RUN/tshark.err" "$keys/esp_sa")"
grep -q 'tunnel net: .*KEYS' "$RUN/gw.log" || fail "the log says nothing of keys"
gateway_alive
