#!/bin/bash
# R-61: strongSwan's older starter, with the ipsec.conf and ipsec.secrets of `show peer-config`, carries traffic in
# both tunnels.
# cases v2 aggressive
# shellcheck disable=SC2034
PEER=5
PEER_EXTRA='i_dont_care_about_security_and_use_aggressive_mode_psk = yes'
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/net/lib/peer_config.sh"

[[ -x /usr/lib/ipsec/starter ]] || skip "no strongswan-starter"
case $1 in
v2) version='version = "ikev2";' ;;
aggressive) version='version = "ikev1"; mode = "aggressive"; remote_id = "branch.example";' ;;
esac

topo_direct
addr right eth0 10.2.0.130/32
peer_config_gateway "$version"
peer_settings peer /mnt
sed -i -e 's/charon-systemd {/charon {/' -e 's/socket-default vici/socket-default stroke/' \
	-e 's|vici { .*|stroke { secrets_file = /mnt/ipsec.secrets }|' "$RUN/peer/strongswan.conf"
shell show peer-config net strongswan-ipsec >"$RUN/peer/text"
for part in conf secrets; do
	peer_config_part "$part" <"$RUN/peer/text" >"$RUN/peer/ipsec.$part"
done
# The starter's places are compiled in: it sees a /run of its own.
bg starter peer env STRONGSWAN_CONF=/mnt/strongswan.conf unshare -m sh -c "mount --make-rprivate / &&
	mount --bind '$(realpath "$RUN/peer")' /mnt && mount -t tmpfs run /run &&
	exec /usr/lib/ipsec/starter --nofork --conf /mnt/ipsec.conf"
peer_config_works
