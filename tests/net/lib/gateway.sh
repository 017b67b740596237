# shellcheck shell=bash
# culvertd in namespace gw: one inside port (lan), one outside port (wan).

CULVERTD=${CULVERTD:-$BUILD/app/culvertd/culvertd}
CULVERT=${CULVERT:-$BUILD/app/culvert/culvert}
GW=$RUN/gw

# The settings of a configuration that gateway_config writes; scenarios change single ones.
declare -A gw_default=(
	[address]=192.0.2.1 [bits]=24 [next_hop]="" [peer]=192.0.2.2 [mtu]=1500
	[workers]=1 [memory]=256 [hugepages]=off [log]=info [queues]=auto [user]=root [logs]=""
	[ike]=aes128-sha256-modp2048 [esp]=aes128gcm16 [psk]=$PSK
	[local]=10.1.0.0/24 [remote]=10.2.0.0/24 [local_id]="" [remote_id]=""
	[version]="" [start]=none [dpd_delay]=10 [dpd_timeout]=30 [dpd_action]=restart [lifetime]=86400 [ike_lifetime]=86400 [tunnels]=4096
	[reauth]=false
	[second]="" [hold_down]=5 [probe]="" [health]=""
	[more_connections]="" [more_peers]="" [more_routes]="" [policies]="" [more_ports]="" [more_gateways]=""
)

# A leaf that is written only when it has a value.
leaf() { # NAME VALUE
	[[ -z $2 ]] || printf '%s = "%s"; ' "$1" "$2"
}

gateway_system() {
	cat <<-EOT
		system = {
			name = "$NET"; control_lcore = 0; worker_lcores = [ ${g[workers]} ]; idle = "sleep";
			memory_mb = ${g[memory]}; hugepages = "${g[hugepages]}"; user = "${g[user]}";
			socket = "$GW/culvert.sock"; state = "$GW/state/state.conf"; log = { level = "${g[log]}"; };
			logbook = { directory = "${g[logs]}"; }; limits = { tunnels = ${g[tunnels]}; };
		};
		ports = (
			{ name = "wan"; device = "net_af_packet0,iface=wan,framecnt=2048$(queues)"; role = "outside"; mtu = ${g[mtu]};
			  addresses = [ "${g[address]}/${g[bits]}" ]; mirror = "wan0"; },
			{ name = "lan"; device = "net_af_packet1,iface=lan,framecnt=2048$(queues)"; role = "inside";
			  addresses = [ "10.1.0.1/24" ]; mirror = "lan0"; }
			${g[more_ports]}
		);
		gateway_addresses = (
			{ name = "gw1"; address = "${g[address]}"; port = "wan"; $(leaf next_hop "${g[next_hop]}")}
			${g[more_gateways]}
		);
	EOT
}

# AF_PACKET makes as many queues as its device string says.
queues() {
	[[ ${g[queues]} == auto ]] || printf ',qpairs=%s' "${g[queues]}"
}

gateway_tunnel() { # NAME GATEWAY-ADDRESS CUSTOMER [MORE]
	cat <<-EOT
		{ name = "$1"; gateway_address = "$2"; customer_gateway = "$3"; pre_shared_key = "${g[psk]}";
		  $(leaf local_id "${g[local_id]}")$(leaf remote_id "${g[remote_id]}")${g[version]} start = "${g[start]}";
		  ike = { proposals = [ "${g[ike]}" ]; lifetime_s = ${g[ike_lifetime]}; reauth = ${g[reauth]}; };
		  ipsec = { proposals = [ "${g[esp]}" ]; lifetime_s = ${g[lifetime]}; };
		  dpd = { delay_s = ${g[dpd_delay]}; timeout_s = ${g[dpd_timeout]}; action = "${g[dpd_action]}"; };
		  ${4:-} }
	EOT
}

# Connection NAME with a tunnel of the same name, and with the setting "second", a customer gateway,
# the standby tunnel NAME-2 from gw2, from the settings in g. The probe is the first one's.
gateway_connection() { # NAME
	cat <<-EOT
		{ name = "$1"; local_networks = [ "${g[local]}" ]; remote_networks = [ "${g[remote]}" ];
		  hold_down_s = ${g[hold_down]}; ${g[health]}
		  tunnels = (
			$(gateway_tunnel "$1" gw1 customer "${g[probe]}")
			${g[second]:+, $(gateway_tunnel "$1-2" gw2 "${g[second]}")}
		  ); }
	EOT
}

