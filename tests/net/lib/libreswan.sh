# shellcheck shell=bash
# libreswan in the VM: one connection "net" with the gateway.

# v2, main or aggressive; what else stands in the connection.
libreswan_start() { # MODE [LINE...]
	local mode=$1 version=yes aggressive=no
	shift
	[[ $mode == v2 ]] || version=no
	[[ $mode != aggressive ]] || aggressive=yes
	vm "cat >/etc/ipsec.conf <<'END'
config setup
	ikev1-policy=accept
	logfile=/run/pluto.log
	plutodebug=none
conn net
	left=192.0.2.2
	leftsubnet=10.2.0.0/24
	right=192.0.2.1
	rightsubnet=10.1.0.0/24
	authby=secret
	ikev2=$version
	aggressive=$aggressive
	auto=add
$(printf '\t%s\n' "$@")
END
cat >/etc/ipsec.secrets <<'END'
: PSK \"$PSK\"
END
$(libreswan_pluto)
ipsec auto --add net; echo added \$?" >"$RUN/libreswan.log"
	grep -q '^added 0' "$RUN/libreswan.log" || fail "libreswan did not take its connection: see libreswan.log"
}

# The VM's commands that start the daemon with /etc/ipsec.conf.
libreswan_pluto() {
	cat <<-'END'
		mkdir -p /run/pluto
		ip route replace default via 192.0.2.1
		ipsec initnss >/dev/null 2>&1
		/usr/libexec/ipsec/pluto --config /etc/ipsec.conf </dev/null >/run/pluto.out 2>&1
		n=0; until ipsec whack --status >/dev/null 2>&1 || [ $n -gt 100 ]; do sleep .2; n=$((n + 1)); done
	END
}

# The connections and secrets of two files; auto=start begins them.
libreswan_files() { # CONF SECRETS
	vm "mkdir -p /etc/ipsec.d
cat >/etc/ipsec.conf <<'END'
config setup
	ikev1-policy=accept
	logfile=/run/pluto.log
	plutodebug=none
include /etc/ipsec.d/*.conf
END
echo 'include /etc/ipsec.d/*.secrets' >/etc/ipsec.secrets
cat >/etc/ipsec.d/net.conf <<'END'
$(<"$1")
END
cat >/etc/ipsec.d/net.secrets <<'END'
$(<"$2")
END
$(libreswan_pluto)
ipsec addconn --autoall" >"$RUN/libreswan.log"
}

libreswan_log() {
	vm 'cat /run/pluto.log' >"$RUN/pluto.log" || true
}
