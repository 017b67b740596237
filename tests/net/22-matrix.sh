#!/bin/bash
# Every algorithm against strongSwan, in pairs of values; all combinations with --full (23).
# timeout 240
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/net/lib/matrix.sh"

matrix_world
matrix_cells pairs
matrix_batch "$RUN/cells" 120
matrix_table
