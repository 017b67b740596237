# shellcheck shell=bash
# strongSwan as the peer. PEER=6: 6.0.1 of Debian 13, in a chroot, which can send raw ESP.
# PEER=5: 5.9.8 of Debian 12, whose data plane always encapsulates in UDP.

PEER=${PEER:-6}
PSK=${PSK:-a-shared-secret-of-the-tests}

# Build the chroot of the raw-ESP peer once: about 20 s and 200 MB.
peer_install() {
	local tmp=$TRIXIE.$$
	mkdir -p "${TRIXIE%/*}"
	(
		flock 9
		[[ ! -c $TRIXIE/dev/net/tun ]] || exit 0
		say "building the strongSwan 6.0.1 chroot in $TRIXIE (once)"
		mmdebstrap --quiet --variant=apt --include=charon-systemd,libcharon-extra-plugins \
			--include=libcharon-extauth-plugins,libstrongswan-standard-plugins \
			--include=libstrongswan-extra-plugins,iproute2 \
			trixie "$tmp" || { rm -rf "$tmp"; exit 1; }
		mkdir -p "$tmp/dev/net" "$tmp/run/culvert"
		mknod "$tmp/dev/net/tun" c 10 200
		rm -rf "$TRIXIE"
		mv "$tmp" "$TRIXIE"
	) 9>"$TRIXIE.lock" || fail "mmdebstrap could not make $TRIXIE: is a Debian mirror within reach?"
}

# The files of peer NAME lie in $RUN/NAME, which charon knows as its DIR. No mounts are needed, so that
# this works in a chroot as well.
peer_settings() { # NAME DIR
	mkdir -p "$RUN/$1"
	cat >"$RUN/$1/strongswan.conf" <<-EOT
		charon-systemd {
			load = random nonce openssl pem pkcs1 pkcs8 x509 revocation constraints pubkey aes sha1 sha2 md5 hmac kdf gmp curve25519 ctr ccm gcm chapoly xcbc cmac drbg kernel-libipsec kernel-netlink socket-default vici updown counters
			install_virtual_ip = no
			keep_alive = 2s
			retransmit_tries = 3
			retransmit_timeout = 1.0
			retransmit_base = 1.5
			${PEER_EXTRA:-}
			plugins {
				vici { socket = unix://$2/vici }
				openssl { load_legacy = yes }
				kernel-libipsec {
					allow_peer_ts = yes
					raw_esp = $([[ $PEER == 6 ]] && echo yes || echo no)
				}
			}
			filelog { log {
				path = $2/charon.log
				time_format = %H:%M:%S
				time_add_ms = yes
				default = 1
				ike = 2
				chd = ${PEER_LOG_CHD:-1}
				flush_line = yes
			} }
		}
		swanctl { load = random openssl pem pkcs1 x509 }
	EOT
}

peer_start() { # [NAME]: charon in namespace NAME
	local name=${1:-peer} root=/ dir
	dir=$RUN/$name
	if [[ $PEER == 6 ]]; then
		peer_install
		root=$TRIXIE
		dir=/run/culvert/$NET-$name
		mkdir -p "$root$dir"
		ln -sfn "$root$dir" "$RUN/$name"
	fi
	peer_settings "$name" "$dir"
	rm -f "$RUN/$name/vici"
	bg "$name" "$name" env STRONGSWAN_CONF="$dir/strongswan.conf" chroot "$root" /usr/sbin/charon-systemd
	until_ok 10 peer "$name" --stats || fail "strongSwan of '$name' did not start: see $name.log"
}

peer_stop() { # [NAME] [SIGNAL]
	end "${1:-peer}" "${2:-TERM}" || true
}

peer() { # NAME SWANCTL-WORDS...
	local name=$1
	shift
	timeout 30 swanctl "$@" --uri "unix://$RUN/$name/vici"
}

# Write one connection of peer NAME; its settings are the keys below. mode: v2, or v1's main or
# aggressive (to answer the latter, it wants i_dont_care_about_security_and_use_aggressive_mode_psk
# in PEER_EXTRA).
peer_write() { # NAME [key=value...]
	local name=$1 kv
	shift
	local -A s=([conn]=net [local]=192.0.2.2 [remote]=192.0.2.1 [ike]=aes128-sha256-modp2048
		[esp]=aes128gcm16 [local_ts]=10.2.0.0/24 [remote_ts]=10.1.0.0/24 [psk]=$PSK
		[local_id]="" [remote_id]="" [mode]=v2 [more]="" [child]="" [dpd]=0s [start]=none)
	for kv; do s[${kv%%=*}]=${kv#*=}; done
	cat >"$RUN/$name/swanctl-${s[conn]}.conf" <<-EOT
		connections {
			${s[conn]} {
				version = $([[ ${s[mode]} == v2 ]] && echo 2 || echo 1)
				aggressive = $([[ ${s[mode]} == aggressive ]] && echo yes || echo no)
				local_addrs = ${s[local]}
				remote_addrs = ${s[remote]}
				proposals = ${s[ike]}
				mobike = no
				keyingtries = 0
				dpd_delay = ${s[dpd]}
				${s[more]}
				local {
					auth = psk
					id = ${s[local_id]:-${s[local]}}
				}
				remote {
					auth = psk
					id = ${s[remote_id]:-${s[remote]}}
				}
				children {
					${s[conn]} {
						local_ts = ${s[local_ts]}
						remote_ts = ${s[remote_ts]}
						esp_proposals = ${s[esp]}
						start_action = ${s[start]}
						${s[child]}
					}
				}
			}
		}
		secrets {
			ike-${s[conn]} {
				secret = "${s[psk]}"
				id-1 = ${s[local_id]:-${s[local]}}
				id-2 = ${s[remote_id]:-${s[remote]}}
			}
		}
	EOT
}

# Load every connection written so far.
peer_reload() { # NAME
	local name=$1
	printf 'include swanctl-*.conf\n' >"$RUN/$name/swanctl.conf"
	peer "$name" --load-all --noprompt --file "$RUN/$name/swanctl.conf" >"$RUN/$name/load.log" 2>&1 ||
		fail "strongSwan took not all of $name's configuration: see load.log"
}

peer_load() { # NAME [key=value...]
	peer_write "$@"
	peer_reload "$1"
}

peer_initiate() { # [NAME] [CONN]
	peer "${1:-peer}" --initiate --child "${2:-net}" --timeout 20 >>"$RUN/${1:-peer}/initiate.log" 2>&1 ||
		{ tail -5 "$RUN/${1:-peer}/initiate.log"; return 1; }
}

peer_children() { # [NAME]: how many children are installed
	peer "${1:-peer}" --list-sas | grep -c INSTALLED
}
