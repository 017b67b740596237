#!/bin/bash
# A sample of the matrix of algorithms with the Linux kernel's ESP as the other data plane.
# full only
# timeout 600
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/net/lib/vm.sh"
. "$ROOT/tests/net/lib/matrix.sh"

matrix_peer_start() {
	topo_gateway
	vm_start
	topo_hide
	vm_charon
}

matrix_ip() {
	vm "ip -batch - <<'END'
$(<"$1")
END"
}

matrix_swanctl() {
	vm_swanctl "$@"
}

matrix_load() {
	vm_load "$1"
}

# The VM computes slowly: groups that the others stand for.
matrix_world
matrix_cells pairs mode=v2 group=group2,group14,group19,group31
matrix_batch "$RUN/cells" 120
matrix_table
