# shellcheck shell=bash
# The matrix of algorithms: batches of tunnels between one gateway and one peer (matrix.py).

# All tunnels come from one address, and all at once.
# shellcheck disable=SC2034
PEER_EXTRA='cookie_threshold_ip = 2000
	block_threshold = 2000
	cookie_threshold = 5000
	i_dont_care_about_security_and_use_aggressive_mode_psk = yes'

matrix() { # WORDS...
	/usr/bin/python3 "$ROOT/tests/net/matrix.py" "$@"
}

# The peer, as far as it matters where it runs; 91 has its own words for these.
matrix_peer_start() {
	topo_direct
	peer_start
}

matrix_ip() { # FILE: of lines for ip
	on peer ip -batch "$1"
}

matrix_swanctl() { # WORDS...
	peer peer "$@"
}

matrix_load() { # FILE: swanctl.conf
	peer peer --load-all --noprompt --file "$1" >"$RUN/load.log" 2>&1 ||
		fail "strongSwan took not all of the matrix: see load.log"
}

matrix_world() {
	matrix_peer_start
	gateway_start next_hop=192.0.2.2
	cp "$GW/culvertd.conf" "$RUN/first.conf"
	shell show algorithms json >"$RUN/algorithms.json"
}

matrix_cells() { # pairs|all [FACTOR=VALUE,...]
	matrix cells "$RUN/algorithms.json" "$@" >"$RUN/cells"
	grep '"absent"' "$RUN/cells" >"$RUN/absent.results" || true
	say "$(grep -c '"n"' "$RUN/cells") cells"
}

# The peer has an outer and an inner address for each cell.
matrix_addresses() { # CELLS
	local outer inner
	while read -r outer inner; do
		echo "addr replace $outer/32 dev eth0"
		echo "addr replace $inner/32 dev lo"
	done < <(matrix addresses "$1") >"$RUN/addresses"
	matrix_ip "$RUN/addresses"
}

matrix_peer() { # CELLS [start]
	matrix peer "$1" "$PSK" "${@:2}" >"$RUN/swanctl.conf"
	matrix_load "$RUN/swanctl.conf"
}

matrix_settled() { # whether all tunnels are up
	shell show tunnels json >"$RUN/tunnels.json"
	python3 -c 'import json, sys; sys.exit(any(t["state"] != "up" for t in json.load(open(sys.argv[1]))))' "$RUN/tunnels.json"
}

# Whether every tunnel's child is the one that it shall be; what verdict asks is taken down.
matrix_rekeyed() { # CELLS
	matrix_swanctl --list-sas --raw >"$RUN/sas"
	matrix_settled || return 1
	matrix verdict "$1" "$RUN/tunnels.json" /dev/null "$RUN/sas" >"$RUN/so-far"
	! grep -q 'key exchange of its own' "$RUN/so-far"
}

# Set all up, rekey where only that shows PFS, ping through each. Each side knows all tunnels before either begins.
matrix_batch() { # CELLS SECONDS: into CELLS.results
	local cells=$1 name
	matrix_addresses "$cells"
	matrix_peer "$cells"
	{
		sed '/^customer_gateways = /,$d' "$RUN/first.conf"
		matrix gateway "$cells" "$PSK"
	} >"$GW/culvertd.conf"
	shell reload >"$RUN/reload.log" || fail "the matrix was not taken: $(head -5 "$RUN/reload.log")"
	matrix_peer "$cells" start
	until_ok "$2" matrix_settled || true
	while read -r name; do
		matrix_swanctl --rekey --child "$name" >>"$RUN/rekey.log" 2>&1 || true
	done < <(matrix rekeyed "$cells")
	until_ok 30 matrix_rekeyed "$cells" || true
	on left /usr/bin/python3 "$ROOT/tests/net/matrix.py" ping "$cells" "$RUN/tunnels.json" >"$RUN/answered"
	matrix verdict "$cells" "$RUN/tunnels.json" "$RUN/answered" "$RUN/sas" >"$cells.results"
	say "$(grep -c '"failed": ""' "$cells.results") of $(wc -l <"$cells.results") cells"
}

matrix_table() {
	matrix table "$RUN"/*.results || fail "the matrix has gaps"
}