# Read key=value words over the defaults, into g.
gateway_settings() { # [key=value...]
	local k kv
	for k in "${!gw_default[@]}"; do g[$k]=${gw_default[$k]}; done
	for kv; do
		[[ -v gw_default[${kv%%=*}] ]] || fail "gateway has no setting '${kv%%=*}'"
		g[${kv%%=*}]=${kv#*=}
	done
}

# Write $GW/culvertd.conf.
gateway_config() { # [key=value...]
	local -A g=()
	gateway_settings "$@"
	mkdir -p "$GW"
	{
		gateway_system
		echo "customer_gateways = ( { name = \"customer\"; $(leaf address "${g[peer]}")} ${g[more_peers]} );"
		echo "connections = ("
		gateway_connection net
		echo "${g[more_connections]});"
		echo "routes = ( { destination = \"${g[remote]}\"; connection = \"net\"; } ${g[more_routes]} );"
		echo "policies = ( ${g[policies]} );"
	} >"$GW/culvertd.conf"
	chmod 600 "$GW/culvertd.conf"
}

gateway_run() {
	[[ -x $CULVERTD && -x $CULVERT ]] || fail "no $CULVERTD: build it first (scripts/test does)"
	bg gw gw "$CULVERTD" --config "$GW/culvertd.conf"
	until_ok 20 shell show version || fail "culvertd did not start: $(tail -5 "$RUN/gw.log")"
}

gateway_start() { # [key=value...]
	gateway_config "$@"
	gateway_run
}

gateway_stop() {
	gateway_farewell || exit 1
}

# Its end is part of the test: exit code 0, and nothing found by a sanitizer.
gateway_farewell() {
	[[ -f $RUN/gw.pid ]] || return 0
	local rc=0
	end gw || rc=$?
	if [[ $rc -ne 0 ]] || grep -qE 'Sanitizer|runtime error' "$RUN/gw.log"; then
		say "FAIL: culvertd ended with $rc: $(grep -E -A12 'Sanitizer|runtime error' "$RUN/gw.log" | head -20)"
		return 1
	fi
}

# One command of the shell, by the socket.
shell() {
	timeout 30 "$CULVERT" -s "$GW/culvert.sock" -c "$*"
}

# A value out of a command's JSON: python over d, as 'd[0]["state"]'.
ask() { # COMMAND EXPRESSION
	shell "$1 json" | python3 -c '
import datetime, json, sys
d = json.load(sys.stdin)
r = eval(sys.argv[1])
print(r if isinstance(r, (str, int, float)) else json.dumps(r))' "$2"
}

tunnel_state() { # [NAME]
	ask 'show tunnels' "next(t['state'] for t in d if t['tunnel'] == '${1:-net}')"
}

is_up() { # [NAME]
	[[ $(tunnel_state "${1:-net}") == up ]]
}

gateway_up() { # [NAME]: wait until the tunnel stands
	until_ok 15 is_up "${1:-net}" || fail "tunnel ${1:-net} is not up: $(shell show tunnels json)"
	say "tunnel ${1:-net} is up"
}

drops() { # VERDICT: its counter
	ask 'show drops' "next((v['packets'] for v in d if v['verdict'] == '$1'), 0)"
}

dropped() { # VERDICT [AT-LEAST]
	expect "drops of $1" "$(drops "$1")" -ge "${2:-1}"
}

# What the gateway has to say when a scenario has failed.
gateway_testimony() {
	[[ -S $GW/culvert.sock ]] || return 0
	local what
	for what in 'tunnels json' 'ike json' 'sa json' 'drops json' 'routes' 'neighbours' 'workers'; do
		echo "--- show $what"
		shell show "$what"
	done
}

# Nothing of ours crashed: a scenario that expects refusals ends with this.
gateway_alive() {
	kill -0 "$(<"$RUN/gw.pid")" 2>/dev/null || fail "culvertd has died: $(tail -20 "$RUN/gw.log")"
	shell show version >/dev/null || fail "culvertd does not answer"
}
