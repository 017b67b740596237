#!/bin/bash
# Two connections to one place with weights 100 and 0: the first carries while it is usable, the other
# while it is not; by destination routes and by policy routes.
# cases destination policy
# timeout 120
. "$(dirname "$0")/lib.sh"

topo_offices a b
office a 10.2.0.2/24 10.1.0.0/24
office b 10.2.0.2/24 10.1.0.0/24
both() {
	case $1 in
	destination) offices_config "$(all a), $(all b)" "$(to 10.2.0.0/24 b 'weight = 0;'), $(to 10.2.0.0/24 a)" "" ;;
	policy) offices_config "$(pair a), $(pair b)" "" "$(from_to 10.1.0.0/24 10.2.0.0/24 b 'weight = 0;')" ;; # a's is automatic
	esac
}
without_b() {
	case $1 in
	destination) offices_config "$(all a)" "$(to 10.2.0.0/24 a)" "" ;;
	policy) offices_config "$(pair a)" "" "" ;;
	esac
}
all() { office_connection "$1" 0.0.0.0/0 0.0.0.0/0; }
pair() { office_connection "$1" 10.1.0.0/24 10.2.0.0/24; }
case $1 in
destination) shown=routes ;;
policy) shown=policies ;;
esac
both "$1"
gateway_run
gateway_up a
gateway_up b

carries() { # NAME: as shown
	[[ $(ask "show $shown" "[r.get('name', r.get('connection')) for r in d if r.get('gateway') and r['active']] == ['$1']") == True ]]
}
carries a || fail "a is not shown to carry: $(shell show $shown)"
through a 10.2.0.2
switches() { grep -c 'goes through [ab] .route-switch' "$RUN/gw.log" || true; }
before=$(switches) # either may have come up first

shell tunnel down a
until_ok 10 carries b || fail "b is not shown to carry: $(shell show $shown)"
through b 10.2.0.2

shell tunnel up a >/dev/null
until_ok 10 carries a || fail "a does not carry again: $(shell show $shown)"
through a 10.2.0.2

expect "switches in the log" $(($(switches) - before)) -eq 2

# A connection goes with its route, and comes back.
without_b "$1"
shell reload >/dev/null
through a 10.2.0.2
both "$1"
shell reload >/dev/null
gateway_up b
through a 10.2.0.2

# With neither usable, the active one: it says that it has no SA.
shell tunnel down a
shell tunnel down b
until_ok 10 carries a || fail "not the active one: $(shell show $shown)"
no_ping left 10.2.0.2
dropped no_sa
