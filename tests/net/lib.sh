# shellcheck shell=bash
# What every scenario begins with.
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD=${BUILD:-$ROOT/build-test}
for part in ns peer gateway traffic topo office; do
	# shellcheck source=/dev/null
	. "$ROOT/tests/net/lib/$part.sh"
done
net_scenario
