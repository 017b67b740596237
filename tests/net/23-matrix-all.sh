#!/bin/bash
# Every combination of algorithms that there is against strongSwan.
# full only
# timeout 3600
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/net/lib/matrix.sh"

matrix_world
matrix_cells all
split -l 250 -d -a 3 <(grep '"n"' "$RUN/cells") "$RUN/batch."
for batch in "$RUN"/batch.[0-9][0-9][0-9]; do
	matrix_batch "$batch" 180
done
matrix_table
