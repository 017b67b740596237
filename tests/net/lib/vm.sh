# shellcheck shell=bash
# The Linux kernel's ESP as a peer: strongSwan 5.9.8 over XFRM in a small VM, made from Debian packages.
# Slow (no KVM is assumed), but another implementation, and one that has extended sequence numbers.

# Which negotiator is in it: an image each.
VM_PEER=${VM_PEER:-strongswan}
VM=${VM:-/var/cache/culvert/vm-$VM_PEER}
declare -A vm_packages
vm_packages[strongswan]="charon-systemd,strongswan-swanctl,libcharon-extra-plugins,libstrongswan-standard-plugins,libstrongswan-extra-plugins"
vm_packages[libreswan]="libreswan"
declare -A vm_memory=([strongswan]=384 [libreswan]=768)

# Build kernel and initrd once, about 40 s.
vm_install() {
	(
		mkdir -p "$VM"
		flock 9
		[[ ! -f $VM/initrd.img ]] || exit 0
		say "building the VM in $VM (once)"
		vm_build >"$VM/build.log" 2>&1 9>&-
	) 9>"$VM.lock" || fail "the VM could not be built: see $VM/build.log"
}

vm_build() {
	set -e
	local work root package release modules m file
	work=$(mktemp -d "$VM/build.XXXXXX")
	root=$work/root
	package=$(apt-cache depends linux-image-cloud-amd64 | awk '/Depends: linux-image-[0-9]/ { print $2; exit }')
	release=${package#linux-image-}
	(cd "$work" && apt-get download "$package")
	dpkg -x "$work/$package"*.deb "$work/kernel"

	mmdebstrap --quiet --variant=extract --dpkgopt='path-exclude=/usr/share/*' \
		--include="busybox-static,kmod,socat,dash,iproute2,iputils-ping,${vm_packages[$VM_PEER]}" \
		bookworm "$root"
	rm -rf "$root"/usr/share/{doc,man,locale,perl} "$root"/usr/share/perl5 "$root"/usr/lib/x86_64-linux-gnu/{perl*,gconv} \
		"$root"/var/cache "$root"/var/lib/apt
	ln -sf dash "$root/bin/sh"
	echo root:x:0:0:root:/root:/bin/sh >"$root/etc/passwd"
	echo 127.0.0.1 localhost >"$root/etc/hosts"
	rm -rf "$root/var/run"
	ln -s /run "$root/var/run"
	vm_init >"$root/init"
	chmod 755 "$root/init"

	# The modules of ESP and virtio with all that they need, and every cipher.
	modules=$root/lib/modules/$release
	mkdir -p "$modules"
	depmod -b "$work/kernel" "$release"
	{
		for m in virtio_pci virtio_net virtio_rng xfrm_user xfrm_algo esp4 tun authenc echainiv seqiv; do
			modprobe -d "$work/kernel" -S "$release" --show-depends $m | awk '$1 == "insmod" { print $2 }'
		done
		find "$work/kernel/lib/modules/$release/kernel" -path '*/crypto/*' -name '*.ko'
	} | sort -u | while read -r file; do
		install -D "$file" "$root/lib/modules/${file#*/lib/modules/}"
	done
	cp "$work/kernel/lib/modules/$release"/modules.{order,builtin,builtin.modinfo} "$modules/"
	depmod -b "$root" "$release"

	cp "$work/kernel/boot/vmlinuz-$release" "$VM/vmlinuz"
	(cd "$root" && find . | cpio -o -H newc --quiet | gzip -1) >"$work/initrd.img"
	mv "$work/initrd.img" "$VM/initrd.img"
	rm -rf "$work"
}

# eth0 is the outside, eth1 a root shell on TCP port 7 for the scenario.
vm_init() {
	cat <<-'EOT'
		#!/bin/busybox sh
		mkdir -p /opt/bb && /bin/busybox --install -s /opt/bb
		export PATH=/usr/sbin:/usr/bin:/sbin:/bin:/opt/bb
		mkdir -p /proc /sys /dev /run /tmp
		mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev; mount -t tmpfs run /run
		for m in virtio_pci virtio_net virtio_rng xfrm_user esp4 tun; do modprobe $m; done
		ip link set lo up
		ip addr add 192.0.2.2/24 dev eth0; ip link set eth0 up
		ip addr add 10.2.0.2/24 dev lo
		ip addr add 192.168.250.2/30 dev eth1; ip link set eth1 up
		socat -t 900 TCP-LISTEN:7,fork,reuseaddr EXEC:/bin/dash &
		echo VM-UP
		while :; do sleep 1000; done
	EOT
}

# Boot it on gw's outside: its eth0 is gw's device wan.
vm_start() {
	local nic=romfile=,csum=off,guest_csum=off,gso=off,guest_tso4=off,guest_tso6=off,guest_ufo=off
	vm_install
	on gw ip tuntap add dev wan mode tap
	on gw ip link set wan up
	on gw ip tuntap add dev vmctl mode tap
	on gw ip link set vmctl up
	addr gw vmctl 192.168.250.1/30
	bg vm gw qemu-system-x86_64 -nodefaults -no-reboot -display none -serial "file:$RUN/serial.log" \
		-m "${vm_memory[$VM_PEER]}" -smp 1 -accel tcg -kernel "$VM/vmlinuz" -initrd "$VM/initrd.img" \
		-append 'console=ttyS0 quiet panic=-1' -device virtio-rng-pci \
		-netdev tap,id=d0,ifname=wan,script=no,downscript=no -device "virtio-net-pci,netdev=d0,$nic" \
		-netdev tap,id=c0,ifname=vmctl,script=no,downscript=no -device virtio-net-pci,netdev=c0,romfile=
	until_ok 60 grep -aq VM-UP "$RUN/serial.log" || fail "the VM did not boot: see serial.log"
}

vm() { # COMMANDS: run by the VM's shell
	on gw /usr/bin/python3 - "$1" <<-'PY'
		import socket, sys, time
		for _ in range(50):
		    try:
		        s = socket.create_connection(("192.168.250.2", 7), 5)
		        break
		    except OSError:
		        time.sleep(.1)
		s.sendall(("exec 2>&1\n" + sys.argv[1] + "\n").encode())
		s.shutdown(socket.SHUT_WR)
		s.settimeout(60)
		while data := s.recv(65536):
		    sys.stdout.buffer.write(data)
	PY
}

# strongSwan's daemon in the VM; /mnt/swanctl.conf is what it loads.
vm_charon() {
	local PEER=5
	peer_settings vm /mnt
	vm "mkdir -p /mnt
cat >/mnt/strongswan.conf <<'END'
$(sed 's/kernel-libipsec kernel-netlink/kernel-netlink/' "$RUN/vm/strongswan.conf")
END
export STRONGSWAN_CONF=/mnt/strongswan.conf
charon-systemd </dev/null >/mnt/out 2>&1 &
n=0; until swanctl --stats --uri unix:///mnt/vici >/dev/null 2>&1 || [ \$n -gt 100 ]; do sleep .2; n=\$((n + 1)); done"
}

vm_swanctl() { # SWANCTL-WORDS...
	vm "STRONGSWAN_CONF=/mnt/strongswan.conf timeout 60 swanctl $* --uri unix:///mnt/vici"
}

vm_load() { # FILE: swanctl.conf
	vm "cat >/mnt/swanctl.conf <<'END'
$(<"$1")
END"
	vm_swanctl --load-all --noprompt --file /mnt/swanctl.conf >"$RUN/vm/load.log"
	grep -q 'successfully loaded .* connections' "$RUN/vm/load.log" || fail "strongSwan in the VM: see vm/load.log"
}

# One connection, as peer_load's settings.
vm_strongswan() { # [key=value...]
	vm_charon
	peer_write vm "$@"
	vm_load "$RUN/vm/swanctl-net.conf"
}
